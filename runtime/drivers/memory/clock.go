package memory

import (
	"math"
	"sync/atomic"
	"time"
)

const (
	// tick is how often the coarse reading is renewed.
	tick = 20 * time.Millisecond
	// guard is how near its deadline an entry must be for the precise clock to decide. It is
	// several ticks, since the goroutine that renews the reading may be late on a busy machine.
	guard = 5 * tick
)

// clock counts nanoseconds since it was made, so steps of the wall clock move no deadline. Reading
// the time costs more than a lookup; most lookups therefore use a reading that is a tick old.
type clock struct {
	base   time.Time
	source func() time.Time // nil: the system's clock
	coarse atomic.Int64     // the last reading; with a source of its own, never one that decides
}

func newClock(source func() time.Time) *clock {
	c := &clock{source: source}
	if source == nil {
		c.base = time.Now()
		return c
	}
	c.base = source()
	c.coarse.Store(math.MaxInt64 / 2)
	return c
}

// now is the precise time.
func (c *clock) now() int64 {
	if c.source != nil {
		return int64(c.source().Sub(c.base))
	}
	return int64(time.Since(c.base))
}

// deadline returns when ttl will have passed; 0 stands for never.
func (c *clock) deadline(ttl time.Duration) int64 {
	if ttl == 0 {
		return 0
	}
	if d := c.now() + int64(ttl); d > 0 {
		return d
	}
	return math.MaxInt64
}

// left returns how long it is until deadline.
func (c *clock) left(deadline int64) time.Duration { return time.Duration(max(0, deadline-c.now())) }

// wall is the wall clock's time.
func (c *clock) wall() time.Time {
	if c.source != nil {
		return c.source()
	}
	return time.Now()
}

// passed reports whether a deadline is over. It is exact: the coarse reading decides only where it
// lies well before the deadline.
func (c *clock) passed(deadline int64) bool {
	if deadline == 0 || c.coarse.Load() < deadline-int64(guard) {
		return false
	}
	return c.now() >= deadline
}

// NowNano and Tick make the clock otter's too. An entry's life in otter is longer than its ttl, so
// a coarse reading is good enough there.
func (c *clock) NowNano() int64 {
	if c.source != nil {
		return c.now()
	}
	return c.coarse.Load()
}

// Tick returns no channel: the driver's own goroutine asks otter to clean up.
func (c *clock) Tick(time.Duration) <-chan time.Time { return nil }
