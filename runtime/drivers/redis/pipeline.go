package redis

import (
	"context"
	"runtime"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

const (
	// few is how many callers at once have a connection each. More of them share round trips: the
	// system calls that this saves then outweigh the way over another goroutine.
	few = 3
	// maxBatch is how many share one round trip at most.
	maxBatch = 256
	// A batch that takes longer than patience does not keep the next callers waiting: up to
	// maxBatches are under way at once, each on a connection of its own.
	patience   = 500 * time.Microsecond
	maxBatches = 8
	// rest is for how long callers have a connection each again after one that many shared has
	// failed.
	rest = time.Second
)

// lane gathers the GETs that callers have for one server at once, and sends them together. It has
// goroutines only while there is something to send.
//
// The client can do so too, by its AutoPipeline; but that is marked experimental, honours no ctx before
// the whole batch is over or needs a second goroutine to, and takes almost twice the processor time.
type lane struct {
	client  goredis.UniversalClient
	node    string // its address, in a cluster
	timeout time.Duration
	rest    time.Duration

	mu      sync.Mutex
	queue   []*request
	spare   []*request // empty, to become the next queue
	batches int        // how many goroutines send
	last    time.Time  // when the last batch began
	resting time.Time  // until when
	closed  bool
	done    sync.WaitGroup
}

// get asks for a stored key together with others, until ctx, which has a deadline, is done. It reports
// false if the caller has to ask alone.
func (l *lane) get(ctx context.Context, stored string) (text string, ok bool, err error) {
	r := newRequest(ctx, stored)
	r.share()
	if !l.send(r) {
		r.free()
		return "", false, nil
	}
	if err := r.wait(ctx); err != nil {
		return "", true, l.at(err)
	}
	text, err = r.result()
	return text, err == nil || isAnswer(err) && !isRedirect(err), err
}

// at returns err as one of the node.
func (l *lane) at(err error) error {
	if l.node == "" {
		return err
	}
	return &final{l.node, err}
}

// send queues r, and sees to it that it is sent soon.
func (l *lane) send(r *request) bool {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || now.Before(l.resting) {
		return false
	}
	l.queue = append(l.queue, r)
	if l.batches == 0 || l.batches < maxBatches && now.Sub(l.last) > patience {
		l.batches++
		l.last = now
		l.done.Go(l.run)
	}
	return true
}

// run sends batches until nothing is queued.
func (l *lane) run() {
	for batch := l.take(nil); batch != nil; batch = l.take(batch) {
		if l.exchange(batch) {
			l.pause()
		}
		for i, r := range batch {
			batch[i] = nil
			r.done <- struct{}{}
		}
	}
}

// take returns what is queued, and gives old back. It first lets those go on who are about to queue
// more: whom the last batch has woken.
func (l *lane) take(old []*request) []*request {
	runtime.Gosched()
	runtime.Gosched()
	l.mu.Lock()
	defer l.mu.Unlock()
	if old != nil {
		l.spare = old[:0]
	}
	if len(l.queue) == 0 {
		l.batches--
		return nil
	}
	l.last = time.Now()
	batch := l.queue
	l.queue, l.spare = l.spare, nil
	if len(batch) > maxBatch {
		l.queue = append(l.queue, batch[maxBatch:]...)
		clear(batch[maxBatch:])
		batch = batch[:maxBatch]
	}
	return batch
}

// exchange sends a batch and waits for its answers. It reports whether the connection failed.
func (l *lane) exchange(batch []*request) (lost bool) {
	cmds := make([]goredis.Cmder, 0, len(batch))
	for _, r := range batch {
		if !r.left.Load() {
			cmds = append(cmds, r.cmd)
		}
	}
	ctx := &bounded{Context: context.Background(), deadline: time.Now().Add(l.timeout)}
	p := l.client.Pipeline()
	_ = p.BatchProcess(ctx, cmds...) // only queues them
	_, _ = p.Exec(ctx)               // each has its own error
	for _, c := range cmds {
		if err := c.Err(); err != nil && !isAnswer(err) {
			return true
		}
	}
	return false
}

func (l *lane) pause() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.resting = time.Now().Add(l.rest)
}

// close refuses what comes from now on. The goroutines end soon after the client was closed.
func (l *lane) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
}
