// Package keys builds cache keys, parses them back, and tells whether two key patterns can ever
// spell the same key. Generated code calls it; it uses no reflection and depends on the standard
// library alone.
//
// A key is literal text with parts between: integers in decimal, booleans as true or false, byte
// arrays in lower-case hex, times in UTC as RFC 3339 with nanoseconds, strings and texts
// percent-escaped. A part ends where its kind says so or at the first byte of the literal that
// follows it, which no part can hold unescaped. So keys of one pattern are injective: two different
// tuples of parts never give one key, and each key has exactly one spelling.
//
// The Append functions append to dst as the built-in append does and keep nothing of it; with
// enough capacity they allocate nothing. All functions are safe for concurrent use.
package keys
