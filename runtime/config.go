package cache

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/event"
	"github.com/cachegen/cachegen/runtime/registry"
)

// Names of drivers. A name is good for a driver that the program links; see [drivers.Drivers].
const (
	DriverMemory   = "memory"
	DriverFile     = "file"
	DriverRedis    = "redis"
	DriverDatabase = "database"
)

// StoreConfig describes one store. It never prints a secret.
type StoreConfig = drivers.StoreConfig

// Event is something that happened; its kinds are in package event.
type Event = event.Event

// Config describes a manager. The zero value is one store in memory. It never prints a secret.
type Config struct {
	// Default names the store of calls that name none. It may be empty if a store is called
	// "default", or if there is only one, or none: then one in memory is made.
	Default string
	// Prefix begins the keys of all stores in backends that are shared. It comes before a store's
	// own Prefix, with a dot between them.
	Prefix string
	// Stores are the stores by name.
	Stores map[string]StoreConfig
	// Caches changes typed caches, counters and limits by their name, for instance "UserCache", without regenerating.
	Caches map[string]CacheConfig
	// OnEvent is told what happens, on the goroutine where it happens, so it must be quick. It may
	// be called from several goroutines at once; a panic in it is recovered. nil costs nothing.
	OnEvent func(Event)
	// EventKeys puts keys into events. They may hold personal data.
	EventKeys bool
}

// CacheConfig changes one typed cache. The zero value changes nothing. A limit has no TTL.
type CacheConfig struct {
	TTL      time.Duration // replaces the TTL, unless it is 0
	Forever  bool          // the values never expire; not together with TTL
	Store    string        // replaces the store, unless it is empty
	Disabled bool          // every read misses and every write is dropped; a limit allows everything
}

// defaultStore is the name of a default store that has no other.
const defaultStore = "default"

// Validate reports what is wrong with c as it stands, all of it. It never asks the driver registry.
func (c Config) Validate() error {
	var errs []error
	if _, err := c.defaultName(); err != nil {
		errs = append(errs, err)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Stores)) {
		if strings.TrimSpace(name) == "" {
			errs = append(errs, errors.New("cachegen: config: Stores: a store has an empty name"))
		}
		if err := c.Stores[name].Validate(); err != nil {
			errs = append(errs, fmt.Errorf("cachegen: config: store %q: %w", name, err))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Caches)) {
		errs = append(errs, c.validateCache(name, c.Caches[name])...)
	}
	return errors.Join(errs...)
}

func (c Config) validateCache(name string, cc CacheConfig) (errs []error) {
	refuse := func(err error) { errs = append(errs, fmt.Errorf("cachegen: config: cache %q: %w", name, err)) }
	if cc.TTL < 0 {
		refuse(fmt.Errorf("TTL: %w: %v is negative", drivers.ErrTTL, cc.TTL))
	}
	if cc.TTL > 0 && cc.Forever {
		refuse(errors.New("set TTL or Forever, not both"))
	}
	if cc.Store != "" && !c.has(cc.Store) {
		refuse(c.unknown(cc.Store))
	}
	return errs
}

// defaultName returns the name of the default store.
func (c Config) defaultName() (string, error) {
	if c.Default != "" {
		if !c.has(c.Default) {
			return c.Default, fmt.Errorf("cachegen: config: Default: %w", c.unknown(c.Default))
		}
		return c.Default, nil
	}
	if _, ok := c.Stores[defaultStore]; ok || len(c.Stores) == 0 {
		return defaultStore, nil
	}
	if len(c.Stores) == 1 {
		for name := range c.Stores {
			return name, nil
		}
	}
	return "", &drivers.ConfigError{Driver: "config", Field: "Default", Reason: "name one of the stores " + strings.Join(c.names(), ", ")}
}

func (c Config) has(store string) bool {
	_, ok := c.Stores[store]
	return ok || store == defaultStore && len(c.Stores) == 0
}

func (c Config) names() []string {
	if len(c.Stores) == 0 {
		return []string{defaultStore}
	}
	return slices.Sorted(maps.Keys(c.Stores))
}

func (c Config) unknown(store string) error {
	return registry.NotFound("store", store, c.names())
}

// store returns the complete configuration of a store. Its Name is empty for the default store.
func (c Config) store(name, defaultName string) (StoreConfig, error) {
	sc, ok := c.Stores[name]
	if !ok && !c.has(name) {
		_, err := c.defaultName()
		if name != "" || err == nil {
			err = c.unknown(name)
		}
		return sc, err
	}
	if !ok {
		sc.Driver = DriverMemory
	}
	sc.Name = name
	if name == defaultName {
		sc.Name = ""
	}
	sc.Prefix = strings.Trim(c.Prefix+"."+sc.Prefix, ".")
	return sc, nil
}

// clone copies c, so that the caller may change what it passed.
func (c Config) clone() Config {
	c.Stores, c.Caches = maps.Clone(c.Stores), maps.Clone(c.Caches)
	for name, sc := range c.Stores {
		sc.Addrs, sc.Options = slices.Clone(sc.Addrs), maps.Clone(sc.Options)
		c.Stores[name] = sc
	}
	return c
}

// String lists what is set, without secrets.
func (c Config) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "{Default:%s Prefix:%s Stores:%v", c.Default, c.Prefix, c.Stores)
	if len(c.Caches) > 0 {
		fmt.Fprintf(&b, " Caches:%v", c.Caches)
	}
	fmt.Fprintf(&b, " OnEvent:%t EventKeys:%t}", c.OnEvent != nil, c.EventKeys)
	return b.String()
}

// Format implements fmt.Formatter, so that no verb and no flag shows a secret.
func (c Config) Format(s fmt.State, _ rune) { fmt.Fprint(s, c.String()) }

// LogValue implements slog.LogValuer.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText implements encoding.TextMarshaler, so that JSON and the like show no secret either.
func (c Config) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
