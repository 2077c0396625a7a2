package redis_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	goredis "github.com/redis/go-redis/v9"
)

// clientLog keeps what the client would print to standard error.
type clientLog struct {
	mu   sync.Mutex
	text strings.Builder
}

// Printf implements the client's logger.
func (l *clientLog) Printf(_ context.Context, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(&l.text, format+"\n", args...)
}

// TestMain fails if any test made the client log the password, or left goroutines of a closed store.
func TestMain(m *testing.M) {
	log := &clientLog{}
	goredis.SetLogger(log)
	code := m.Run()
	if left := lastingGoroutines(); left != "" {
		fmt.Fprintln(os.Stderr, "FAIL: goroutines of closed stores are left:\n"+left)
		code = 1
	}
	log.mu.Lock()
	defer log.mu.Unlock()
	if strings.Contains(log.text.String(), canary) {
		fmt.Fprintln(os.Stderr, "FAIL: the client's log holds the password")
		code = 1
	}
	os.Exit(code)
}
