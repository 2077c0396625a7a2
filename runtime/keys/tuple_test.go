package keys

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

// build makes a key of p as generated code does, with one value for each part.
func build(p Pattern, parts []any) string {
	var key []byte
	for _, seg := range p.segments {
		if seg.kind == literalKind {
			key = append(key, seg.literal...)
			continue
		}
		key = appendPart(key, parts[0], p.escapes)
		parts = parts[1:]
	}
	return string(key)
}

func appendPart(key []byte, part any, e *Escapes) []byte {
	switch v := part.(type) {
	case int64:
		return AppendInt(key, v)
	case uint64:
		return AppendUint(key, v)
	case bool:
		return AppendBool(key, v)
	case string:
		return AppendString(key, v, e)
	case time.Time:
		return must(AppendTime(key, v))
	default:
		return AppendHex(key, v.([]byte))
	}
}

// parse reads a key of p as generated code does.
func parse(p Pattern, key string) (parts []any, ok bool) {
	r := NewReader(key, p.escapes)
	for _, seg := range p.segments {
		switch seg.kind {
		case literalKind:
			r.Literal(seg.literal)
		case intKind:
			parts = append(parts, r.Int(64))
		case uintKind:
			parts = append(parts, r.Uint(64))
		case boolKind:
			parts = append(parts, r.Bool())
		case timeKind:
			parts = append(parts, r.Time())
		case hexKind:
			b := make([]byte, seg.size/2)
			r.Hex(b)
			parts = append(parts, b)
		default:
			parts = append(parts, r.String())
		}
	}
	return parts, r.Done()
}

// parts returns random values for the parts of p, from few, so that keys often meet.
func parts(rnd *rand.Rand, p Pattern) []any {
	var vs []any
	for _, seg := range p.segments {
		switch seg.kind {
		case literalKind:
		case intKind:
			vs = append(vs, pick[int64](rnd, 0, 1, -1, 10, -10, 1<<63-1, -1<<63))
		case uintKind:
			vs = append(vs, pick[uint64](rnd, 0, 1, 10, 11, 1<<64-1))
		case boolKind:
			vs = append(vs, rnd.IntN(2) == 0)
		case timeKind:
			vs = append(vs, time.Date(rnd.IntN(10000), 1, 1+rnd.IntN(365), 0, 0, 0, pick(rnd, 0, 1, 100, 500_000_000), time.UTC))
		case hexKind:
			vs = append(vs, randomBytes(rnd, seg.size/2))
		default:
			vs = append(vs, hostile(rnd))
		}
	}
	return vs
}

// hostile returns a short string of bytes that keys are made of, or break on.
func hostile(rnd *rand.Rand) string {
	var b strings.Builder
	for range rnd.IntN(5) {
		b.WriteString(pick(rnd, "1", "0", "-", ":", "/", "a", "t", "%", "%3A", "3A", "25", "{", "}", "\x00", "\r\n", "\xff", "é", "Z"))
	}
	return b.String()
}

func randomBytes(rnd *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = pick[byte](rnd, 0, 1, 0xff)
	}
	return b
}

func pick[T any](rnd *rand.Rand, from ...T) T { return from[rnd.IntN(len(from))] }

// randomPattern returns a pattern that ParsePattern accepts.
func randomPattern(rnd *rand.Rand) Pattern {
	for {
		var b strings.Builder
		for range 1 + rnd.IntN(4) {
			b.WriteString(pick(rnd, "a", ":", "a:", "1", "-", "t", ".", "é", "0-", "::",
				"{p int}", "{p uint}", "{p bool}", "{p string}", "{p text}", "{p hex1}", "{p hex2}"))
		}
		if p, err := ParsePattern(b.String()); err == nil {
			return p
		}
	}
}

func mustPattern(s string) Pattern {
	p, err := ParsePattern(s)
	if err != nil {
		panic(err)
	}
	return p
}

// everyKind has all kinds, beside the delimiters that hurt most.
var everyKind = mustPattern("k:{a string}-{b int}:{c uint}A{d text}1{e bool}t{f hex2}Z{g time}0{h string}")

func TestDifferentTuplesGiveDifferentKeys(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		p, seen := randomPattern(rnd), map[string][]any{}
		for range 200 {
			vs := parts(rnd, p)
			key := build(p, vs)
			if other, taken := seen[key]; taken && !reflect.DeepEqual(vs, other) {
				t.Fatalf("%s: %q is the key of %#v and of %#v", p, key, vs, other)
			}
			seen[key] = vs
		}
	}
}
