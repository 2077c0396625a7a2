package syntax

import "go/token"

// Pattern is a key pattern as the user wrote it, such as "zip:{Address.Zip}/{name}". Literals and
// parts alternate: two parts always have text between them. The zero value is no pattern.
type Pattern struct {
	Source   string // the decoded text
	Segments []Segment
}

// Segment is a run of literal text, or a part in braces.
type Segment struct {
	Literal string      // "" for a part
	Path    []string    // of a part: {Address.Zip} is ["Address" "Zip"]; nil for a literal
	Pos     token.Pos   // of the first byte; of a part, its opening brace
	End     token.Pos   // after the last byte; of a part, after its closing brace
	Elems   []token.Pos // of each element of Path
}

// IsPart reports whether the segment is a part and not a literal.
func (s Segment) IsPart() bool { return s.Path != nil }

// ParsePattern parses the value of a key argument. With any error the Pattern is the zero value.
func ParsePattern(a Arg) (Pattern, []Error) { return Pattern{}, nil }
