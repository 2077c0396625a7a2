package drivertest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

const (
	histories    = 8   // each with its own seed, which names the subtest
	historySteps = 400 // calls in each
	// clockStep is what the clock moves by, and what times to live are made of; these are half a
	// step longer, so that no entry ends when it is looked at.
	clockStep = 10 * time.Millisecond
)

// history makes random calls, the same in each run, and compares every answer with a map's.
func (s *suite) history(t *testing.T) {
	for seed := range uint64(histories) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			m := &model{
				s:       s,
				d:       s.driver(t),
				random:  rand.New(rand.NewPCG(seed, seed)),
				entries: map[string]modelEntry{},
			}
			for m.step = range historySteps {
				m.call()
				if t.Failed() {
					t.FailNow()
				}
			}
		})
	}
}

// model is what a driver ought to hold.
type model struct {
	s       *suite
	d       *checked
	random  *rand.Rand
	entries map[string]modelEntry
	now     time.Duration // what the clock was moved by
	step    int
}

type modelEntry struct {
	value string
	end   time.Duration // 0: never
}

func (m *model) call() {
	key := pick(m.random, "a", "b", "{b}", "%7Bb%7D", "c\x00")
	switch n := m.random.IntN(100); {
	case n < 25:
		m.get(key)
	case n < 45:
		m.put(key)
	case n < 60:
		m.add(key)
	case n < 80:
		m.increment(key)
	case n < 88:
		m.d.forget(key, "missing", key)
		delete(m.entries, key)
	case n < 90:
		m.d.flush()
		clear(m.entries)
	case m.s.caps.Advance != nil:
		d := time.Duration(m.random.IntN(4)) * clockStep
		m.s.caps.Advance(d)
		m.now += d
	}
}

// alive returns the entry of key, if it has not ended.
func (m *model) alive(key string) (modelEntry, bool) {
	e, ok := m.entries[key]
	return e, ok && (e.end == 0 || e.end > m.now)
}

func (m *model) get(key string) {
	want, found := m.alive(key)
	if !found {
		want.value = ""
	}
	got, ok := m.d.get(key)
	m.compare("Get", key, fmt.Sprintf("%q %t", got, ok), fmt.Sprintf("%q %t", want.value, found))
}

func (m *model) put(key string) {
	value, ttl := m.value(), m.ttl()
	m.d.put(key, value, ttl)
	m.entries[key] = m.entry(value, ttl)
}

func (m *model) add(key string) {
	value, ttl := m.value(), m.ttl()
	_, taken := m.alive(key)
	m.compare("Add", key, m.d.add(key, value, ttl), !taken)
	if !taken {
		m.entries[key] = m.entry(value, ttl)
	}
}

func (m *model) increment(key string) {
	delta, ttl := m.number(), m.ttl()
	e, ok := m.alive(key)
	if !ok {
		e = m.entry("0", ttl)
	}
	sum, wantErr := drivers.ParseNumber([]byte(e.value))
	if wantErr == nil {
		sum, wantErr = drivers.AddNumber(sum, delta)
	}
	got, err := m.d.Increment(m.d.ctx, key, delta, ttl)
	if wantErr != nil {
		wantError(m.d.t, fmt.Sprintf("step %d: Increment(%q, %d) of %q", m.step, key, delta, e.value), err, wantErr)
		return
	}
	m.compare("Increment", key, fmt.Sprint(got, err), fmt.Sprint(sum, nil))
	e.value = fmt.Sprint(sum)
	m.entries[key] = e
}

func (m *model) compare(call, key string, got, want any) {
	m.d.t.Helper()
	if got != want {
		m.d.t.Errorf("step %d: %s(%q) = %v; want %v", m.step, call, key, got, want)
	}
}

func (m *model) entry(value string, ttl time.Duration) modelEntry {
	e := modelEntry{value: value}
	if ttl > 0 {
		e.end = m.now + ttl
	}
	return e
}

// ttl is short only where the clock is the suite's.
func (m *model) ttl() time.Duration {
	if m.s.caps.Advance == nil {
		return pick(m.random, 0, time.Hour)
	}
	return pick(m.random, 0, clockStep/2, clockStep+clockStep/2, 3*clockStep+clockStep/2)
}

func (m *model) value() string {
	switch n := m.number(); m.random.IntN(4) {
	case 0:
		return pick(m.random, "", "text", "\x00\xff", "=1")
	case 1:
		return enveloped(n)
	default:
		return fmt.Sprint(n)
	}
}

func (m *model) number() int64 {
	return pick[int64](m.random, 0, 1, -1, 7, 1<<53+1, math.MaxInt64, math.MinInt64)
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }
