package servertest_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/cachegen/cachegen/internal/dbtest"
)

// clientLog keeps what MariaDB's client would print to standard error.
type clientLog struct {
	mu   sync.Mutex
	text strings.Builder
}

// Print implements the client's logger.
func (l *clientLog) Print(v ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintln(&l.text, v...)
}

// TestMain fails if any test made the client log a password.
func TestMain(m *testing.M) {
	log := &clientLog{}
	if err := mysql.SetLogger(log); err != nil {
		panic(err)
	}
	code := m.Run()
	log.mu.Lock()
	defer log.mu.Unlock()
	if text := log.text.String(); strings.Contains(text, canary) || strings.Contains(text, dbtest.Password) {
		fmt.Fprintln(os.Stderr, "FAIL: the client's log holds a password")
		code = 1
	}
	os.Exit(code)
}
