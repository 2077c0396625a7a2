// Package rivals puts cachegen and the libraries that it competes with behind one small interface
// each, so that a benchmark runs the same code for all of them. There is one file per library.
//
// Each library is used as its documentation shows, with the time to live of [TTL], room for
// [Capacity] values, and no metrics. Those whose keys are strings are given ready ones; cachegen
// always builds its key from the number.
package rivals

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/cachegen/cachegen/benchmarks/payload"
	"github.com/cachegen/cachegen/internal/redistest"
)

const (
	// TTL is how long every cache keeps a value.
	TTL = 15 * time.Minute
	// Population is how many users have their keys ready.
	Population = 100_000
	// Capacity is for how many values every cache in memory has room: more than there are users, so
	// that none is evicted, whatever a library's way of sharing its room out.
	Capacity = 2 * Population
)

// Get returns the user with an id. A cache is one, and so is the loader behind it.
type Get func(ctx context.Context, id int64) (*payload.User, error)

// GetMany returns the users with ids that a cache has.
type GetMany func(ctx context.Context, ids []int64) (map[int64]*payload.User, error)

// Memory is a cache in the memory of the process.
type Memory struct {
	Name string
	// Open makes a cache that calls load on a miss. It is closed at the end of the test.
	Open func(tb testing.TB, load Get) Get
}

// Address is one of the numbered databases of a Redis server. Each cache has one to itself, since those
// whose keys are alike do not all read each other's values.
type Address struct {
	Server   *redistest.Server
	Database int
}

// Redis is a cache in Redis.
type Redis struct {
	Name string
	// Open makes a cache that calls load on a miss. It is closed at the end of the test.
	Open func(tb testing.TB, at Address, load Get) Get
}

// RedisMany is a cache in Redis that reads many keys at once.
type RedisMany struct {
	Name string
	// Open makes a cache that holds the users, and is closed at the end of the test.
	Open func(tb testing.TB, at Address, users []*payload.User) GetMany
}

// Shared returns the caches in memory that hand the same *User to every caller.
func Shared() []Memory {
	return []Memory{
		{"cachegen", cachegenShared},
		{"otter-int", otterInt},
		{"otter-string", otterString},
		{"ristretto", ristrettoGet},
		{"theine", theineGet},
		{"sturdyc", sturdycGet},
		{"gocache", gocacheMemory},
	}
}

// Copying returns the caches in memory that hand every caller a *User of its own.
func Copying() []Memory {
	return []Memory{
		{"cachegen", cachegenCopying},
		{"freecache+hand", freecacheHand},
		{"freecache+msgp", freecacheMsgp},
		{"freecache+vmihailenco", freecacheMsgpack},
		{"go-redis-cache", rediscacheMemory},
	}
}

// OnRedis returns the caches in Redis.
func OnRedis() []Redis {
	return []Redis{
		{"cachegen", cachegenRedis},
		{ByHand, goredisHand},
		{"go-redis+vmihailenco", goredisMsgpack},
		{"go-redis-cache", rediscacheRedis},
		{"gocache", gocacheRedis},
		{"rueidis+hand", rueidisGet},
		{ClientSide, rueidisCached},
	}
}

// ManyOnRedis returns the caches in Redis that read many keys at once.
func ManyOnRedis() []RedisMany {
	return []RedisMany{
		{"cachegen", cachegenMany},
		{ByHand, goredisManyHand},
		{"go-redis+vmihailenco", goredisManyMsgpack},
		{"rueidis+hand", rueidisMany},
	}
}

const (
	// ByHand names go-redis with a codec written by hand, which others are measured by.
	ByHand = "go-redis+hand"
	// ClientSide names rueidis with client-side caching, whose hits never leave the process.
	ClientSide = "rueidis-cached+hand"
)

// key returns the key of a user. Those of the population are ready.
func key(id int64) string {
	if id >= 0 && id < Population {
		return ready[id]
	}
	return newKey(id)
}

// ready is made before anything is measured.
var ready = func() (keys [Population]string) {
	for id := range keys {
		keys[id] = newKey(int64(id))
	}
	return keys
}()

func newKey(id int64) string { return fmt.Sprintf("user:%d", id) }
