package redis

import (
	"context"
	"slices"
	"strings"
	"sync"

	goredis "github.com/redis/go-redis/v9"
)

// maxPasses is how often a cluster is walked through whose slots move all the time. A key that moved
// from a node not yet walked to one walked already is found the second time.
const maxPasses = 3

// walk calls once, which walks through all servers, and calls it again if slots of a cluster moved
// meanwhile.
func (d *Driver) walk(ctx context.Context, op string, once func() error) error {
	before, err := d.layout(ctx, op)
	if err != nil {
		return err
	}
	for pass := 1; ; pass++ {
		if err := once(); err != nil || d.cluster == nil {
			return err
		}
		after, err := d.layout(ctx, op)
		if err != nil || pass == maxPasses || after == before && !strings.Contains(after, "[") {
			return err
		}
		before = after
	}
}

// layout returns what each master of a cluster says of its slots. One that is about to move stands
// there in brackets.
func (d *Driver) layout(ctx context.Context, op string) (string, error) {
	if d.cluster == nil {
		return "", nil
	}
	var mu sync.Mutex
	var own []string
	err := d.masters(ctx, op, func(ctx context.Context, server goredis.UniversalClient) error {
		text, err := server.ClusterNodes(ctx).Result()
		mu.Lock()
		defer mu.Unlock()
		own = append(own, slotsOf(text))
		return d.fail(ctx, op, err)
	})
	slices.Sort(own)
	return strings.Join(own, "\n"), err
}

// slotsOf returns the node and its slots from what a node says of the cluster. A line is: id,
// address, flags, master, two times, epoch, state of the link, and slots.
func slotsOf(nodes string) string {
	for line := range strings.SplitSeq(nodes, "\n") {
		if fields := strings.Fields(line); len(fields) > 8 && strings.Contains(fields[2], "myself") {
			return fields[0] + " " + strings.Join(fields[8:], " ")
		}
	}
	return ""
}
