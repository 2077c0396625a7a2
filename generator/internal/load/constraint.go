package load

import (
	"go/ast"
	"go/build"
	"go/build/constraint"
	"io"
	"path/filepath"
	"strings"
)

// constraintOf returns the build constraint that a file stands under, as a go:build line spells it,
// or "" if there is none. A name such as user_linux.go counts as one.
func constraintOf(name string, file *ast.File) string {
	both := nameConstraint(filepath.Base(name))
	for _, group := range file.Comments {
		if group.Pos() > file.Package {
			break
		}
		for _, c := range group.List {
			if x, err := constraint.Parse(c.Text); err == nil && constraint.IsGoBuild(c.Text) {
				both = and(both, x)
			}
		}
	}
	if both == nil {
		return ""
	}
	return both.String()
}

func and(x, y constraint.Expr) constraint.Expr {
	if x == nil {
		return y
	}
	return &constraint.AndExpr{X: x, Y: y}
}

// nameConstraint returns the constraint that a file's name implies, or nil. Which words in a name
// count, go/build decides.
func nameConstraint(base string) constraint.Expr {
	words := strings.Split(strings.TrimSuffix(base, ".go"), "_")
	last, before := words[len(words)-1], ""
	if len(words) > 1 {
		before = words[len(words)-2]
	}
	switch {
	case matches(base, "none", "none"):
		return nil
	case matches(base, last, "none"), matches(base, "none", last):
		return &constraint.TagExpr{Tag: last}
	default:
		return and(&constraint.TagExpr{Tag: before}, &constraint.TagExpr{Tag: last})
	}
}

// matches reports whether go/build compiles a file of that name for the system and architecture.
func matches(base, goos, goarch string) bool {
	c := build.Context{GOOS: goos, GOARCH: goarch, Compiler: "gc", OpenFile: func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("package p\n")), nil
	}}
	ok, err := c.MatchFile("", base)
	return err == nil && ok
}

// NameConstraint returns the build constraint that a file's name implies, or "".
func NameConstraint(base string) string {
	if x := nameConstraint(base); x != nil {
		return x.String()
	}
	return ""
}
