package syntax

import (
	"fmt"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// printDirective spells a directive with the position of everything in it.
func (s source) printDirective(d Directive) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s@%s", d.Name, s.at(d.NamePos))
	for _, a := range d.Args {
		fmt.Fprintf(&b, " %s@%s", a.Name, s.at(a.NamePos))
		if a.HasValue {
			fmt.Fprintf(&b, "=%q@%s-%s", a.Value, s.at(a.PosAt(0)), s.at(a.PosAt(len(a.Value))))
		}
	}
	return b.String()
}

func TestDirectives(t *testing.T) {
	for comment, want := range map[string]string{
		"//cachegen:cache":                               "cache@3:12",
		"//cachegen:cache key=user:{ID}  ttl=15m ":       `cache@3:12 key@3:18="user:{ID}"@3:22-3:31 ttl@3:33="15m"@3:37-3:40`,
		`//cachegen:cache key="user:{ID}" ttl=15m`:       `cache@3:12 key@3:18="user:{ID}"@3:23-3:32 ttl@3:34="15m"@3:38-3:41`,
		"//cachegen:cache key=`a\\b \"c\"`":              `cache@3:12 key@3:18="a\\b \"c\""@3:23-3:30`,
		`//cachegen:cache key="a\"\x41\u00e9é" x`:        `cache@3:12 key@3:18="a\"Aéé"@3:23-3:38 x@3:40`,
		"//cachegen:cache\tkey=\"\"\tdraft\t":            `cache@3:12 key@3:18=""@3:23-3:23 draft@3:25`,
		"//cachegen:decorate loose-word":                 "decorate@3:12 loose-word@3:21",
		"//cachegen:cache=x":                             "cache=x@3:12",
		"//cachegen:cache key=a\r\n// prose\r":           `cache@3:12 key@3:18="a"@3:22-3:23`,
		"// User is a user.\n//\n//cachegen:cache key=a": `cache@5:12 key@5:18="a"@5:22-5:23`,
		"/* a */ //cachegen:cache key=a":                 `cache@3:20 key@3:26="a"@3:30-3:31`,
	} {
		s := parseComment(t, comment)
		directives, errs := Directives(s.file)
		if len(errs) > 0 || len(directives) != 1 {
			t.Errorf("%s: %d directives, %v", comment, len(directives), s.print(errs))
			continue
		}
		if got := s.printDirective(directives[0]); got != want {
			t.Errorf("%s\n got %s\nwant %s", comment, got, want)
		}
	}
}

func TestDirectivesOfAFileInSourceOrder(t *testing.T) {
	s := parseComment(t, "//cachegen:defaults ttl=1m\n\n//cachegen:cache key=a\ntype A struct {\n\t//cachegen:counter key=\"b\n\tB int\n}\n\nfunc f() {\n\t//cachegen:x\n}\n")
	directives, errs := Directives(s.file)
	var names []string
	for _, d := range directives {
		names = append(names, d.Name)
		if d.Comment.Slash != d.Pos || d.NamePos != d.Pos+token.Pos(len("//cachegen:")) {
			t.Errorf("%s stands at %d, its comment at %d, its name at %d", d.Name, d.Pos, d.Comment.Slash, d.NamePos)
		}
	}
	if want := []string{"defaults", "cache", "counter", "x"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
	if got := s.print(errs); len(got) != 1 || !strings.HasPrefix(got[0], "7:25: ") {
		t.Errorf("got %v", got)
	}
}

// A byte of a decoded value stands where its escape begins.
func TestPosAtInsideEscapes(t *testing.T) {
	s := parseComment(t, `//cachegen:cache key="a\x42\u00e9c"`)
	directives, _ := Directives(s.file)
	var got []string
	for i := range len("aBéc") + 1 {
		got = append(got, s.at(directives[0].Args[0].PosAt(i)))
	}
	if want := []string{"3:23", "3:24", "3:28", "3:28", "3:34", "3:35"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAFileWithoutDirectivesCostsNothing(t *testing.T) {
	s := parseComment(t, "// A comment: with a colon.\n// https://example.org and note: more.\n/* block: too */\n//go:generate x\n//")
	if n := testing.AllocsPerRun(100, func() { Directives(s.file) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzDirectives holds that nothing panics and that every position lies inside the comment.
func FuzzDirectives(f *testing.F) {
	for _, seed := range []string{
		`cachegen:cache key="user:{ID}" ttl=15m`, `cachegen:cache key = "a\q{b{}c}" ="x" by= ttl=1d2w`, " cachegen:cache",
		"cachegen:cache key=`{a.b}:{a.b}{c}` ignore=a,,b store=\"\" name=1", `cachegen:counter key="\xff\u00e9%}"x y"`,
		"cachegen:limit key=a rate=60/1m burst=10 algorithm=gcra", "cachegen:limit key=a rate=1/10000h burst=9 ttl=1m sync=fleet",
		`cachegen:limit key=a rate="1m/6\x30" algorithm=window burst=5`, "cachegen:limit rate=99999999999999999999/s burst=-0 key=a",
		"Cachegn: counter =", "cachegen:defaults ttl=0 timeout=forever copy=share// x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\n\x00\r") || strings.Contains(text, "\ufeff") || strings.ToValidUTF8(text, "") != text {
			t.Skip("no comment of one line")
		}
		s := parseComment(t, "//"+text)
		inside := func(what string, pos token.Pos) {
			if c := s.file.Comments[0]; pos < c.Pos() || pos > c.End() {
				t.Errorf("%s of %q stands outside, at %s", what, text, s.at(pos))
			}
		}
		all, errs := s.check()
		for _, e := range errs {
			inside(e.Msg, e.Pos)
		}
		for _, o := range all {
			eachPos(o, inside)
		}
	})
}

// eachPos calls visit with every position of o.
func eachPos(o Options, visit func(what string, pos token.Pos)) {
	for _, a := range o.Directive.Args {
		visit("name", a.NamePos)
		if a.HasValue && !a.Broken {
			visit("value", a.PosAt(0))
			visit("end", a.PosAt(len(a.Value)))
		}
	}
	for _, w := range o.Ignore.Value {
		visit("ignored word", w.Pos)
	}
	for _, seg := range o.Key.Value.Segments {
		visit("segment", seg.Pos)
		visit("end of segment", seg.End)
		for _, pos := range seg.Elems {
			visit("element", pos)
		}
	}
}
