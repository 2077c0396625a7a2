package dbtest_test

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/internal/dbtest"
)

// greeted connects, sends a request for encryption, which PostgreSQL answers and MariaDB ignores, and
// reports whether the server says anything.
func greeted(addr string, patience time.Duration) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := conn.Write([]byte{0, 0, 0, 8, 4, 210, 22, 47}); err != nil {
		return err
	}
	_, err = io.ReadFull(conn, make([]byte, 1))
	return err
}

func TestServersAnswerStopAndRestart(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(testing.TB) *dbtest.Server{
		"postgres": dbtest.StartPostgres, "mariadb": dbtest.StartMariaDB,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			require.NoError(t, greeted(s.Addr(), time.Minute))
			s.Stop()
			require.ErrorContains(t, greeted(s.Addr(), 100*time.Millisecond), "timeout")
			s.Cont()
			require.NoError(t, greeted(s.Addr(), time.Minute))
			s.Restart()
			require.NoError(t, greeted(s.Addr(), time.Minute))
			s.Stop()
			s.Kill()
			s.Kill()
			require.ErrorContains(t, greeted(s.Addr(), time.Minute), "refused")
		})
	}
}

func TestSharedIsOneServer(t *testing.T) {
	t.Parallel()
	require.Equal(t, dbtest.Postgres(t).URL(), dbtest.Postgres(t).URL())
	require.NotEqual(t, dbtest.Name(), dbtest.Name())
}
