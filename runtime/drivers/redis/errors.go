package redis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// fail says which operation failed at which server, and makes the error one that the contract of
// [drivers.Driver] knows: ErrClosed, the ctx's error, or a deadline that was exceeded.
func (d *Driver) fail(ctx context.Context, op string, err error) error {
	if err == nil {
		return nil
	}
	addr, some := d.addr, ""
	f, p := (*final)(nil), (*partial)(nil)
	switch {
	case errors.As(err, &p):
		addr, some, err = p.addr, p.keys()+": ", p.err
	case errors.As(err, &f):
		addr = f.addr
	}
	return d.failAt(ctx, op, addr, some, err)
}

// failAt is fail for an error that is known to come from the server at addr, and to concern some keys.
func (d *Driver) failAt(ctx context.Context, op, addr, some string, err error) error {
	if err = d.cause(ctx, err); err == nil || errors.Is(err, drivers.ErrClosed) {
		return err
	}
	return fmt.Errorf("cachegen/drivers/redis: %s %s: %s%w", op, addr, some, err)
}

// cause makes err one that the contract knows. A cluster is asked anew for its slots if it may be
// that they are served elsewhere now.
func (d *Driver) cause(ctx context.Context, err error) error {
	err = bare(err)
	switch {
	case err == nil:
		return nil
	case d.closed.Load() || d.cluster == nil && errors.Is(err, goredis.ErrClosed):
		return drivers.ErrClosed
	}
	if d.cluster != nil && lost(err) {
		d.cluster.ReloadState(ctx)
	}
	switch done := ctx.Err(); {
	case done != nil && !errors.Is(done, context.DeadlineExceeded):
		return done
	case done != nil || isTimeout(err):
		return fmt.Errorf("no answer in time: %w", context.DeadlineExceeded)
	}
	return d.explain(err)
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, goredis.ErrPoolTimeout) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// explain adds what to do to a refusal, and drops an error that repeats a password: some servers
// and proxies echo the arguments of a command they do not know.
func (d *Driver) explain(err error) error {
	text := err.Error()
	switch {
	case d.secret(text):
		return errors.New("the server's answer is not shown because it repeats the password")
	case isRedirect(err):
		return errors.New("the server is a node of a cluster, and the key's slot is not there; list nodes of the cluster in Addrs, or try again if the slot is moving")
	}
	if reason, ok := loginError(text); ok {
		return fmt.Errorf("%s: %w", reason, err)
	}
	return err
}

// isRedirect reports whether a node answered that another one serves the key.
func isRedirect(err error) bool {
	_, moved := goredis.IsMovedError(err)
	_, ask := goredis.IsAskError(err)
	return moved || ask
}

// loginError recognises the server's refusals to let the client in, and says what to set.
func loginError(text string) (reason string, ok bool) {
	switch {
	case strings.Contains(text, "NOAUTH"):
		return "the server asks for a password; set Password, and Username for a user other than the default", true
	case strings.Contains(text, "WRONGPASS"):
		return "the server refused the login; correct Username and Password", true
	case strings.Contains(text, "NOPERM"), strings.Contains(text, "The user executing the script can't"):
		return "the user lacks a permission; grant it, or set another Username", true
	}
	return "", false
}

// refused makes a [*drivers.ConfigError] of an answer that will be the same next time.
func refused(err error, o Options) error {
	if err == nil {
		return nil
	}
	var config *drivers.ConfigError
	if errors.As(err, &config) {
		return config
	}
	text := err.Error()
	if reason, ok := loginError(text); ok {
		field := "Password"
		if strings.Contains(text, "NOPERM") {
			field = "Username"
		}
		return configError(field, o.place()+": "+reason)
	}
	switch {
	case strings.Contains(text, "DB index is out of range"):
		return configError("Database", fmt.Sprintf("%s: the server has no database %d", o.place(), o.Database))
	case strings.Contains(text, "SELECT is not allowed in cluster mode"):
		return configError("Database", o.place()+": the server is a node of a cluster, which has no database but 0; leave it empty")
	}
	return err
}
