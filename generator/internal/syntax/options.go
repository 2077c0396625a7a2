package syntax

import (
	"go/token"
	"time"
)

// The names of the directives.
const (
	Cache    = "cache"
	Counter  = "counter"
	Defaults = "defaults"
)

// Setting is the value of one argument and where it was written. The zero value is an argument
// that was not given.
type Setting[T any] struct {
	Value   T
	Set     bool      // the argument was given, though its value may have been refused
	NamePos token.Pos // of the argument's name
	Pos     token.Pos // of the first byte of its value
}

// Word is one element of a list value.
type Word struct {
	Text string
	Pos  token.Pos
}

// By says how a struct travels: as a pointer, or by value.
type By string

// The values of by=. The zero value is the default, ByPointer.
const (
	ByPointer By = "pointer"
	ByValue   By = "value"
)

// Copy says whether callers get a copy each, or share one value.
type Copy string

// The values of copy=. The zero value is the default, CopyClone.
const (
	CopyClone Copy = "clone"
	CopyShare Copy = "share"
)

// Options is a directive's arguments, checked and typed.
type Options struct {
	Directive Directive
	Key       Setting[Pattern]
	TTL       Setting[time.Duration] // 0 if Set means forever
	Store     Setting[string]
	Name      Setting[string] // a Go identifier
	By        Setting[By]
	Copy      Setting[Copy]
	Timeout   Setting[time.Duration] // positive
	Version   Setting[string]
	Ignore    Setting[[]Word] // Go identifiers, none twice
}

// Check checks a directive's name and arguments. The Options hold every value that is good, also
// when others are not; a Setting whose value was refused is Set with the zero Value. A missing ttl
// is not reported here, since it may come from the package's defaults: see [Options.Resolve].
func Check(d Directive) (Options, []Error) { return Options{}, nil }

// Resolve returns o with the settings that it lacks, and its directive allows, taken from the
// package's defaults, and reports what is still missing. Zero defaults add nothing. A setting taken
// over keeps the position where the defaults have it.
func (o Options) Resolve(defaults Options) (Options, []Error) { return o, nil }
