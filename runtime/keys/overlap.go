package keys

import (
	"math"
	"slices"
	"strings"
)

// Overlap reports whether some key belongs to both patterns, and returns a shortest one. It knows
// the exact spelling of every kind, with three exceptions, where it may report a key that no value
// has: a day that its month lacks, an integer beyond the size of its Go type but not beyond 64 bits,
// and a text, which counts as any string.
func Overlap(a, b Pattern) (witness string, overlap bool) {
	s := search{a: &a, b: &b, seen: map[pair]bool{{}: true}, nodes: []node{{}}}
	for i := 0; i < len(s.nodes); i++ {
		if n := s.nodes[i]; a.accepts(n.a) && b.accepts(n.b) {
			return s.path(i), true
		}
		s.expand(i)
	}
	return "", false
}

// search walks the keys that both patterns can begin with, shortest first.
type search struct {
	a, b  *Pattern
	seen  map[pair]bool
	nodes []node // those found, also the queue of those to expand
}

type pair struct{ a, b state }

// node is a pair of states and how it was reached.
type node struct {
	pair
	from int // index of the node before
	by   byte
}

func (s *search) expand(i int) {
	from := s.nodes[i].pair
	for _, b := range candidates(s.a.literalAt(from.a), s.b.literalAt(from.b)) {
		nextA, okA := s.a.step(from.a, b)
		if !okA {
			continue
		}
		nextB, okB := s.b.step(from.b, b)
		if to := (pair{nextA, nextB}); okB && !s.seen[to] {
			s.seen[to] = true
			s.nodes = append(s.nodes, node{to, i, b})
		}
	}
}

// path returns the bytes that lead to node i.
func (s *search) path(i int) string {
	var b []byte
	for ; i > 0; i = s.nodes[i].from {
		b = append(b, s.nodes[i].by)
	}
	slices.Reverse(b)
	return string(b)
}

// literalAt returns the one byte that can follow inside a literal, or "" elsewhere.
func (p *Pattern) literalAt(s state) string {
	if s.segment == len(p.segments) || s.n == len(p.segments[s.segment].literal) {
		return ""
	}
	if seg := p.segments[s.segment]; seg.kind == literalKind {
		return seg.literal[s.n : s.n+1]
	}
	return ""
}

// candidates returns the bytes worth trying where a pattern allows only the given one, or any.
func candidates(a, b string) []byte {
	switch {
	case a != "":
		return []byte(a)
	case b != "":
		return []byte(b)
	default:
		return alphabet
	}
}

// alphabet is all bytes, those first that make a witness readable.
var alphabet = func() []byte {
	all := []byte(digits + "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	readable := string(all)
	for b := range math.MaxUint8 + 1 {
		if strings.IndexByte(readable, byte(b)) < 0 {
			all = append(all, byte(b))
		}
	}
	return all
}()
