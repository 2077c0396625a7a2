package redistest

import (
	"strconv"
	"strings"
)

// Slot returns the slot of a stored key, as the cluster itself computes it.
func (c *Cluster) Slot(key string) int {
	c.tb.Helper()
	n, _ := c.nodes[0].do("CLUSTER", "KEYSLOT", key).(int64)
	return int(n)
}

// Move gives a slot, with the keys in it, from one master to another, in the steps of redis-cli:
// meanwhile some keys of the slot are here and some there. between is called after each step.
func (c *Cluster) Move(slot int, from, to *Server, between func()) {
	c.tb.Helper()
	n, source, target := strconv.Itoa(slot), from.nodeID(), to.nodeID()
	to.do("CLUSTER", "SETSLOT", n, "IMPORTING", source)
	from.do("CLUSTER", "SETSLOT", n, "MIGRATING", target)
	between()
	for c.moveSome(n, from, to) {
		between()
	}
	to.do("CLUSTER", "SETSLOT", n, "NODE", target)
	between()
	from.do("CLUSTER", "SETSLOT", n, "NODE", target)
}

// moveSome moves a few keys of the slot, and reports whether there may be more.
func (c *Cluster) moveSome(slot string, from, to *Server) bool {
	c.tb.Helper()
	keys, _ := from.do("CLUSTER", "GETKEYSINSLOT", slot, "10").([]any)
	if len(keys) == 0 {
		return false
	}
	args := []string{"MIGRATE", to.host, strconv.Itoa(to.port), "", "0", "10000", "REPLACE", "KEYS"}
	for _, k := range keys {
		key, _ := k.(string)
		args = append(args, key)
	}
	from.do(args...)
	return true
}

// Owns reports whether the node says that it serves the slot.
func (s *Server) Owns(slot int) bool {
	for line := range strings.SplitSeq(s.text("CLUSTER", "NODES"), "\n") {
		if strings.Contains(line, "myself") {
			return inRanges(slot, strings.Fields(line)[8:])
		}
	}
	return false
}

func inRanges(slot int, ranges []string) bool {
	for _, r := range ranges {
		first, last, isRange := strings.Cut(r, "-")
		if !isRange {
			last = first
		}
		low, err1 := strconv.Atoi(first)
		high, err2 := strconv.Atoi(last)
		if err1 == nil && err2 == nil && low <= slot && slot <= high {
			return true
		}
	}
	return false
}

func (s *Server) nodeID() string {
	s.tb.Helper()
	id, _ := s.do("CLUSTER", "MYID").(string)
	return id
}
