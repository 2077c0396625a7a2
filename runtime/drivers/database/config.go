package database

import (
	"fmt"
	"strconv"
	"time"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// fromConfig translates a store's configuration. It reads Path or DSN, Timeout, Prefix, Name, and
// Options: table, driver, dialect, migrate, sync, sweep_every and max_connections.
func fromConfig(cfg drivers.StoreConfig) (Options, error) {
	if err := checkUnused(cfg); err != nil {
		return Options{}, err
	}
	o := Options{
		Path:    cfg.Path,
		DSN:     cfg.DSN,
		Timeout: cfg.Timeout,
		Prefix:  cfg.Prefix,
		Name:    cfg.Name,
	}
	for name, value := range cfg.Options {
		if err := o.set(name, value); err != nil {
			return o, err
		}
	}
	return o, nil
}

// set reads one of Options.
func (o *Options) set(name, value string) (err error) {
	field := "Options[" + name + "]"
	switch name {
	case "table":
		o.Table = value
	case "driver":
		o.Driver = value
	case "dialect":
		o.Dialect = Dialect(value)
	case "sync":
		o.Sync, err = strconv.ParseBool(value)
	case "migrate":
		var migrate bool
		migrate, err = strconv.ParseBool(value)
		o.SkipMigration = !migrate
	case "sweep_every":
		o.SweepEvery, err = time.ParseDuration(value)
		if err != nil || o.SweepEvery <= 0 {
			return configError(field, "it is not a positive duration such as 1m")
		}
	case "max_connections":
		o.MaxConnections, err = strconv.Atoi(value)
		if err != nil || o.MaxConnections <= 0 {
			return configError(field, "it is not a positive whole number")
		}
	default:
		return configError(field, "unknown option; the database driver knows table, driver, dialect, migrate, sync, sweep_every and max_connections")
	}
	if err != nil {
		return configError(field, "it is neither true nor false")
	}
	return nil
}

// checkUnused refuses the fields that this driver does not read: a setting must not be ignored in
// silence.
func checkUnused(cfg drivers.StoreConfig) error {
	const inDSN = "write it in DSN; leave it empty"
	for _, f := range []struct {
		name   string
		set    bool
		reason string
	}{
		{"Host", cfg.Host != "", inDSN},
		{"Port", cfg.Port != 0, inDSN},
		{"Addrs", len(cfg.Addrs) > 0, inDSN},
		{"Master", cfg.Master != "", inDSN},
		{"Username", cfg.Username != "", inDSN},
		{"Password", cfg.Password != "", inDSN},
		{"Database", cfg.Database != "", inDSN},
		{"TLS", cfg.TLS, inDSN},
		{"CAFile", cfg.CAFile != "", inDSN},
		{"CertFile", cfg.CertFile != "", inDSN},
		{"KeyFile", cfg.KeyFile != "", inDSN},
		{"MaxEntries", cfg.MaxEntries != 0, "a database is not bounded by the driver; leave it 0"},
		{"MaxBytes", cfg.MaxBytes != 0, "a database is not bounded by the driver; leave it 0"},
	} {
		if f.set {
			return configError(f.name, fmt.Sprintf("this driver does not read it: %s", f.reason))
		}
	}
	return nil
}
