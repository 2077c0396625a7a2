package redis

import (
	"context"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// untilMoved is a hook of a cluster's client. A call on two keys, of which a node that gives their slot
// away has one, or the node that gets it has none, is refused: a value and its lease are such keys. It
// was not done, and works as soon as the slot has moved, so it is sent again until its deadline. So is one
// that two nodes send to each other, as they do for a moment in between.
type untilMoved struct{}

// DialHook implements goredis.Hook.
func (untilMoved) DialHook(next goredis.DialHook) goredis.DialHook { return next }

// ProcessHook implements goredis.Hook.
func (untilMoved) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		err := next(ctx, cmd)
		for isElsewhere(err) && pause(ctx, maxBackoff) {
			cmd.SetErr(nil)
			err = next(ctx, cmd)
		}
		return err
	}
}

// ProcessPipelineHook implements goredis.Hook.
func (untilMoved) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return next
}

// pause lets d pass. It reports false, at once, if ctx would not outlast it.
func pause(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
