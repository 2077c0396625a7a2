package redis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// question is one question to all sentinels, shared by those who need its answer.
type question struct {
	done   chan struct{} // closed when the fields below are set
	addr   string
	agreed bool // most sentinels gave this answer
	from   *goredis.SentinelClient
	err    error
}

// ask returns an answered question.
func (s *sentinels) ask(ctx context.Context) *question {
	s.mu.Lock()
	q := s.asking
	if q == nil {
		q = &question{done: make(chan struct{})}
		s.asking = q
		go s.answer(q)
	}
	s.mu.Unlock()
	select {
	case <-q.done:
		return q
	case <-ctx.Done():
		return &question{err: ctx.Err()}
	}
}

// answer asks all sentinels. It ends when most have named the same address, or after a quarter of
// the timeout with what was named most often until then.
func (s *sentinels) answer(q *question) {
	ctx, cancel := context.WithTimeout(context.Background(), s.timeout)
	defer cancel()
	s.mu.Lock()
	all := len(s.clients)
	answers := make(chan vote, all)
	for addr, c := range s.clients {
		go func() { answers <- s.askOne(ctx, addr, c) }()
	}
	s.mu.Unlock()
	q.count(answers, all, s.timeout/4)
	s.mu.Lock()
	s.asking = nil
	s.mu.Unlock()
	close(q.done)
}

// count takes the answers of all sentinels until they settle the question.
func (q *question) count(answers <-chan vote, all int, patience time.Duration) {
	grace := time.NewTimer(patience)
	defer grace.Stop()
	votes := map[string]int{}
	var failures []error
	late := false
	for left := all; left > 0 && !q.agreed && !(late && q.addr != ""); {
		select {
		case <-grace.C:
			late = true
			continue
		case v := <-answers:
			left--
			if v.err != nil {
				failures = append(failures, v.err)
				continue
			}
			votes[v.addr]++
			if votes[v.addr] > votes[q.addr] {
				q.addr, q.from = v.addr, v.from
			}
			q.agreed = votes[q.addr] > all/2
		}
	}
	if q.addr == "" {
		q.err = noMaster(failures)
	}
}

// vote is the answer of one sentinel.
type vote struct {
	addr string
	from *goredis.SentinelClient
	err  error
}

func (s *sentinels) askOne(ctx context.Context, addr string, c *goredis.SentinelClient) vote {
	reply, err := c.GetMasterAddrByName(ctx, s.group).Result()
	switch {
	case errors.Is(err, goredis.Nil):
		err = configError("Master", fmt.Sprintf("the sentinel at %s knows no group %q; write the name that its configuration gives", addr, s.group))
	case err != nil:
		err = s.refusal(addr, err)
	case len(reply) == 2:
		return vote{addr: net.JoinHostPort(reply[0], reply[1]), from: c}
	default:
		err = fmt.Errorf("the sentinel at %s names no address", addr)
	}
	return vote{err: err}
}

// refusal makes a [*drivers.ConfigError] of an error that will be the same next time.
func (s *sentinels) refusal(addr string, err error) error {
	text := err.Error()
	reason, refused := loginError(text)
	switch {
	case s.secret(text):
		return fmt.Errorf("the answer of the sentinel at %s is not shown because it repeats the password", addr)
	case strings.Contains(text, "NOPERM"):
		return configError("SentinelUsername", addr+": "+reason)
	case refused:
		return configError("SentinelPassword", addr+": the sentinel refused the login; set SentinelUsername and SentinelPassword, which are not those of the servers")
	case strings.Contains(text, "unknown command"):
		return configError("Addrs", addr+": the server is no sentinel; list sentinels, or leave Master empty")
	}
	return fmt.Errorf("ask the sentinel at %s: %w", addr, err)
}

// noMaster returns the error for a question without a useful answer: a permanent one only if every
// sentinel refused.
func noMaster(failures []error) error {
	for _, err := range failures {
		if !drivers.Permanent(err) {
			return err
		}
	}
	return failures[0]
}
