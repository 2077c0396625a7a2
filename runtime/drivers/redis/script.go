package redis

import (
	"context"

	goredis "github.com/redis/go-redis/v9"
)

// script is a script of the server, which knows it by its hash once it has run there. The keys of one
// call are in one slot, unless the server is no cluster.
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

// runAll runs several calls of s in one round trip, and those whose server does not know the script
// yet in one more. It returns the first error.
func (d *Driver) runAll(ctx context.Context, s *script, calls []goredis.Cmder) error {
	for _, c := range calls {
		c.SetFirstKeyPos(firstKey)
	}
	err := d.pipelined(ctx, calls)
	var again []goredis.Cmder
	for _, c := range calls {
		if s.unknown(c) {
			again = append(again, c)
		}
	}
	if len(again) == 0 {
		return err
	}
	_ = d.pipelined(ctx, again) // each call has its own error
	for _, c := range calls {
		if c.Err() != nil {
			return c.Err()
		}
	}
	return nil
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

// pipelined sends calls in one round trip to each server, and returns the first error.
func (d *Driver) pipelined(ctx context.Context, calls []goredis.Cmder) error {
	if len(calls) == 1 {
		return d.client.Process(ctx, calls[0])
	}
	p := d.client.Pipeline()
	_ = p.BatchProcess(ctx, calls...) // only queues them
	_, err := p.Exec(ctx)
	return err
}
