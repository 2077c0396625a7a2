package emit

import (
	"strconv"
	"strings"
	"time"
)

// pattern quotes the key pattern for prose.
func (a *accessor) pattern() string { return strconv.Quote(a.cache.Key) }

// lifetime is how long a value is kept, for the middle of a sentence.
func (a *accessor) lifetime() string {
	if a.cache.TTL == 0 {
		return " forever"
	}
	return " for " + short(a.cache.TTL)
}

// fleetProse says that a load is one for the whole fleet, as a sentence before another.
func (a *accessor) fleetProse() string {
	if !a.cache.Fleet {
		return ""
	}
	return "A load is one in the whole fleet: a process that misses waits for the load of another. "
}

func (a *accessor) storeProse() string {
	if a.cache.Store == "" {
		return "the default store"
	}
	return "the store " + strconv.Quote(a.cache.Store)
}

// short writes a duration without its zero units: 15m and not 15m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
