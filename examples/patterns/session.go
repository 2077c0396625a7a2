package patterns

import (
	"context"
	"errors"
)

// ErrNoSession says that a session has ended, or never was.
var ErrNoSession = errors.New("session not found")

// Session is the data of a session. Values of a map[string]any come back with their exact types, on
// every driver. The values are in a store of their own, named session.
//
//cachegen:cache key="session:{sessionID}" ttl=30m store=session name=SessionCache
type Session func(sessionID string) map[string]any

// StoreSession saves the data of a session.
func StoreSession(ctx context.Context, sessions *SessionCache, id string, data map[string]any) error {
	return sessions.Put(ctx, id, data)
}

// LoadSession returns the data of a session.
func LoadSession(ctx context.Context, sessions *SessionCache, id string) (map[string]any, error) {
	data, ok, err := sessions.Get(ctx, id)
	if err == nil && !ok {
		err = ErrNoSession
	}
	return data, err
}

// DestroySession ends a session.
func DestroySession(ctx context.Context, sessions *SessionCache, id string) error {
	return sessions.Forget(ctx, id)
}
