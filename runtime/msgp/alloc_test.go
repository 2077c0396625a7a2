package msgp_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/msgp"
)

func TestAllocationsOfEmittedCode(t *testing.T) {
	u, p, f := sampleUser(), sampleProduct(), sampleFeed()
	userWire, productWire, feedWire := appendUser(nil, u), appendProduct(nil, p), appendFeed(nil, f)
	buf := make([]byte, 0, 2*len(feedWire))
	for name, run := range map[string]struct {
		most float64
		f    func()
	}{
		"append user":    {0, func() { appendUser(buf, u) }},
		"append product": {0, func() { appendProduct(buf, p) }},
		"append feed":    {0, func() { appendFeed(buf, f) }},
		"user":           {5, func() { _, _ = decodeUser(userWire, true) }}, // user, roles, two of the map, address
		"user, copied":   {6, func() { _, _ = decodeUser(userWire, false) }},
		"product":        {2, func() { _, _ = decodeProduct(productWire, true) }},
		"feed":           {1, func() { _, _ = decodeFeed(feedWire, true) }},
		"feed, copied":   {2, func() { _, _ = decodeFeed(feedWire, false) }},
		"indirectly":     {1, func() { _, _ = msgp.Read(feedWire, true, readFeed) }},
		"clone user":     {5, func() { cloneUserPtr(u) }},
	} {
		require.LessOrEqual(t, testing.AllocsPerRun(100, run.f), run.most, name)
	}
}

func TestScalarsAppendInPlace(t *testing.T) {
	v := zoo()[3].value.(*kinds)
	buf := make([]byte, 0, 1024)
	require.Zero(t, testing.AllocsPerRun(100, func() { appendKinds(buf, v) }))
	deep := &node{Kids: make([]node, 3)}
	require.Zero(t, testing.AllocsPerRun(100, func() {
		var w msgp.Walk
		appendNode(buf, deep, &w)
	}))
}
