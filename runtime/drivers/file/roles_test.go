//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package file_test

import (
	"context"
	"testing"
	"time"

	"github.com/cachegen/cachegen/internal/rerun"
	"github.com/cachegen/cachegen/runtime/drivers/file"
)

// roles are what another process can do.
var roles = map[string]rerun.Role{
	"increment":     incrementALot,
	"add":           addALot,
	"lock":          lockALot,
	"take":          takeALot,
	"grants":        lockForEver,
	"load":          loadALot,
	"limited":       writeUnderLimit,
	"pass":          passOn,
	"fresh":         writeFresh,
	"write":         writeForEver,
	"die":           dieCalling,
	"hang":          hangWriting,
	"umask":         writeUnderUmask,
	"owner's umask": openUnderUmask,
	"nobody":        actWithoutRights,
}

// TestMain plays the part of another process if that is what this one was started for.
func TestMain(m *testing.M) { rerun.Main(m, roles) }

// join opens a store for a role, which ends with the process.
func join(path string) (*file.Driver, error) {
	return file.Open(context.Background(), file.Options{Path: path, Timeout: patient})
}

// joinQuietly is join without a goroutine that would meet the faults of the role.
func joinQuietly(path string) (*file.Driver, error) {
	return file.Open(context.Background(), file.Options{Path: path, Timeout: patient, Now: time.Now})
}
