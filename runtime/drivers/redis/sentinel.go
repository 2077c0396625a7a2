package redis

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// watchInterval is how often the sentinels are asked whether the master has been replaced. A
// connection to a replaced master usually breaks by itself; one to a master that lost touch with
// the sentinels does not.
const watchInterval = time.Second

// sentinels finds the master of a group. All sentinels are asked at once and the answer of most
// counts, so that neither one that hangs nor one that lost touch with the others leads astray.
// (The client's own support for sentinels waits for the slowest when it first connects, and stays
// with one that hangs.)
type sentinels struct {
	group   string
	addrs   []string // those that were configured
	timeout time.Duration
	connect func(addr string) *goredis.SentinelClient
	secret  func(text string) bool
	stop    context.CancelFunc
	stopped chan struct{}

	mu      sync.Mutex
	closed  bool
	clients map[string]*goredis.SentinelClient // by address
	asking  *question                          // nil if none is under way
	conns   map[*masterConn]struct{}           // the open connections to servers
}

// watch returns the sentinels of o, which are asked every [watchInterval] until they are closed.
func watch(o Options) *sentinels {
	ctx, cancel := context.WithCancel(context.Background())
	s := &sentinels{
		group:   o.Master,
		addrs:   o.Addrs,
		timeout: o.Timeout,
		connect: func(addr string) *goredis.SentinelClient { return goredis.NewSentinelClient(o.sentinelClient(addr)) },
		secret:  o.isSecret,
		stop:    cancel,
		stopped: make(chan struct{}),
		clients: map[string]*goredis.SentinelClient{},
		conns:   map[*masterConn]struct{}{},
	}
	s.know(nil)
	go s.run(ctx)
	return s
}

func (s *sentinels) run(ctx context.Context) {
	defer close(s.stopped)
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.look(ctx)
		}
	}
}

// look asks for the master, closes the connections to any other server, and learns of new
// sentinels. What fails is tried again next time.
func (s *sentinels) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	q := s.ask(ctx)
	if q.err != nil {
		return
	}
	if q.agreed {
		s.retire(q.addr)
	}
	others, err := q.from.Sentinels(ctx, s.group).Result()
	if err != nil {
		return
	}
	var addrs []string
	for _, other := range others {
		if other["ip"] != "" && other["port"] != "" {
			addrs = append(addrs, net.JoinHostPort(other["ip"], other["port"]))
		}
	}
	s.know(addrs)
}

// know sets which sentinels are asked: the configured ones and those that they know of.
func (s *sentinels) know(others []string) {
	all := append(slices.Clone(s.addrs), others...)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	for addr, c := range s.clients {
		if !slices.Contains(all, addr) {
			_ = c.Close() // it is asked no more
			delete(s.clients, addr)
		}
	}
	for _, addr := range all {
		if s.clients[addr] == nil {
			s.clients[addr] = s.connect(addr)
		}
	}
}

// sentinelClient returns the options of a client of one sentinel.
func (o Options) sentinelClient(addr string) *goredis.Options {
	o.Username, o.Password, o.Database, o.Connections = o.SentinelUsername, o.SentinelPassword, 0, 2
	return o.client(addr, nil)
}

// close ends the watch and the connections to the sentinels.
func (s *sentinels) close() {
	s.stop()
	s.mu.Lock()
	s.closed = true
	for _, c := range s.clients {
		_ = c.Close() // nothing is stored there
	}
	s.mu.Unlock()
	<-s.stopped
}

// dialer returns a dialer that connects to the master, wherever it is.
func (s *sentinels) dialer(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		q := s.ask(ctx)
		if q.err != nil {
			return nil, q.err
		}
		conn, err := dial(ctx, network, q.addr)
		if err != nil {
			return nil, err
		}
		return s.keep(conn, q.addr), nil
	}
}

// isMaster refuses a new connection to a server that has become a replica, or is not a master yet:
// what it would answer may be out of date.
func isMaster(ctx context.Context, conn *goredis.Conn) error {
	role, err := hello(ctx, conn.Do, "role")
	if err == nil && role != roleMaster && role != "" {
		return errors.New("the server that the sentinels name is a replica; try again when they have agreed on a master")
	}
	return err
}
