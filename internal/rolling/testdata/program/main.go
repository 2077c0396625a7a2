// The program uses the caches of one shape of the types, as it is told on standard input, a command a
// line, and answers each on standard output, both as JSON.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"time"

	cache "github.com/cachegen/cachegen/runtime"
	_ "github.com/cachegen/cachegen/runtime/drivers/redis"
)

// command is what is to be done.
type command struct {
	Type string        // of the value
	ID   int64         // of the value
	Mix  time.Duration // if set: do this and that with all values, for so long
}

// answer is what came of it.
type answer struct {
	Loads  int    // how many values were loaded
	Calls  int    // how many there were
	Faults string // what was wrong: an error, or a value other than the one to be had
}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	m, err := newManager(os.Args[1], os.Args[2])
	if err != nil {
		return err
	}
	kinds, out := kindsOf(m), json.NewEncoder(os.Stdout)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var c command
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			return err
		}
		if err := out.Encode(do(ctx, kinds, c)); err != nil {
			return err
		}
	}
	return m.Shutdown(ctx)
}

func newManager(addr, prefix string) (*cache.Manager, error) {
	host, p, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(p)
	s := cache.StoreConfig{Driver: cache.DriverRedis, Host: host, Port: port, Prefix: prefix, Timeout: time.Minute}
	return cache.NewManager(&cache.Config{Stores: map[string]cache.StoreConfig{"default": s}}), err
}

func do(ctx context.Context, kinds map[string]kind, c command) (a answer) {
	if c.Mix == 0 {
		kinds[c.Type].remember(ctx, c.ID, &a)
		return a
	}
	for end := time.Now().Add(c.Mix); time.Now().Before(end) && a.Faults == ""; {
		for _, k := range kinds {
			k.any(ctx, rand.Int64N(4), &a)
		}
	}
	return a
}

// A kind is what can be done with the values of one type.
type kind struct {
	remember, any func(ctx context.Context, id int64, a *answer)
}

// accessor is what is used of a generated one.
type accessor[V any] interface {
	RememberE(ctx context.Context, id int64, fn func(ctx context.Context, id int64) (V, error)) (V, error)
	Get(ctx context.Context, id int64) (V, bool, error)
	Put(ctx context.Context, v V) error
	Forget(ctx context.Context, id int64) error
}

// kindOf returns the kind of values that load makes. An id has one value for ever.
func kindOf[V any](c accessor[V], load func(id int64) V) kind {
	u := user[V]{c, load}
	return kind{u.remember, u.any}
}

type user[V any] struct {
	cache accessor[V]
	load  func(id int64) V
}

func (u user[V]) remember(ctx context.Context, id int64, a *answer) {
	v, err := u.cache.RememberE(ctx, id, func(_ context.Context, id int64) (V, error) {
		a.Loads++
		return u.load(id), nil
	})
	u.check(a, id, v, true, err)
}

// any does one of the things that can be done.
func (u user[V]) any(ctx context.Context, id int64, a *answer) {
	switch rand.IntN(8) {
	case 0:
		u.check(a, id, u.load(id), true, u.cache.Forget(ctx, id))
	case 1:
		u.check(a, id, u.load(id), true, u.cache.Put(ctx, u.load(id)))
	case 2:
		v, found, err := u.cache.Get(ctx, id)
		u.check(a, id, v, found, err)
	default:
		u.remember(ctx, id, a)
	}
}

// check notes what is wrong with what a call returned.
func (u user[V]) check(a *answer, id int64, v V, found bool, err error) {
	a.Calls++
	got, want := text(v), text(u.load(id))
	switch {
	case err != nil:
		a.Faults += fmt.Sprintf("%T of %d: %v\n", v, id, err)
	case found && got != want:
		a.Faults += fmt.Sprintf("%T of %d: %s instead of %s\n", v, id, got, want)
	}
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func name(id int64) string  { return fmt.Sprint("name ", id) }
func email(id int64) string { return fmt.Sprint(id, "@example.com") }

// notes returns nothing for even ids.
func notes(id int64) string {
	if id%2 == 0 {
		return ""
	}
	return "notes"
}

func kindsOf(m *cache.Manager) map[string]kind {
	return map[string]kind{
		"same":      kindOf(NewSameCache(m), loadSame),
		"added":     kindOf(NewAddedCache(m), loadAdded),
		"optional":  kindOf(NewOptionalCache(m), loadOptional),
		"removed":   kindOf(NewRemovedCache(m), loadRemoved),
		"renamed":   kindOf(NewRenamedCache(m), loadRenamed),
		"tagged":    kindOf(NewTaggedCache(m), loadTagged),
		"retyped":   kindOf(NewRetypedCache(m), loadRetyped),
		"widened":   kindOf(NewWidenedCache(m), loadWidened),
		"pointer":   kindOf(NewPointerCache(m), loadPointer),
		"omitted":   kindOf(NewOmittedCache(m), loadOmitted),
		"nested":    kindOf(NewNestedCache(m), loadNested),
		"embedded":  kindOf(NewEmbeddedCache(m), loadEmbedded),
		"reordered": kindOf(NewReorderedCache(m), loadReordered),
		"tuple":     kindOf(NewTupleCache(m), loadTuple),
		"dynamic":   kindOf(NewDynamicCache(m), loadDynamic),
		"versioned": kindOf(NewVersionedCache(m), loadVersioned),
	}
}
