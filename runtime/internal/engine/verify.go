package engine

import "context"

// check is one question whether the lease that witnesses a flight is still held. It serves the callers
// that joined before it was asked.
type check struct {
	done chan struct{} // closed when held is known
	held bool
}

// witness is the token of a lease that was held when a load began, the load's own or that of another
// process's. While it is held, no invalidation of the key has been acknowledged anywhere since.
type witness struct {
	token string // "" until the load begins, and where nothing can be asked
	asked *check // the last question
	next  *check // the one after it, which callers may still share
}

// verified reports whether the caller, which has joined f, may have its value. A load that began before
// an invalidation in another process is not for callers that came after it: then nobody joins f any
// more. A store that does not answer does not stand in the way.
func (s *Store) verified(ctx context.Context, f *flight) bool {
	c, first := s.share(f)
	switch {
	case c == nil:
		return true
	case first && s.begin():
		go s.ask(f, c)
	case first: // the store is closed, and the load with it
		c.held = true
		close(c.done)
	}
	select {
	case <-c.done:
	case <-ctx.Done():
		return true // the caller is about to leave
	}
	if !c.held {
		s.table.detach(f)
	}
	return c.held
}

// share returns the question that the caller may share, and whether it is the first to do so.
func (s *Store) share(f *flight) (c *check, first bool) {
	sh := s.table.shard(f.key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	w := &f.witness
	if w.token == "" || w.next != nil {
		return w.next, false
	}
	w.next = &check{done: make(chan struct{})}
	return w.next, true
}

// ask waits for the question before c, so that many callers share few, and asks.
func (s *Store) ask(f *flight, c *check) {
	defer s.work.Done()
	defer close(c.done)
	sh := s.table.shard(f.key)
	sh.mu.Lock()
	before := f.witness.asked
	sh.mu.Unlock()
	if before != nil {
		<-before.done
	}
	sh.mu.Lock()
	f.witness.asked, f.witness.next = c, nil
	sh.mu.Unlock()
	c.held = s.holds(f)
}

// holds asks the store. An error counts as yes.
func (s *Store) holds(f *flight) bool {
	ctx, cancel := context.WithTimeout(context.Background(), s.config.Timeout)
	defer cancel()
	b, err := s.backend(ctx)
	if err != nil {
		return true
	}
	held, err := b.lease.Renew(ctx, []string{b.name(f.key)}, f.witness.token, 0)
	return err != nil || len(held) == 1 && held[0]
}

// begins notes, before f's load begins, the lease that witnesses it.
func (s *Store) begins(f *flight, token string) {
	sh := s.table.shard(f.key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	f.witness.token = token
}

// detach lets nobody join f any more.
func (t *table) detach(f *flight) {
	sh := t.shard(f.key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if s := sh.slots[f.key]; s != nil && s.flight == f {
		s.flight = nil
		sh.tidy(f.key, s)
	}
}
