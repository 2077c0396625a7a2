package redis

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"unsafe"

	goredis "github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// getAtOnce asks the one server for keys. It does what the client's MGet does, without new arguments.
func (d *Driver) getAtOnce(ctx context.Context, keys []string) ([][]byte, error) {
	q := mgets.Get().(*mget)
	cmd := goredis.NewSliceCmd(ctx, q.ask(d.keys, keys)...)
	err := d.client.Process(ctx, cmd)
	if err == nil { // after an error the client may still have q
		q.release()
	}
	if found := len(cmd.Val()); err == nil && found != len(keys) {
		err = fmt.Errorf("the server answered with %d values for %d keys", found, len(keys))
	}
	if err != nil {
		return nil, d.fail(ctx, "get many", err)
	}
	values := make([][]byte, len(keys))
	for i, v := range cmd.Val() {
		if s, ok := v.(string); ok {
			values[i] = bytesOf(s)
		}
	}
	return values, nil
}

// mget is the arguments of an MGET, to be used again. They are pointers: as strings, each would be
// an allocation.
type mget struct {
	text   []byte   // all stored keys
	stored []string // the parts of text
	args   []any    // the name of the command, and where in stored the keys are
}

var mgets = sync.Pool{New: func() any { return new(mget) }}

// maxMget is the largest text that is kept for another call.
const maxMget = 64 << 10

// ask returns the arguments that ask for keys. They are good until the release of q.
func (q *mget) ask(n drivers.Namespace, keys []string) []any {
	q.grow(len(keys))
	q.text = q.text[:0]
	for i, key := range keys {
		start := len(q.text)
		q.text = n.AppendKey(q.text, key) // where it moves to, what stood before start does not change where it was
		q.stored[i] = unsafe.String(unsafe.SliceData(q.text[start:]), len(q.text)-start)
	}
	return q.args[:1+len(keys)]
}

// grow makes room for n keys.
func (q *mget) grow(n int) {
	if n <= len(q.stored) {
		return
	}
	q.stored = slices.Grow(q.stored[:0], n)
	q.stored = q.stored[:cap(q.stored)]
	q.args = append(make([]any, 0, 1+len(q.stored)), "mget")
	for i := range q.stored {
		q.args = append(q.args, &q.stored[i])
	}
}

// release gives q to other calls.
func (q *mget) release() {
	if len(q.text) <= maxMget {
		mgets.Put(q)
	}
}
