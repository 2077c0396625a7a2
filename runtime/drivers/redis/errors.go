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
	switch {
	case err == nil:
		return nil
	case d.closed.Load() || errors.Is(err, goredis.ErrClosed):
		return drivers.ErrClosed
	case ctx.Err() != nil:
		err = ctx.Err()
	case isTimeout(err):
		err = fmt.Errorf("no answer in time: %w", context.DeadlineExceeded)
	default:
		err = d.explain(err)
	}
	return fmt.Errorf("cachegen/drivers/redis: %s %s: %w", op, d.addr, err)
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, goredis.ErrPoolTimeout) || errors.As(err, &timeout) && timeout.Timeout()
}

// isAnswer reports whether err is what a server answered, be it that there is no value.
func isAnswer(err error) bool {
	var answer goredis.Error
	return errors.As(err, &answer)
}

// isMoved reports whether a server of a cluster named another one.
func isMoved(err error) bool {
	return goredis.HasErrorPrefix(err, "MOVED") || goredis.HasErrorPrefix(err, "ASK")
}

// explain adds what to do to a refused login, and drops an error that repeats the password: some
// servers and proxies echo the arguments of a command they do not know.
func (d *Driver) explain(err error) error {
	text := err.Error()
	if p := d.client.Options().Password; p != "" && strings.Contains(text, p) {
		return errors.New("the server's answer is not shown because it repeats the password")
	}
	if reason, ok := loginError(text); ok {
		return fmt.Errorf("%s: %w", reason, err)
	}
	return err
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
	text := err.Error()
	if reason, ok := loginError(text); ok {
		field := "Password"
		if strings.Contains(text, "NOPERM") {
			field = "Username"
		}
		return configError(field, o.Addr+": "+reason)
	}
	if strings.Contains(text, "DB index is out of range") {
		return configError("Database", fmt.Sprintf("%s: the server has no database %d", o.Addr, o.Database))
	}
	return err
}
