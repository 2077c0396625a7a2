package syntax

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// source is a parsed file that holds one declaration under some comments.
type source struct {
	fset *token.FileSet
	file *ast.File
}

// parseComment puts comment before a declaration, at line 3.
func parseComment(t testing.TB, comment string) source {
	t.Helper()
	fset := token.NewFileSet()
	src := "package p\n\n" + comment + "\ntype T int\n"
	file, err := parser.ParseFile(fset, "t.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return source{fset, file}
}

// at returns a position as line:col.
func (s source) at(pos token.Pos) string {
	p := s.fset.Position(pos)
	return fmt.Sprintf("%d:%d", p.Line, p.Column)
}

// print returns errors as a user sees them.
func (s source) print(errs []Error) []string {
	lines := []string{}
	for _, e := range errs {
		lines = append(lines, s.at(e.Pos)+": "+e.Error())
	}
	return lines
}

// check does all that this package does with a file.
func (s source) check() ([]Options, []Error) {
	directives, errs := Directives(s.file)
	var all []Options
	for _, d := range directives {
		o, bad := Check(d)
		errs = append(errs, bad...)
		if slices.Contains(directiveNames, d.Name) && d.Name != Defaults {
			o, bad = o.Resolve(Options{})
			errs = append(errs, bad...)
		}
		all = append(all, o)
	}
	return all, errs
}

// diagnose returns all mistakes of a comment.
func diagnose(t testing.TB, comment string) []string {
	t.Helper()
	s := parseComment(t, comment)
	_, errs := s.check()
	return s.print(errs)
}

// mistakes maps comments to what must be said of them.
type mistakes []struct {
	comment string
	want    []string
}

func (ms mistakes) test(t *testing.T) {
	t.Helper()
	for _, m := range ms {
		if got := diagnose(t, m.comment); !slices.Equal(got, m.want) {
			t.Errorf("%s\n got %s\nwant %s", m.comment, strings.Join(got, "\n     "), strings.Join(m.want, "\n     "))
		}
	}
}
