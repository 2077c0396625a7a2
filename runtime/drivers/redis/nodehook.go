package redis

import (
	"context"
	"errors"

	goredis "github.com/redis/go-redis/v9"
)

// nodeHook stands between a cluster's client and that of one of its nodes. The former would send a
// command again after an error that leaves open whether it was done, and wait in between.
type nodeHook struct {
	addr   string
	driver *Driver
}

// DialHook implements goredis.Hook.
func (h *nodeHook) DialHook(next goredis.DialHook) goredis.DialHook { return next }

// ProcessHook implements goredis.Hook.
func (h *nodeHook) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error { return h.settle(next(ctx, cmd)) }
}

// ProcessPipelineHook implements goredis.Hook.
func (h *nodeHook) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error { return h.settle(next(ctx, cmds)) }
}

// settle makes err final unless it is an answer that tells the client where to ask, or when. What failed
// while a connection was made for a call comes by a second time.
func (h *nodeHook) settle(err error) error {
	if f := (*final)(nil); err == nil || errors.Is(err, goredis.Nil) || errors.As(err, &f) {
		return err
	}
	gone := errors.Is(err, goredis.ErrClosed) && !h.driver.closed.Load() // the node has left the cluster
	if gone || isAnswer(err) && !isOutage(err) {
		return err
	}
	return &final{h.addr, err}
}

// final is an error of a node that the cluster's client must not look into: it would try again.
type final struct {
	addr string
	err  error
}

// Error implements error. The client knows some errors by how their text begins.
func (f *final) Error() string { return f.addr + ": " + f.err.Error() }

// bare returns err without the wrapping of final.
func bare(err error) error {
	if f := (*final)(nil); errors.As(err, &f) {
		return f.err
	}
	return err
}

// isOutage reports whether err is the answer of a node that cannot serve the key now.
func isOutage(err error) bool {
	return goredis.IsClusterDownError(err) || goredis.IsLoadingError(err) || goredis.IsMasterDownError(err)
}

// lost reports whether err may mean that another node serves the slot now.
func lost(err error) bool {
	if isAnswer(err) {
		return isOutage(err)
	}
	return !errors.Is(err, context.Canceled)
}
