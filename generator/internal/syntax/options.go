package syntax

import (
	"go/token"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// The names of the directives.
const (
	Cache    = "cache"
	Counter  = "counter"
	Defaults = "defaults"
	Limit    = "limit"
)

// Setting is the value of one argument and where it was written. The zero value is an argument
// that was not given.
type Setting[T any] struct {
	Value   T
	Set     bool      // the argument was given, though its value may have been refused
	NamePos token.Pos // of the argument's name
	Pos     token.Pos // of the first byte of its value; NoPos if that could not be read
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

// Sync says who waits for a load of a key: the callers in a process, or those of the whole fleet.
type Sync string

// The values of sync=. The zero value is the default, SyncProcess.
const (
	SyncProcess Sync = "process"
	SyncFleet   Sync = "fleet"
)

// Algorithm says how a limit counts.
type Algorithm string

// The values of algorithm=. The zero value is the default, GCRA.
const (
	GCRA   Algorithm = "gcra"   // what was taken comes back steadily
	Window Algorithm = "window" // fixed windows
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
	Sync      Setting[Sync]
	Ignore    Setting[[]Word] // Go identifiers, none twice

	Rate      Setting[drivers.Rate] // its Limit and Period, both positive; see [Options.Limit]
	Algorithm Setting[Algorithm]
	Burst     Setting[int64] // positive
}
