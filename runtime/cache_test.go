package cache_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/keys"
)

type user struct {
	ID    int64
	Name  string
	Roles []string
}

func userSpec() cache.Spec[int64, *user] {
	return cache.Spec[int64, *user]{
		Name: "UserCache", Pattern: "user:{ID int}", TTL: 15 * time.Minute,
		AppendKey: func(dst []byte, id int64) ([]byte, error) {
			return keys.AppendInt(append(dst, "user:"...), id), nil
		},
		KeyOf: func(u *user) int64 { return u.ID },
	}
}

// newManager returns a manager that is shut down with the test.
func newManager(t testing.TB, c *cache.Config) *cache.Manager {
	m := cache.NewManager(c)
	t.Cleanup(func() { require.NoError(t, m.Shutdown(context.Background())) })
	return m
}

func TestRememberLoadsOnceAndGivesEachCallerACopy(t *testing.T) {
	ctx := t.Context()
	users := cache.NewCache(newManager(t, nil), userSpec())
	loads := 0
	find := func(_ context.Context, id int64) (*user, error) {
		loads++
		return &user{ID: id, Name: "Ada", Roles: []string{"admin"}}, nil
	}
	for range 3 {
		u, err := users.RememberE(ctx, 7, find)
		require.NoError(t, err)
		require.Equal(t, &user{ID: 7, Name: "Ada", Roles: []string{"admin"}}, u)
		u.Roles[0] = "changed"
	}
	require.Equal(t, 1, loads)

	u, ok, err := users.Get(ctx, 7)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, []string{"admin"}, u.Roles)

	require.NoError(t, users.Forget(ctx, 7))
	_, ok, err = users.Get(ctx, 7)
	require.NoError(t, err)
	require.False(t, ok)
}
