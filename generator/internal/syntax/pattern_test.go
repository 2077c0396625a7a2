package syntax

import (
	"fmt"
	"go/token"
	"strings"
	"testing"
)

func TestPatternMistakes(t *testing.T) {
	mistakes{
		{`//cachegen:cache key="" ttl=1m`, []string{"3:23: the key is empty: write text such as posts:popular, with parts in braces such as user:{ID}"}},
		{`//cachegen:cache key="a{b" ttl=1m`, []string{"3:24: this { is not closed: write a part as {ID}"}},
		{`//cachegen:cache key="a{b{c}" ttl=1m`, []string{"3:24: this { is not closed: write a part as {ID}"}},
		{`//cachegen:cache key="a}b%c d\n\u00a0\xff" ttl=1m`, []string{
			"3:24: stray }: a part begins with {, such as {ID}",
			"3:26: a key's text must not hold %, which begins an escape: leave it out",
			"3:28: a key's text must not hold spaces: write a dash or an underscore",
			"3:30: a key's text must not hold spaces: write a dash or an underscore",
			"3:32: a key's text must not hold spaces: write a dash or an underscore",
			"3:38: a key's text must not hold '�': write letters, digits and punctuation",
		}},
		{`//cachegen:cache key="a{}{ } b{ID }{1x.type._}" ttl=1m`, []string{
			"3:24: {} names nothing: write a field or a parameter, such as {ID}",
			"3:26: { } names nothing: write a field or a parameter, such as {ID}",
			"3:26: two parts stand side by side: write text between them, such as a colon",
			"3:29: a key's text must not hold spaces: write a dash or an underscore",
			"3:34: {ID } holds a space: write the name alone, such as {ID}",
			`3:37: "1x" in {1x.type._} is not a Go identifier: write a field or a parameter, such as {ID}`,
			`3:40: "type" in {1x.type._} is not a Go identifier: write a field or a parameter, such as {ID}`,
			`3:45: "_" in {1x.type._} is not a Go identifier: write a field or a parameter, such as {ID}`,
			"3:36: two parts stand side by side: write text between them, such as a colon",
		}},
		{`//cachegen:cache key="\x61\x7bID}:{ID}{ID}" ttl=1m`, []string{
			"3:35: {ID} is repeated: write each part once",
			"3:39: two parts stand side by side: write text between them, such as a colon",
			"3:39: {ID} is repeated: write each part once",
		}},
	}.test(t)
}

func TestParsePattern(t *testing.T) {
	for written, want := range map[string]string{
		"posts:popular":            "posts:popular@22-35",
		"user:{ID}":                "user:@22-27 {ID@28}@27-31",
		"{ID}":                     "{ID@23}@22-26",
		`"a{X}b{Y.Z}c"`:            "a@23-24 {X@25}@24-27 b@27-28 {Y@29.Z@31}@28-33 c@33-34",
		`"\u00e9:{A\x42.C}"`:       "é:@23-30 {AB@31.C@37}@30-39",
		"größe/{größe}/日本!$&()[]~": "größe/@22-30 {größe@31}@30-39 /日本!$&()[]~@39-54",
	} {
		s, o := options(t, "//cachegen:cache key="+written)
		if got := s.printPattern(o.Key.Value); got != want {
			t.Errorf("%s\n got %s\nwant %s", written, got, want)
		}
	}
}

// printPattern spells a pattern with the columns of everything in it.
func (s source) printPattern(p Pattern) string {
	column := func(pos token.Pos) int { return s.fset.Position(pos).Column }
	var spelt []string
	for _, seg := range p.Segments {
		text := seg.Literal
		if seg.IsPart() {
			var elems []string
			for i, elem := range seg.Path {
				elems = append(elems, fmt.Sprintf("%s@%d", elem, column(seg.Elems[i])))
			}
			text = "{" + strings.Join(elems, ".") + "}"
		}
		spelt = append(spelt, fmt.Sprintf("%s@%d-%d", text, column(seg.Pos), column(seg.End)))
	}
	return strings.Join(spelt, " ")
}

func TestLongLiterals(t *testing.T) {
	long := strings.Repeat("a", 256)
	options(t, "//cachegen:cache key="+long+"{ID}"+long)
	mistakes{
		{"//cachegen:cache ttl=1m key={ID}" + long + "bc", []string{"3:289: this text of the key is 258 bytes long: write at most 256"}},
		{"//cachegen:cache ttl=1m key={ID", []string{"3:29: this { is not closed: write a part as {ID}"}},
		{"//cachegen:cache ttl=1m key={A.}", []string{`3:32: "" in {A.} is not a Go identifier: write a field or a parameter, such as {ID}`}},
		{`//cachegen:cache ttl=1m key="a\x00\x7f"`, []string{
			`3:31: a key's text must not hold '\x00': write letters, digits and punctuation`,
			`3:35: a key's text must not hold '\x7f': write letters, digits and punctuation`,
		}},
		{"//cachegen:cache ttl=1m key={A}:{A.B}:{A.B}", []string{"3:39: {A.B} is repeated: write each part once"}},
	}.test(t)
}

// FuzzParsePattern holds that a pattern without mistakes is spelt by its segments, parts apart.
func FuzzParsePattern(f *testing.F) {
	for _, seed := range []string{"user:{ID}", "a{X}b{Y.Z}c", "{a}{b}", "{}", "a}b", "%", "{ü.ä}é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, errs := ParsePattern(Arg{Value: text, ValuePos: 1})
		if len(errs) > 0 {
			return
		}
		var spelt string
		for i, seg := range p.Segments {
			if i > 0 && seg.IsPart() == p.Segments[i-1].IsPart() {
				t.Errorf("%q: two segments of one sort side by side", text)
			}
			if seg.IsPart() {
				spelt += "{" + strings.Join(seg.Path, ".") + "}"
			}
			spelt += seg.Literal
		}
		if spelt != text || p.Source != text {
			t.Errorf("%q is spelt %q", text, spelt)
		}
	})
}
