package database

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

const (
	// retries is how often a statement that the database gave up is tried again.
	retries = 3
	// firstPause is about how long the first retry waits; the later ones wait longer.
	firstPause = 2 * time.Millisecond
	// longestPause is after how many attempts the pauses grow no more, where attempts are not counted.
	longestPause = 4
)

// access is what a call does to the table.
type access bool

const (
	reading access = false
	writing access = true
)

// gate bounds how long calls wait, and makes the writers of an SQLite file in one process stand in
// line: SQLite's own way is to sleep and try again, which is slow and unfair.
type gate struct {
	timeout time.Duration
	// slots are the connections of a pool that is the driver's own, or nil.
	slots chan struct{}
	// writer is held by the one that writes, or nil.
	writer chan struct{}
}

// writers are the gates of SQLite files, by path, for stores that share a file.
var writers sync.Map

func newGate(s *source) gate {
	g := gate{timeout: s.timeout}
	if s.grammar.dialect != SQLite {
		return g
	}
	if s.file == "" { // it was given open, or is in memory
		g.writer = make(chan struct{}, 1)
	} else {
		line, _ := writers.LoadOrStore(s.file, make(chan struct{}, 1))
		g.writer = line.(chan struct{})
	}
	if s.connections > 0 {
		g.slots = make(chan struct{}, s.connections)
	}
	return g
}

// enter waits until the call may use the database. It returns the ctx to use, which ends with the
// operation timeout, and what to call in the end.
//
// A call that need not wait for a connection of SQLite gets no timer, which would cost it a fifth of its
// time: SQLite waits for nothing but other processes' writes, and that is bounded by its busy timeout.
func (g *gate) enter(ctx context.Context, a access) (context.Context, func(), error) {
	if g.slots != nil && tryTake(g.slots) {
		if a == reading {
			return ctx, g.leaveSlot, nil
		}
		if tryTake(g.writer) {
			return ctx, g.leaveBoth, nil
		}
		g.leaveSlot()
	}
	ctx, cancel := g.bound(ctx)
	leave, err := g.wait(ctx, a)
	if err != nil {
		cancel()
		return ctx, nil, err
	}
	return ctx, func() { leave(); cancel() }, nil
}

// bound returns a ctx that ends with the operation timeout.
func (g *gate) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= g.timeout {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, g.timeout)
}

// wait takes the line of writers before a connection, so that waiting writers keep none from readers.
func (g *gate) wait(ctx context.Context, a access) (leave func(), err error) {
	if a == writing && g.writer != nil {
		if err := take(ctx, g.writer); err != nil {
			return nil, err
		}
	}
	if g.slots != nil {
		if err := take(ctx, g.slots); err != nil {
			if a == writing {
				g.leaveWriter()
			}
			return nil, err
		}
	}
	switch {
	case a == writing && g.writer != nil && g.slots != nil:
		return g.leaveBoth, nil
	case a == writing && g.writer != nil:
		return g.leaveWriter, nil
	case g.slots != nil:
		return g.leaveSlot, nil
	}
	return func() {}, nil
}

func (g *gate) leaveSlot()   { <-g.slots }
func (g *gate) leaveWriter() { <-g.writer }
func (g *gate) leaveBoth()   { <-g.writer; <-g.slots }

func tryTake(c chan struct{}) bool {
	select {
	case c <- struct{}{}:
		return true
	default:
		return false
	}
}

func take(ctx context.Context, c chan struct{}) error {
	select {
	case c <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// do runs fn under the operation timeout, and again if the database gave up for a collision. fn makes
// one statement, or some that may be repeated from the first.
func (d *Driver) do(ctx context.Context, what string, a access, fn func(ctx context.Context) error) error {
	if d.closed.Load() {
		return drivers.ErrClosed
	}
	if ctx.Err() != nil {
		return d.fail(ctx, what, ctx.Err())
	}
	ctx, leave, err := d.gate.enter(ctx, a)
	if err != nil {
		return d.fail(ctx, what, err)
	}
	defer leave()
	for attempt := 0; ; attempt++ {
		err := fn(ctx)
		if err == nil {
			return nil
		}
		if attempt == retries || !d.source.isCollision(err) || pause(ctx, attempt) != nil {
			return d.fail(ctx, what, err)
		}
	}
}

// pause waits a little, and longer after further attempts.
func pause(ctx context.Context, attempt int) error {
	t := time.NewTimer(firstPause<<attempt + rand.N(firstPause<<attempt))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
