package cache

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FromEnv reads a configuration from the environment of the process; it reads no file.
//
//	CACHE_DRIVER       the default store's driver; default memory
//	CACHE_PREFIX       Config.Prefix
//	CACHE_STORES       further stores as name:driver,name:driver
//	CACHE_PATH         StoreConfig.Path of stores in files: a directory, or an SQLite file
//	CACHE_DSN          StoreConfig.DSN of stores on servers, but of redis stores only where there is no
//	                   REDIS_URL; a database store with one has no Path
//	CACHE_TIMEOUT      StoreConfig.Timeout, for instance 250ms
//	CACHE_MAX_ENTRIES  StoreConfig.MaxEntries of stores in memory
//	CACHE_MAX_BYTES    StoreConfig.MaxBytes of stores in memory; not together with CACHE_MAX_ENTRIES
//	CACHE_MAX_VALUE_BYTES  StoreConfig.MaxValueBytes
//	REDIS_HOST REDIS_PORT REDIS_USERNAME REDIS_PASSWORD REDIS_DATABASE REDIS_TLS
//	REDIS_URL          StoreConfig.DSN of redis stores
//	REDIS_ADDRS        host:port,host:port
//	REDIS_MASTER       the name of the group that these servers watch; they log in with
//	REDIS_SENTINEL_USERNAME REDIS_SENTINEL_PASSWORD
//
// An empty variable counts as unset. The error names every variable with a bad value, and shows none
// that may be secret.
func FromEnv() (*Config, error) {
	e := &environment{}
	c := &Config{
		Default: defaultStore,
		Prefix:  e.text("CACHE_PREFIX"),
		Stores:  map[string]StoreConfig{},
	}
	driver := e.text("CACHE_DRIVER")
	if driver == "" {
		driver = DriverMemory
	}
	c.Stores[defaultStore] = e.store(driver)
	for name, driver := range e.stores("CACHE_STORES") {
		c.Stores[name] = e.store(driver)
	}
	if err := errors.Join(e.errs...); err != nil {
		return nil, err
	}
	return c, nil
}

// environment reads variables and collects what is wrong with them.
type environment struct{ errs []error }

func (e *environment) refuse(name, format string, args ...any) {
	err := fmt.Errorf("cachegen: environment: %s: %s", name, fmt.Sprintf(format, args...))
	same := func(other error) bool { return other.Error() == err.Error() }
	if !slices.ContainsFunc(e.errs, same) { // several stores may read one variable
		e.errs = append(e.errs, err)
	}
}

func (e *environment) text(name string) string { return strings.TrimSpace(os.Getenv(name)) }

func (e *environment) whole(name string) int64 {
	text := e.text(name)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		e.refuse(name, "%q is not a positive whole number", text)
		return 0
	}
	return n
}

func (e *environment) port(name string) int {
	n := e.whole(name)
	if n > 65535 {
		e.refuse(name, "%d is not a port; the highest is 65535", n)
		return 0
	}
	return int(n)
}

func (e *environment) flag(name string) bool {
	text := e.text(name)
	if text == "" {
		return false
	}
	on, err := strconv.ParseBool(text)
	if err != nil {
		e.refuse(name, "%q is neither true nor false", text)
	}
	return on
}

func (e *environment) duration(name string) time.Duration {
	text := e.text(name)
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		e.refuse(name, "%q is not a positive duration such as 250ms", text)
		return 0
	}
	return d
}

func (e *environment) list(name string) []string {
	var out []string
	for item := range strings.SplitSeq(e.text(name), ",") {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}

// stores reads the further stores, name to driver.
func (e *environment) stores(variable string) map[string]string {
	out := map[string]string{}
	for _, item := range e.list(variable) {
		name, driver, ok := strings.Cut(item, ":")
		name, driver = strings.TrimSpace(name), strings.TrimSpace(driver)
		switch {
		case !ok || name == "" || driver == "":
			e.refuse(variable, "%q is not name:driver", item)
		case name == defaultStore:
			e.refuse(variable, "%q: the default store's driver is set by CACHE_DRIVER", item)
		case out[name] != "":
			e.refuse(variable, "the store %q is named twice", name)
		default:
			out[name] = driver
		}
	}
	return out
}

// store returns the configuration of a store with the given driver. A driver gets only the variables
// that concern it.
func (e *environment) store(driver string) StoreConfig {
	sc := StoreConfig{Driver: driver, Timeout: e.duration("CACHE_TIMEOUT"), MaxValueBytes: e.whole("CACHE_MAX_VALUE_BYTES")}
	if strings.EqualFold(driver, DriverMemory) {
		sc.MaxEntries, sc.MaxBytes = int(e.whole("CACHE_MAX_ENTRIES")), e.whole("CACHE_MAX_BYTES")
		if sc.MaxEntries > 0 && sc.MaxBytes > 0 {
			e.refuse("CACHE_MAX_BYTES", "set it or CACHE_MAX_ENTRIES, not both")
		}
		return sc
	}
	sc.Path, sc.DSN = e.text("CACHE_PATH"), e.text("CACHE_DSN")
	switch {
	case strings.EqualFold(driver, DriverFile):
		sc.DSN = "" // it is a server's
	case strings.EqualFold(driver, DriverDatabase) && sc.DSN != "":
		sc.Path = "" // it is for stores of files; without a DSN, it is that of an SQLite file
	}
	if strings.EqualFold(driver, DriverRedis) {
		e.redis(&sc)
	}
	return sc
}

// redis reads what concerns redis stores alone.
func (e *environment) redis(sc *StoreConfig) {
	sc.Path = "" // CACHE_PATH is a directory, and redis would take it for a socket
	if url := e.text("REDIS_URL"); url != "" {
		sc.DSN = url // CACHE_DSN is another server's
	}
	sc.Host, sc.Port = e.text("REDIS_HOST"), e.port("REDIS_PORT")
	sc.Username, sc.Password = e.text("REDIS_USERNAME"), os.Getenv("REDIS_PASSWORD")
	sc.Database, sc.TLS = e.database("REDIS_DATABASE"), e.flag("REDIS_TLS")
	sc.Addrs, sc.Master = e.list("REDIS_ADDRS"), e.text("REDIS_MASTER")
	username, password := e.text("REDIS_SENTINEL_USERNAME"), os.Getenv("REDIS_SENTINEL_PASSWORD")
	if username != "" || password != "" {
		sc.Options = map[string]string{"sentinel_username": username, "sentinel_password": password}
	}
}

func (e *environment) database(name string) string {
	text := e.text(name)
	if n, err := strconv.Atoi(text); text != "" && (err != nil || n < 0) {
		e.refuse(name, "%q is not the number of a database", text)
	}
	return text
}
