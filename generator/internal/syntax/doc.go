// Package syntax reads what a user writes for cachegen: directive comments, their arguments, and
// the key patterns inside these. It knows nothing of types.
//
// Every function is pure and reports all mistakes that it finds, each at the exact byte, instead of
// stopping at the first. Positions are those of the file set that the file was parsed with.
package syntax

import "go/token"

// Error is one mistake in what the user wrote.
type Error struct {
	Pos token.Pos // the offending byte
	Msg string    // one sentence that says what is wrong and what to write instead; no position
}

// Error returns the message, without the position.
func (e Error) Error() string { return e.Msg }
