//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"sync"
	"testing"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/drivers/drivertest"
	"github.com/cachegen/cachegen/runtime/drivers/file"
)

func TestContract(t *testing.T) {
	t.Parallel()
	shared := t.TempDir()
	drivertest.Run(t,
		func(t *testing.T) drivers.Driver { return open(t, file.Options{Path: t.TempDir()}) },
		drivertest.Caps{OpenStore: func(t *testing.T, prefix, name string) drivers.Driver {
			return open(t, file.Options{Path: shared, Prefix: prefix, Name: name})
		}})
}

func TestContractWithOwnClock(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	now := time.Unix(0, 0)
	drivertest.Run(t, func(t *testing.T) drivers.Driver {
		return open(t, file.Options{
			Path: fastDir(t),
			Now:  func() time.Time { mu.Lock(); defer mu.Unlock(); return now },
		})
	}, drivertest.Caps{Advance: func(d time.Duration) { mu.Lock(); defer mu.Unlock(); now = now.Add(d) }})
}
