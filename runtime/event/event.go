// Package event describes what a cache reports while it works. It is a leaf, shared by the public
// API and the engine below it.
package event

import "time"

// Kind says what happened.
type Kind uint8

// The kinds of events. More may come in later versions.
const (
	Hit         Kind = iota + 1 // a value was found
	Miss                        // no value was found
	Load                        // a loader ran and succeeded; Duration is what it took
	LoadError                   // a loader failed
	Panic                       // a loader panicked with nobody left to tell
	Write                       // a value was stored
	Forget                      // values were removed
	Flush                       // a store was emptied
	StoreError                  // the store failed: the call went on without it, or returned Err
	DecodeError                 // stored bytes did not decode and counted as a miss
	RefusedFill                 // a loaded value was not stored: its key was invalidated meanwhile
	UnknownType                 // a value of an unregistered type counted as a miss
	OverLimit                   // a rate limit refused a taking: too little was left
)

var names = [...]string{
	Hit: "hit", Miss: "miss", Load: "load", LoadError: "load error", Panic: "panic", Write: "write",
	Forget: "forget", Flush: "flush", StoreError: "store error", DecodeError: "decode error",
	RefusedFill: "refused fill", UnknownType: "unknown type", OverLimit: "over limit",
}

// String returns the kind in words.
func (k Kind) String() string {
	if int(k) < len(names) && names[k] != "" {
		return names[k]
	}
	return "<unknown event.Kind>"
}

// Event is one thing that happened.
type Event struct {
	Kind  Kind
	Store string // the store's name, as it is configured
	Cache string // the typed cache's name; "" for untyped calls
	Op    string // the operation: "get", "put", "add", "forget", "flush", "increment", "take", "remember", "open", …
	// Key is the key, or "" unless Config.EventKeys asks for keys: they may hold personal data.
	Key string
	// Err is the error of the kinds that have one. Its text holds no secret and no value, and the
	// key only if Config.EventKeys asks for keys.
	Err error
	// Duration is how long the operation took, where that is known.
	Duration time.Duration
}
