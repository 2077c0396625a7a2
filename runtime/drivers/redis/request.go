package redis

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// request is a GET and its arguments, the second of which points at key. Those that are over are used
// again.
type request struct {
	args [2]any
	key  string

	// What follows is for one that shares a round trip.
	cmd   *goredis.StringCmd
	done  chan struct{} // told once when cmd is over
	timer *time.Timer
	left  atomic.Bool // nobody waits for it
}

var requests = sync.Pool{New: func() any {
	r := &request{}
	r.args = [2]any{"get", &r.key}
	return r
}}

func newRequest(ctx context.Context, stored string) *request {
	r := requests.Get().(*request)
	r.key = stored
	r.cmd = goredis.NewStringCmd(ctx, r.args[:]...)
	return r
}

// result returns the answer of a request that is over. After an error that is no answer the client may
// still have the request; otherwise it may be used again.
func (r *request) result() (string, error) {
	text, err := r.cmd.Val(), r.cmd.Err()
	if err == nil || isAnswer(err) {
		r.free()
	}
	return text, err
}

// free gives back a request that the client has not, or no longer.
func (r *request) free() {
	r.cmd, r.key = nil, ""
	requests.Put(r)
}

// share makes r ready for a round trip with others.
func (r *request) share() {
	if r.done == nil {
		r.done = make(chan struct{}, 1)
	}
}

// wait waits until r is over, or for ctx, which has a deadline. After an error r is still under way.
func (r *request) wait(ctx context.Context) (err error) {
	deadline, _ := ctx.Deadline()
	if r.timer == nil {
		r.timer = time.NewTimer(time.Until(deadline))
	} else {
		r.timer.Reset(time.Until(deadline))
	}
	defer r.timer.Stop()
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-r.timer.C:
		err = context.DeadlineExceeded
	}
	r.left.Store(true)
	return err
}
