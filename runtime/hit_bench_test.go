package cache_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/keys"
)

// The accessors in this file have the shape of generated ones.

type sharedUsers struct{ c *cache.Cache[int64, *user] }

func newSharedUsers(m *cache.Manager) *sharedUsers {
	s := userSpec()
	s.Share = true
	return &sharedUsers{cache.NewCache(m, s)}
}

func appendUserKey(dst []byte, id int64) []byte {
	return keys.AppendInt(append(dst, "user:"...), id)
}

func (u *sharedUsers) RememberE(ctx context.Context, id int64, fn func(context.Context, int64) (*user, error)) (*user, error) {
	var b [64]byte
	if v, ok := u.c.Hit(appendUserKey(b[:0], id)); ok {
		return v, nil
	}
	return u.c.RememberE(ctx, id, fn)
}

func loadUser(_ context.Context, id int64) (*user, error) {
	return &user{ID: id, Name: fmt.Sprint("user ", id), Roles: []string{"a", "b"}}, nil
}

type pageKey struct {
	Tenant string
	Page   uint32
}

type pages struct{ c *cache.Cache[pageKey, int64] }

var pageEscapes = keys.NewEscapes(":")

func appendPageKey(dst []byte, tenant string, page uint32) []byte {
	dst = keys.AppendString(append(dst, "page:"...), tenant, pageEscapes)
	return keys.AppendUint(append(dst, ':'), uint64(page))
}

func newPages(m *cache.Manager) *pages {
	return &pages{cache.NewCache(m, cache.Spec[pageKey, int64]{
		Name: "Pages", Pattern: "page:{tenant string}:{page uint}", TTL: time.Hour,
		AppendKey: func(dst []byte, k pageKey) ([]byte, error) { return appendPageKey(dst, k.Tenant, k.Page), nil },
	})}
}

func (p *pages) RememberE(ctx context.Context, tenant string, page uint32, fn func(context.Context, string, uint32) (int64, error)) (int64, error) {
	var b [64]byte
	if v, ok := p.c.Hit(appendPageKey(b[:0], tenant, page)); ok {
		return v, nil
	}
	return p.miss(ctx, pageKey{tenant, page}, fn)
}

//go:noinline
func (p *pages) miss(ctx context.Context, k pageKey, fn func(context.Context, string, uint32) (int64, error)) (int64, error) {
	return p.c.RememberE(ctx, k, func(ctx context.Context, k pageKey) (int64, error) { return fn(ctx, k.Tenant, k.Page) })
}

type hosts struct {
	c *cache.Cache[netip.Addr, string]
}

var hostEscapes = keys.NewEscapes(":")

func appendHostKey(dst []byte, a netip.Addr) ([]byte, error) {
	return keys.AppendText(append(dst, "host:"...), a, hostEscapes)
}

func newHosts(m *cache.Manager) *hosts {
	return &hosts{cache.NewCache(m, cache.Spec[netip.Addr, string]{
		Name: "Hosts", Pattern: "host:{a text}", TTL: time.Hour, AppendKey: appendHostKey,
	})}
}

func (h *hosts) RememberE(ctx context.Context, a netip.Addr, fn func(context.Context, netip.Addr) (string, error)) (string, error) {
	var b [64]byte
	if key, err := appendHostKey(b[:0], a); err == nil {
		if v, ok := h.c.Hit(key); ok {
			return v, nil
		}
	}
	return h.c.RememberE(ctx, a, fn)
}

// TestHitAllocatesNothing holds the promise of the hit path for each kind of key.
func TestHitAllocatesNothing(t *testing.T) {
	ctx := t.Context()
	m := newManager(t, nil)
	users, views, names := newSharedUsers(m), newPages(m), newHosts(m)
	addr := netip.MustParseAddr("192.0.2.1")
	count := func(context.Context, string, uint32) (int64, error) { return 5, nil }
	name := func(context.Context, netip.Addr) (string, error) { return "example", nil }
	hits := map[string]func(){
		"one part":       func() { _, _ = users.RememberE(ctx, 42, loadUser) },
		"two parts":      func() { _, _ = views.RememberE(ctx, "acme/eu", 9, count) },
		"text marshaler": func() { _, _ = names.RememberE(ctx, addr, name) },
	}
	for kind, hit := range hits {
		hit() // the miss
		require.Zero(t, testing.AllocsPerRun(1000, hit), kind)
	}
}

// BenchmarkHit compares a typed hit from an int key with otter's own lookup, by a ready string key and by
// the int itself, with a time to live on all sides: of 512 values, and of 100,000 drawn by a Zipf
// distribution.
//
// What keeps it from allocating, in the words of go build -gcflags=-m, which may change with the compiler:
//
//   - handle.go, Look: "key does not escape", "fn does not escape": the accessor's "var b [64]byte" stays on
//     its stack, and the loader is put into an any without an allocation, as all that is one pointer;
//   - the accessor, rememberUserCache: "id escapes to heap" stands at miss.Load, not at Look: the key is
//     boxed for the loader alone, after a miss. The two are separate calls for that reason;
//   - drivers/memory, Lookup: "key does not escape": otter is asked by a string that is the key's bytes;
//   - the accessor, RememberE: "can inline": the methods that differ in their time to live are one call.
func BenchmarkHit(b *testing.B) {
	const values = 100_000
	ctx := context.Background()
	users := newSharedUsers(newManager(b, &cache.Config{Stores: map[string]cache.StoreConfig{
		"default": {Driver: cache.DriverMemory, MaxEntries: 2 * values},
	}}))
	byString, byInt := newOtter[string](2*values), newOtter[int64](2*values)
	ready := make([]string, values)
	for id := range int64(values) {
		ready[id] = string(appendUserKey(nil, id))
		u, err := users.RememberE(ctx, id, loadUser)
		require.NoError(b, err)
		byString.Set(ready[id], u)
		byInt.Set(id, u)
	}
	for name, get := range map[string]func(int64) *user{
		"cachegen":     func(id int64) *user { u, _ := users.RememberE(ctx, id, loadUser); return u },
		"otter-string": func(id int64) *user { u, _ := byString.GetIfPresent(ready[id]); return u },
		"otter-int":    func(id int64) *user { u, _ := byInt.GetIfPresent(id); return u },
	} {
		b.Run(name+"/hot", func(b *testing.B) { hit(b, get, func(i int) int64 { return int64(i) & 511 }) })
		zipf := rand.NewZipf(rand.New(rand.NewPCG(1, 2)), 1.1, 1, values-1)
		b.Run(name+"/zipf", func(b *testing.B) { hit(b, get, func(int) int64 { return int64(zipf.Uint64()) }) })
	}
}

func newOtter[K comparable](size int) *otter.Cache[K, *user] {
	return otter.Must(&otter.Options[K, *user]{
		MaximumSize:      size,
		ExpiryCalculator: otter.ExpiryWriting[K, *user](15 * time.Minute),
	})
}

func hit(b *testing.B, get func(int64) *user, id func(int) int64) {
	ids := make([]int64, 1<<16)
	for i := range ids {
		ids[i] = id(i)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if id := ids[i&(1<<16-1)]; get(id).ID != id {
			b.Fatal("another value")
		}
	}
}
