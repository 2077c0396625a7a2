package redis

import (
	"context"

	goredis "github.com/redis/go-redis/v9"
)

// script is a script of the server, which knows it by its hash once it has run there. In a cluster the
// keys of one call are in one slot.
type script struct {
	source string
	hash   any // a string, as it stands in lists of arguments
}

func newScript(source string) *script {
	return &script{source, goredis.NewScript(source).Hash()}
}

// on returns the arguments of a call of s on keys, to which others are to be appended.
func (s *script) on(keys []string, others int) []any {
	args := make([]any, 3, 3+len(keys)+others)
	args[0], args[1], args[2] = "evalsha", s.hash, len(keys)
	for i := range keys {
		args = append(args, &keys[i])
	}
	return args
}

// firstKey is where the keys begin in the arguments of a call.
const firstKey = 3

// run runs a call of s, and runs it again with the source if the server does not know the script yet.
func (d *Driver) run(ctx context.Context, s *script, call goredis.Cmder) error {
	call.SetFirstKeyPos(firstKey)
	err := d.client.Process(ctx, call)
	if !s.unknown(call) {
		return err
	}
	return d.client.Process(ctx, call)
}

// runAll runs several calls of s in one round trip to each server, and those whose server does not know
// the script yet in one more. Its error is that of outcome.
func (d *Driver) runAll(ctx context.Context, s *script, calls []goredis.Cmder) error {
	for _, c := range calls {
		c.SetFirstKeyPos(firstKey)
	}
	d.send(ctx, calls)
	var again []goredis.Cmder
	for _, c := range calls {
		if s.unknown(c) {
			again = append(again, c)
		}
	}
	if len(again) > 0 {
		d.send(ctx, again)
	}
	return d.outcome(ctx, calls)
}

// unknown reports whether the server did not know s, and if so makes call one that brings the source.
func (s *script) unknown(call goredis.Cmder) bool {
	if !goredis.HasErrorPrefix(call.Err(), "NOSCRIPT") {
		return false
	}
	call.SetErr(nil)
	args := call.Args()
	args[0], args[1] = "eval", s.source
	return true
}
