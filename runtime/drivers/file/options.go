package file

import (
	"context"
	"path/filepath"
	"strconv"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// DefaultMaxBytes bounds a store whose options name no bound.
const DefaultMaxBytes = 1 << 30

// Options describes a store. Path is required; the zero value of every other field is its default.
type Options struct {
	// Path is the directory that holds the stores. It is made if it is missing. It must belong to
	// the user who runs the program, and must not be a symbolic link. There is no default: a
	// shared directory for temporary files is no place for a cache.
	Path string

	// Prefix and Name are the store's namespace: see [drivers.StoreConfig].
	Prefix, Name string

	// MaxBytes bounds the disk space that values take, counted in blocks of 4 KiB. Beyond it the
	// values that were written longest ago are removed, down to seven eighths. The bound is kept
	// by a goroutine, so what is written meanwhile comes on top of it. Counters, locks, limits and
	// leases without a value are not counted, and not removed before they expire. A value larger
	// than MaxBytes is [drivers.ErrTooLarge].
	// Default: [DefaultMaxBytes].
	MaxBytes int64

	// Timeout bounds the wait for other writers of the same shard. A read or write that has begun
	// cannot be interrupted. Default: [drivers.DefaultTimeout].
	Timeout time.Duration

	// Sync makes each write reach the disk before it returns: what was acknowledged survives a
	// loss of power. It multiplies the cost of a write.
	Sync bool

	// Now replaces the system's clock, for tests. With it the driver has no goroutine that removes
	// what has expired.
	Now func() time.Time
}

func (o Options) withDefaults() (Options, error) {
	if o.Path == "" {
		return o, configError("Path", "it is empty; name a directory that only this user may write to")
	}
	path, err := filepath.Abs(o.Path)
	if err != nil {
		return o, configError("Path", "it is relative, and the working directory is unknown; name an absolute path")
	}
	o.Path = path
	if o.MaxBytes < 0 {
		return o, configError("MaxBytes", "it is negative; 0 is the default of 1 GiB")
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	o.Timeout = drivers.StoreConfig{Timeout: o.Timeout}.OperationTimeout()
	return o, nil
}

// open is the factory behind the name "file".
func open(ctx context.Context, cfg drivers.StoreConfig) (drivers.Driver, error) {
	o, err := fromConfig(cfg)
	if err != nil {
		return nil, err
	}
	d, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// fromConfig translates a store's configuration. It reads Path, Prefix, Name, MaxBytes, Timeout and
// Options["sync"].
func fromConfig(cfg drivers.StoreConfig) (Options, error) {
	if err := checkUnused(cfg); err != nil {
		return Options{}, err
	}
	o := Options{
		Path:     cfg.Path,
		Prefix:   cfg.Prefix,
		Name:     cfg.Name,
		MaxBytes: cfg.MaxBytes,
		Timeout:  cfg.Timeout,
	}
	for name, value := range cfg.Options {
		if name != "sync" {
			return o, configError("Options["+name+"]", "unknown option; the file driver knows sync")
		}
		sync, err := strconv.ParseBool(value)
		if err != nil {
			return o, configError("Options[sync]", "it is neither true nor false")
		}
		o.Sync = sync
	}
	return o, nil
}

// checkUnused refuses the fields that this driver does not read: a setting must not be ignored in
// silence.
func checkUnused(cfg drivers.StoreConfig) error {
	const server = "files need no server; leave it empty"
	for _, f := range []struct {
		name   string
		set    bool
		reason string
	}{
		{"Host", cfg.Host != "", server},
		{"Port", cfg.Port != 0, server},
		{"Addrs", len(cfg.Addrs) > 0, server},
		{"Master", cfg.Master != "", server},
		{"Username", cfg.Username != "", server},
		{"Password", cfg.Password != "", server},
		{"Database", cfg.Database != "", server},
		{"TLS", cfg.TLS, server},
		{"CAFile", cfg.CAFile != "", server},
		{"CertFile", cfg.CertFile != "", server},
		{"KeyFile", cfg.KeyFile != "", server},
		{"DSN", cfg.DSN != "", "write the directory in Path"},
		{"MaxEntries", cfg.MaxEntries != 0, "a store of files is bounded by MaxBytes; leave it 0"},
	} {
		if f.set {
			return configError(f.name, f.reason)
		}
	}
	return nil
}

func configError(field, reason string) error {
	return &drivers.ConfigError{Driver: "file", Field: field, Reason: reason}
}
