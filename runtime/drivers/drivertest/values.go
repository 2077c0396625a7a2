package drivertest

import (
	"bytes"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// values: a miss, a stored empty value and a value are three different answers.
func (s *suite) values(t *testing.T) {
	d := s.driver(t)
	d.wantMiss("k")
	d.put("k", "", 0)
	d.wantValue("k", "")
	if err := d.Put(d.ctx, "nil", nil, 0); err != nil {
		t.Fatalf("Put of a nil value: %v", err)
	}
	d.wantValue("nil", "")
	d.put("k", "first", 0)
	d.put("k", "second", 0)
	d.wantValue("k", "second")
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	large := string(bytes.Repeat(every, 1<<12)) // 1 MiB
	d.put("large", large, time.Hour)
	if got, found := d.get("large"); !found || got != large {
		t.Errorf("Get of 1 MiB: found %t, %d bytes; want true, %d bytes unchanged", found, len(got), len(large))
	}
	d.wantMiss("K")
}

// ownership: neither side sees what the other does to its bytes afterwards.
func (s *suite) ownership(t *testing.T) {
	d := s.driver(t)
	put, added := []byte("put"), []byte("add")
	if err := d.Put(d.ctx, "p", put, 0); err != nil {
		t.Fatalf("Put: %v", err)
	}
	if _, err := d.Add(d.ctx, "a", added, 0); err != nil {
		t.Fatalf("Add: %v", err)
	}
	wantBytes(t, "the value after Put", put, []byte("put"))
	wantBytes(t, "the value after Add", added, []byte("add"))
	clear(put)
	clear(added)
	for key, want := range map[string]string{"p": "put", "a": "add"} {
		first, _, err := d.Get(d.ctx, key)
		if err != nil {
			t.Fatalf("Get: %v", err)
		}
		wantBytes(t, "Get after the caller changed what it had stored", first, []byte(want))
		clear(first)
		_ = append(first, "more"...)
		d.wantValue(key, want)
	}
}

// add: only the first of many wins, and an expired entry is no entry.
func (s *suite) add(t *testing.T) {
	d := s.driver(t)
	wantEqual(t, "Add to a free key", d.add("k", "first", 0), true)
	wantEqual(t, "Add to a taken key", d.add("k", "second", 0), false)
	d.wantValue("k", "first")
	d.put("empty", "", 0)
	wantEqual(t, "Add over an empty value", d.add("empty", "x", 0), false)
	d.forget("k")
	wantEqual(t, "Add after Forget", d.add("k", "third", 0), true)

	s.wantExpiry(t, 5*time.Millisecond,
		func() { wantEqual(t, "Add with a ttl", d.add("t", "old", 5*time.Millisecond), true) },
		func() bool { return d.has("t") })
	wantEqual(t, "Add after the ttl", d.add("t", "new", 0), true)
	d.wantValue("t", "new")
	s.addRace(t, d)
}

const racers = 64

func (s *suite) addRace(t *testing.T, d *checked) {
	for _, key := range []string{"race 1", "race 2", "race 3"} {
		var wins atomic.Int64
		var winner atomic.Value
		race(func(i int) {
			value := string(rune('A' + i))
			added, err := d.Add(d.ctx, key, []byte(value), time.Hour)
			if err != nil {
				t.Errorf("Add: %v", err)
			}
			if added {
				wins.Add(1)
				winner.Store(value)
			}
		})
		wantEqual(t, "winners of 64 calls of Add", wins.Load(), 1)
		if value, ok := winner.Load().(string); ok {
			d.wantValue(key, value)
		}
	}
}

// race runs fn in 64 goroutines that start together, and waits for all of them.
func race(fn func(i int)) {
	var ready, done sync.WaitGroup
	ready.Add(racers)
	for i := range racers {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			fn(i)
		})
	}
	done.Wait()
}

// forget: removing nothing is no error.
func (s *suite) forget(t *testing.T) {
	d := s.driver(t)
	d.forget()
	d.forget("missing", "also missing")
	for _, key := range []string{"a", "b", "c"} {
		d.put(key, key, 0)
	}
	d.forget("a", "missing", "b", "b")
	d.wantMiss("a")
	d.wantMiss("b")
	d.wantValue("c", "c")
	d.forget("c")
	d.wantMiss("c")
}
