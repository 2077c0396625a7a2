package patterns

import (
	"context"
	"errors"
)

// UserRate counts a user's requests. The first one sets the time to live in the same atomic step, so
// a counter can neither be reset by a race nor live forever.
//
//cachegen:counter key="rate_limit:user:{userID}" ttl=1m
type UserRate func(userID int64)

// ErrRateLimit says that a user asked too often.
var ErrRateLimit = errors.New("rate limit exceeded")

// CheckRate counts one request of a user and refuses it if there were more than limit in the window.
func CheckRate(ctx context.Context, rate *UserRateCounter, userID, limit int64) error {
	n, err := rate.Increment(ctx, userID, 1)
	if err != nil {
		return err
	}
	if n > limit {
		return ErrRateLimit
	}
	return nil
}
