package redis

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// applyDSN reads redis://[user[:password]@]host[:port][/database], or rediss:// for an encrypted
// connection, into o and reports whether it is encrypted. Its errors never repeat the DSN, which
// may hold a password.
func (o *Options) applyDSN(cfg drivers.StoreConfig) (encrypted bool, err error) {
	if cfg.Host != "" || cfg.Port != 0 || cfg.Path != "" || len(cfg.Addrs) > 0 || cfg.Master != "" ||
		cfg.Username != "" || cfg.Password != "" || cfg.Database != "" {
		return false, configError("DSN", "the server is also described by other fields; leave these empty, or the DSN")
	}
	u, err := url.Parse(cfg.DSN)
	if err != nil {
		return false, configError("DSN", "it is not a URL; write redis://user:password@host:port/database, with special characters of the password as %XX")
	}
	switch {
	case u.Scheme != "redis" && u.Scheme != "rediss":
		return false, configError("DSN", "its scheme is unknown; begin with redis:// or rediss://")
	case u.Opaque != "" || u.RawQuery != "" || u.Fragment != "":
		return false, configError("DSN", "it holds more than redis://user:password@host:port/database; set anything else by the fields of the store")
	case cfg.TLS && u.Scheme == "redis":
		return false, configError("TLS", "the DSN begins with redis://; write rediss:// for an encrypted connection")
	}
	if o.Addr, err = dsnAddress(u); err != nil {
		return false, err
	}
	o.Username = u.User.Username()
	o.Password, _ = u.User.Password()
	o.Database, err = dsnDatabase(u)
	return u.Scheme == "rediss", err
}

func dsnAddress(u *url.URL) (string, error) {
	port := 0
	if p := u.Port(); p != "" {
		var err error
		if port, err = strconv.Atoi(p); err != nil || port < 1 || port > 65535 {
			return "", configError("DSN", "its port is not a number from 1 to 65535")
		}
	}
	return address(u.Hostname(), port), nil
}

func dsnDatabase(u *url.URL) (int, error) {
	n, err := databaseNumber(strings.TrimPrefix(u.Path, "/"))
	if err != nil {
		return 0, configError("DSN", "its path is not the number of a database")
	}
	return n, nil
}
