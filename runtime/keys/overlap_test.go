package keys

import (
	"math/rand/v2"
	"testing"
)

func TestOverlap(t *testing.T) {
	for _, c := range []struct{ a, b, witness string }{
		{"user:{id int}", "user:{name string}", "user:0"},
		{"user:{a string}", "user:x", "user:x"},
		{"user:{a string}", "user:{b string}", "user:"},
		{"user:{a int}", "user:{b uint}", "user:0"},
		{"user:{a int}", "user:-5", "user:-5"},
		{"user:{a string}/{b string}", "user:{c string}/x", "user:/x"},
		{"a{x string}", "{y string}b", "ab"},
		{"a:{x string}b", "a:{y int}b", "a:0b"},
		{"t:{x bool}", "t:{y string}", "t:true"},
		{"t:{x bool}", "t:tru{y string}", "t:true"},
		{"t:{x hex1}", "t:{y int}", "t:10"},
		{"at{x time}", "at{y string}", "at0000-01-01T00:00:00Z"},
		{"at{x time}", "at2024-02-29T23:59:59.123Z", "at2024-02-29T23:59:59.123Z"},
		{"n:{x int}", "n:9223372036854775807", "n:9223372036854775807"},
		{"n:{x int}", "n:-9223372036854775808", "n:-9223372036854775808"},
		{"n:{x uint}", "n:18446744073709551615", "n:18446744073709551615"},
		{"x-{a int}", "x{b string}", "x-0"},
		{"x{a int}", "x-{b uint}", "x-1"},
	} {
		witness, overlap := Overlap(mustPattern(c.a), mustPattern(c.b))
		if !overlap || witness != c.witness {
			t.Errorf("%s and %s: %q, %v, want %q", c.a, c.b, witness, overlap, c.witness)
		}
		if other, _ := Overlap(mustPattern(c.b), mustPattern(c.a)); len(other) != len(witness) {
			t.Errorf("%s and %s the other way round: %q, not %q", c.a, c.b, other, witness)
		}
	}
}

func TestNoOverlap(t *testing.T) {
	for _, c := range [][2]string{
		{"a:{x int}", "b:{x int}"},
		{"user:{id string}", "user:{id string}:posts"},
		{"user:{id string}", "user:{a string}:{b string}"},
		{"user:{id int}", "users:{id int}"},
		{"user:{id int}", "user:{h hex16}"}, // no int has 32 digits
		{"user:{id int}", "user:007"},
		{"user:{id int}", "user:-0"},
		{"user:{id int}", "user:"},
		{"user:{id uint}", "user:-{id uint}"},
		{"user:{id int}", "user:9223372036854775808"},
		{"user:{id int}", "user:-9223372036854775809"},
		{"user:{id uint}", "user:18446744073709551616"},
		{"user:{id int}", "user:{b bool}"},
		{"user:{id hex4}", "user:{id hex5}"},
		{"user:{id hex1}", "user:FF"},
		{"user:{t time}", "user:2024-13-01T00:00:00Z"},
		{"user:{t time}", "user:2024-00-01T00:00:00Z"},
		{"user:{t time}", "user:2024-01-32T00:00:00Z"},
		{"user:{t time}", "user:2024-01-00T00:00:00Z"},
		{"user:{t time}", "user:2024-01-01T24:00:00Z"},
		{"user:{t time}", "user:2024-01-01T00:60:00Z"},
		{"user:{t time}", "user:2024-01-01T00:00:00.10Z"},
		{"user:{t time}", "user:2024-01-01T00:00:00.Z"},
		{"user:{t time}", "user:2024-01-01T00:00:00.1234567891Z"},
		{"user:{t time}", "user:2024-01-01T00:00:00Z0"},
		{"user:{t time}", "user:{id string}"}, // a time holds colons, which the string escapes
		{"a/{x string}", "a/b/{x string}"},
		{"{x string}é", "{x string}è"},
	} {
		if witness, overlap := Overlap(mustPattern(c[0]), mustPattern(c[1])); overlap {
			t.Errorf("%s and %s: %q", c[0], c[1], witness)
		}
	}
}

// Delimiters differ: what one pattern escapes, the other may hold as it is, and the other way round.
func TestOverlapKnowsWhatEachPatternEscapes(t *testing.T) {
	a, b := mustPattern("k.{x string}.{y string}"), mustPattern("k.{x string}:")
	if witness, overlap := Overlap(a, b); overlap {
		t.Errorf("%q", witness)
	}
	c := mustPattern("{x string}~{y string}")
	if witness, overlap := Overlap(a, c); !overlap || !parses(a, witness) || !parses(c, witness) {
		t.Errorf("%q, %v", witness, overlap)
	}
}

func parses(p Pattern, key string) bool {
	_, ok := parse(p, key)
	return ok
}

// The automaton and the Reader are written apart; on every short key over some hostile bytes they
// agree.
func TestTheAutomatonAcceptsWhatTheReaderAccepts(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	keys := words(":a01-%t3A", 5)
	for range 60 {
		p := randomPattern(rnd)
		for _, key := range keys {
			if p.matches(key) != parses(p, key) {
				t.Fatalf("%s: the automaton says %v of %q, the Reader %v", p, p.matches(key), key, !p.matches(key))
			}
		}
	}
}

func (p *Pattern) matches(key string) bool {
	var s state
	for _, b := range []byte(key) {
		next, ok := p.step(s, b)
		if !ok {
			return false
		}
		s = next
	}
	return p.accepts(s)
}

// words returns all words over the alphabet of at most n bytes.
func words(alphabet string, n int) []string {
	all := []string{""}
	for from := 0; n > 0; n-- {
		to := len(all)
		for _, w := range all[from:to] {
			for _, b := range []byte(alphabet) {
				all = append(all, w+string(rune(b)))
			}
		}
		from = to
	}
	return all
}

// FuzzOverlap holds Overlap against sampling: a key met in both patterns means an overlap, and a
// witness is a key of both.
func FuzzOverlap(f *testing.F) {
	for seed := range uint64(100) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		rnd := rand.New(rand.NewPCG(seed, 9))
		a, b := randomPattern(rnd), randomPattern(rnd)
		witness, overlap := Overlap(a, b)
		if overlap && !(parses(a, witness) && parses(b, witness)) {
			t.Fatalf("%s and %s: the witness %q is not a key of both", a, b, witness)
		}
		for range 100 {
			if key := build(a, parts(rnd, a)); !overlap && parses(b, key) {
				t.Fatalf("%s and %s do not overlap, yet both have %q", a, b, key)
			}
		}
	})
}

func BenchmarkOverlap(b *testing.B) {
	for name, with := range map[string]string{
		"apart":  "team:{id int}",
		"prefix": "user:{id string}:posts",
		"deep":   "user:{a int}:{b int}:{c int}:{d time}",
	} {
		p, q := mustPattern("user:{a string}:{b int}:{c string}:{d string}:{e int}"), mustPattern(with)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Overlap(p, q)
			}
		})
	}
}
