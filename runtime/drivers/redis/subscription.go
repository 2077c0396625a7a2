package redis

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// pingInterval is how often the server is asked for a sign of life, and how long it has for it: a
// connection that the network has lost looks like one on which nothing happens.
const pingInterval = 3 * time.Second

var errSilent = errors.New("the server gave no sign of life")

// subscription is one connection of a hub. Only the goroutine that serves it asks the server, and only
// one other reads what it says.
type subscription struct {
	client    *goredis.PubSub
	timeout   time.Duration
	reader    sync.WaitGroup
	reading   bool
	failed    chan error  // of the reader
	heard     atomic.Bool // since the last ping
	confirmed atomic.Bool // anything at all
}

// subscribe returns a subscription to nothing. It dials when it is asked for something. In a cluster what
// one node is told, all tell; the node may have been replaced since the last connection.
func (d *Driver) subscribe() *subscription {
	if d.cluster != nil {
		d.cluster.ReloadState(context.Background())
	}
	return &subscription{
		client:  d.client.Subscribe(context.Background()),
		timeout: d.timeout,
		failed:  make(chan error, 1),
	}
}

// serve asks the server for what h needs until the connection fails, h is closed, or nobody watches any
// more, which is no error.
func (s *subscription) serve(h *hub, poke <-chan struct{}) error {
	defer s.end()
	ping := time.NewTicker(pingInterval)
	defer ping.Stop()
	for {
		join, leave, watched := h.plan()
		if !watched {
			return nil
		}
		if err := s.ask(h, join, leave); err != nil {
			return err
		}
		select {
		case <-poke:
		case err := <-s.failed:
			return err
		case <-h.stop:
			return drivers.ErrClosed
		case <-ping.C:
			if err := s.ping(); err != nil {
				return err
			}
		}
	}
}

func (s *subscription) ask(h *hub, join, leave []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), s.timeout)
	defer cancel()
	if len(join) > 0 {
		if err := s.client.Subscribe(ctx, join...); err != nil {
			return err
		}
	}
	if len(leave) > 0 {
		if err := s.client.Unsubscribe(ctx, leave...); err != nil {
			return err
		}
	}
	if !s.reading {
		s.reading = true
		s.reader.Go(func() { s.read(h) })
	}
	return nil
}

func (s *subscription) ping() error {
	if !s.heard.Swap(false) {
		return errSilent
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.timeout)
	defer cancel()
	return s.client.Ping(ctx)
}

// read passes on what the server says until the connection ends.
func (s *subscription) read(h *hub) {
	for {
		message, err := s.client.Receive(context.Background())
		if err != nil {
			s.failed <- err
			return
		}
		s.heard.Store(true)
		switch m := message.(type) {
		case *goredis.Message:
			h.ring(m.Channel)
		case *goredis.Subscription:
			s.confirmed.Store(true)
			h.confirm(m.Channel)
		}
	}
}

// end closes the connection, and returns when nobody reads from it any more.
func (s *subscription) end() {
	_ = s.client.Close() // whatever it was for is over
	s.reader.Wait()
}
