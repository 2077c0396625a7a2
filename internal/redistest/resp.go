package redistest

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// patience bounds one command to a server that is meant to answer.
const patience = 10 * time.Second

// Do sends one command on a connection of its own and returns the reply: a string, an int64, nil,
// or a []any of these. An error of the server is an error.
func (s *Server) Do(args ...string) (any, error) {
	conn, err := s.dial()
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	replies := bufio.NewReader(conn)
	if s.password != "" {
		if _, err := roundTrip(conn, replies, []string{"AUTH", s.password}); err != nil {
			return nil, err
		}
	}
	return roundTrip(conn, replies, args)
}

func (s *Server) dial() (net.Conn, error) {
	dialer := &net.Dialer{Timeout: patience}
	if s.tls != nil {
		return tls.DialWithDialer(dialer, "tcp", s.Addr(), s.tls)
	}
	return dialer.Dial("tcp", s.Addr())
}

// do is Do where a failure ends the test.
func (s *Server) do(args ...string) any {
	s.tb.Helper()
	reply, err := s.Do(args...)
	if err != nil {
		s.tb.Fatalf("redistest: %s: %s: %v", s.Addr(), strings.Join(args, " "), err)
	}
	return reply
}

// text is the reply to a command that answers with text; a failure is the empty text.
func (s *Server) text(args ...string) string {
	reply, err := s.Do(args...)
	text, ok := reply.(string)
	if err != nil || !ok {
		return ""
	}
	return text
}

func roundTrip(w io.Writer, r *bufio.Reader, args []string) (any, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(args))
	for _, a := range args {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(a), a)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return nil, err
	}
	return readReply(r)
}

func readReply(r *bufio.Reader) (any, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	kind, rest := line[0], strings.TrimSuffix(line[1:], "\r\n")
	switch kind {
	case '+':
		return rest, nil
	case '-':
		return nil, errors.New(rest)
	}
	n, err := strconv.ParseInt(rest, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("not a reply: %q", line)
	}
	switch {
	case kind == ':':
		return n, nil
	case n < 0:
		return nil, nil
	case kind == '$':
		return readBulk(r, int(n))
	}
	return readArray(r, int(n))
}

func readBulk(r *bufio.Reader, n int) (any, error) {
	b := make([]byte, n+len("\r\n"))
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, err
	}
	return string(b[:n]), nil
}

func readArray(r *bufio.Reader, n int) (any, error) {
	items := make([]any, n)
	for i := range items {
		item, err := readReply(r)
		if err != nil {
			return nil, err
		}
		items[i] = item
	}
	return items, nil
}
