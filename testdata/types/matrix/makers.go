package matrix

import (
	"math/big"
	"math/rand/v2"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"regexp"
	"time"
)

// makers make values of types with unexported fields, and of those that accept some values only. No URL
// and no expression is empty: README.md says why.
var makers = map[reflect.Type]func(*rand.Rand) any{
	reflect.TypeFor[time.Time]():      func(r *rand.Rand) any { return pick(r, times) },
	reflect.TypeFor[big.Int]():        func(r *rand.Rand) any { return *new(big.Int).Mul(big.NewInt(r.Int64()), big.NewInt(-r.Int64())) },
	reflect.TypeFor[big.Rat]():        func(r *rand.Rand) any { return *big.NewRat(r.Int64(), 1+r.Int64N(1000)) },
	reflect.TypeFor[big.Float]():      func(r *rand.Rand) any { return *big.NewFloat(r.NormFloat64()) },
	reflect.TypeFor[url.URL]():        func(r *rand.Rand) any { return *must(url.Parse(pick(r, addresses))) },
	reflect.TypeFor[netip.Addr]():     func(r *rand.Rand) any { return pick(r, hosts) },
	reflect.TypeFor[netip.AddrPort](): func(r *rand.Rand) any { return netip.AddrPortFrom(pick(r, hosts[1:]), 8080) },
	reflect.TypeFor[netip.Prefix]():   func(r *rand.Rand) any { return netip.PrefixFrom(pick(r, hosts[1:3]), r.IntN(32)) },
	reflect.TypeFor[net.IP]():         func(r *rand.Rand) any { return pick(r, ips) },
	reflect.TypeFor[regexp.Regexp]():  func(r *rand.Rand) any { return *regexp.MustCompile(pick(r, []string{"a+", `^[a-z]+\.go$`})) },
}

var (
	times = []time.Time{
		{}, time.Unix(0, 0), time.Unix(1<<32, 1).UTC(), time.Date(1969, 12, 31, 23, 59, 59, 999999999, time.UTC),
		time.Date(2027, 1, 2, 3, 4, 5, 6, time.FixedZone("", 5400)), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
	}
	addresses = []string{"https://user:secret@example.com:8443/a%2Fb?q=1&q=2#top", "/relative", "mailto:a@example.com"}
	ips       = []net.IP{net.IPv4(192, 0, 2, 1), net.IPv4(192, 0, 2, 1).To4(), net.IPv6loopback}
	hosts     = []netip.Addr{{}, netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("fe80::1%eth0")}
)

// Make tells how values of T are made.
func Make[T any](maker func(*rand.Rand) T) {
	makers[reflect.TypeFor[T]()] = func(r *rand.Rand) any { return maker(r) }
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
