package syntax

import (
	"go/ast"
	"go/token"
)

// Directive is one //cachegen: comment, its arguments scanned but not yet checked.
type Directive struct {
	Pos     token.Pos    // of the comment's first slash
	Name    string       // "cache" in //cachegen:cache
	NamePos token.Pos    // of the first byte of Name
	Args    []Arg        // in source order; a repeated argument is reported and stands here once
	Comment *ast.Comment // the comment itself; the caller finds the declaration it belongs to by it
}

// Arg is one argument of a directive: a word, or word=value.
type Arg struct {
	Name     string
	NamePos  token.Pos
	Value    string    // decoded: without quotes, escapes resolved
	ValuePos token.Pos // of the first byte of Value, so after an opening quote; NoPos without a value
	HasValue bool      // an equals sign was written
	Broken   bool      // the value could not be read, and that has been reported: say no more of it

	offsets []int // of each byte of a value with escapes, and of its end, from ValuePos; else nil
}

// PosAt returns the position in the source of byte i of the decoded value; i may be len(Value),
// which is where the value ends.
func (a Arg) PosAt(i int) token.Pos {
	if a.offsets != nil {
		i = a.offsets[i]
	}
	return a.ValuePos + token.Pos(i)
}

// Directives returns every //cachegen: comment of a file that was parsed with comments, in source
// order, whatever its name is, and reports what cannot be scanned. It also reports comments that
// are not directives but were surely meant to be: with a space before the name, in a block comment,
// in upper case, or with the tool's name one edit away.
func Directives(file *ast.File) ([]Directive, []Error) { return nil, nil }
