package file

import (
	"context"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// lease is the right of one load to fill a key. It stands in the key's own file, beside the value if
// there is one, so that the single step that replaces or removes the file ends it: a write pays
// nothing for that, and a program that is killed leaves both changed or neither.
type lease struct {
	token    string
	deadline int64 // never 0
	epoch    int64
}

// maxToken is the length of the longest token.
const maxToken = 1<<16 - 1

// left returns how long the lease goes on; it is not positive if it has ended or is none.
func (l lease) left(now func() time.Time) time.Duration {
	if l.deadline == 0 {
		return 0
	}
	return time.Duration(l.deadline - now().UnixNano())
}

// Acquire implements [drivers.Leaser], among all processes that use the store. With replace, a value
// that is there is written anew, with its lease.
func (d *Driver) Acquire(ctx context.Context, keys []string, token string, ttl time.Duration, replace bool) ([]drivers.Lease, error) {
	b, err := d.beginHold(ctx, ttl)
	if err != nil {
		return nil, d.fail("acquire", err)
	}
	leases := make([]drivers.Lease, len(keys))
	missing := func(int) bool { return true }
	places := d.values.places(keys)
	if !replace {
		missing = func(i int) bool { return leases[i].Value == nil }
		for i, p := range places {
			if leases[i].Value, _, err = d.get(b, p); err != nil {
				return leases, d.fail("acquire", err)
			}
		}
	}
	err = d.changeEach(b, places, true, missing, func(h *held, i int) (err error) {
		leases[i], err = h.acquire(places[i], token, ttl, replace)
		return err
	})
	return leases, d.fail("acquire", err)
}

func (h *held) acquire(p place, token string, ttl time.Duration, replace bool) (l drivers.Lease, err error) {
	e, err := h.load(p)
	if err != nil {
		return l, err
	}
	alive := e.alive(h.d.now)
	if alive && !replace {
		return drivers.Lease{Value: e.value}, nil
	}
	epoch, err := h.epoch()
	if err != nil {
		return l, err
	}
	if left := e.lease.left(h.d.now); left > 0 && e.lease.epoch == epoch {
		return drivers.Lease{Holder: e.lease.token, Left: left}, nil
	}
	if !alive {
		e = entry{flags: emptyFlag}
	}
	e.flags |= leaseFlag
	e.lease = lease{token, h.d.deadline(ttl), epoch}
	err = h.write(p, e)
	return drivers.Lease{Won: err == nil}, err
}

// leased returns what is at p, and whether token holds its lease.
func (h *held) leased(p place, token string) (e entry, held bool, err error) {
	e, err = h.load(p)
	if err != nil || e.lease.token != token || e.lease.left(h.d.now) <= 0 {
		return e, false, err
	}
	s, err := h.state()
	return e, err == nil && e.lease.epoch == s.epoch, err
}

// ifLeased calls fn for each place whose lease token holds, and reports for which it succeeded.
func (d *Driver) ifLeased(b bound, places []place, token string, fn func(h *held, i int, e entry) error) ([]bool, error) {
	done := make([]bool, len(places))
	err := d.changeEach(b, places, false, every, func(h *held, i int) error {
		e, held, err := h.leased(places[i], token)
		if err != nil || !held {
			return err
		}
		err = fn(h, i, e)
		done[i] = err == nil
		return err
	})
	return done, err
}

// Fill implements [drivers.Leaser].
func (d *Driver) Fill(ctx context.Context, items []drivers.Item, token string, ttl time.Duration) ([]bool, error) {
	b, err := d.begin(ctx, ttl)
	if err != nil {
		return nil, d.fail("fill", err)
	}
	places, deadline := d.values.places(keysOf(items)), d.deadline(ttl) // the same for all
	stored, err := d.ifLeased(b, places, token, func(h *held, i int, _ entry) error {
		return h.write(places[i], entry{value: items[i].Value, deadline: deadline})
	})
	return stored, d.fail("fill", err)
}

// Renew implements [drivers.Leaser]. With a ttl of 0 it takes no lock.
func (d *Driver) Renew(ctx context.Context, keys []string, token string, ttl time.Duration) ([]bool, error) {
	b, err := d.begin(ctx, ttl)
	if err != nil {
		return nil, d.fail("renew", err)
	}
	places := d.values.places(keys)
	if ttl == 0 {
		looked, err := d.holds(b, places, token)
		return looked, d.fail("renew", err)
	}
	renewed, err := d.ifLeased(b, places, token, func(h *held, i int, e entry) error {
		e.lease.deadline = d.deadline(ttl)
		return h.write(places[i], e)
	})
	return renewed, d.fail("renew", err)
}

// holds reports for which places token holds the lease. It reads the state of a shard after the lease:
// one whose epoch it is then had not ended when it was read.
func (d *Driver) holds(b bound, places []place, token string) ([]bool, error) {
	held := make([]bool, len(places))
	for i, p := range places {
		e, err := d.find(&d.shards[p.shard], p)
		switch {
		case absent(err), err == errForeign:
			continue
		case err == nil:
			err = b.err()
		}
		if err != nil {
			return held, err
		}
		if e.lease.token == token && e.lease.left(d.now) > 0 {
			held[i] = e.lease.epoch == d.stateOf(p.shard).epoch
		}
	}
	return held, nil
}

// Release implements [drivers.Leaser].
func (d *Driver) Release(ctx context.Context, keys []string, token string) error {
	b, err := d.begin(ctx, 0)
	if err != nil {
		return d.fail("release", err)
	}
	places := d.values.places(keys)
	_, err = d.ifLeased(b, places, token, func(h *held, i int, e entry) error {
		if e.flags&emptyFlag != 0 {
			return ignoreAbsent(h.dir.Remove(places[i].name))
		}
		e.flags &^= leaseFlag
		e.lease = lease{}
		return h.write(places[i], e)
	})
	return d.fail("release", err)
}
