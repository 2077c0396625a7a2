// Package msgp holds what the cache writes around and inside stored values: the envelope, the
// msgpack primitives that generated codecs append and read with, the codec of dynamically typed
// values, and the scan that every stored msgpack value passes before a reflective decoder sees it.
//
// Functions that append return the extended slice, as the built-in append does, and never keep dst.
// Functions that read return what follows the value, and never read past b; a result that is a
// byte slice aliases b, everything else is a copy. Nothing here keeps state: all functions are
// safe for concurrent use.
//
// Generated codecs append by these functions, with a [Walk] where that can fail, and read by a
// [Reader] and a [Struct]; these three belong to one goroutine each.
//
// The byte-exact format is docs/wire-format.md.
package msgp
