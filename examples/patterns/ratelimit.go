package patterns

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
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

// APILimit lets a user make 60 calls a minute, three of them at once: what was used comes back steadily,
// one a second. A counter begins afresh each minute, so that a user can make all calls of two minutes
// within a second; and its answer cannot say when to come back.
//
//cachegen:limit key="api:{userID}" rate=60/1m burst=3
type APILimit func(userID int64)

// LimitCalls stands before an API: it refuses the calls of a user who makes too many, and says when to
// come back. If the limit's store is down it lets them pass, since this API can bear a few more calls; a
// handler of logins would rather refuse them.
func LimitCalls(limit *APILimiter, user func(*http.Request) int64, api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, err := limit.Allow(r.Context(), user(r))
		if err == nil && !a.OK {
			seconds := math.Ceil(a.RetryAfter.Seconds())
			w.Header().Set("Retry-After", strconv.Itoa(int(seconds)))
			http.Error(w, "too many calls", http.StatusTooManyRequests)
			return
		}
		api.ServeHTTP(w, r)
	})
}
