package syntax

import (
	"go/ast"
	"go/token"
)

// tool is the first word of every directive.
const tool = "cachegen"

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

	offsets []int // of each byte of a double-quoted value, and of its end, from ValuePos; else nil
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
func Directives(file *ast.File) ([]Directive, []Error) {
	var directives []Directive
	var errs []Error
	for _, group := range file.Comments {
		for _, c := range group.List {
			if parsed, ok := ast.ParseDirective(c.Slash, c.Text); ok && parsed.Tool == tool {
				args, bad := scanArgs(parsed.Args, parsed.ArgsPos)
				errs = append(errs, bad...)
				directives = append(directives, Directive{
					Pos: c.Slash, Name: parsed.Name, NamePos: c.Slash + token.Pos(len("//"+tool+":")), Args: args, Comment: c,
				})
			} else if err, missed := nearMiss(c); missed {
				errs = append(errs, err)
			}
		}
	}
	return directives, errs
}
