package drivertest

import (
	"testing"

	"github.com/cachegen/cachegen/runtime/drivers"
)

func (s *suite) pinger(t *testing.T) {
	d := s.driver(t)
	p, ok := d.Driver.(drivers.Pinger)
	if !ok {
		t.Skip("the driver is no Pinger")
	}
	if err := p.Ping(d.ctx); err != nil {
		t.Errorf("Ping: %v", err)
	}
}

// sizer: the size is a rough figure, so only its direction is tested.
func (s *suite) sizer(t *testing.T) {
	d := s.driver(t)
	z, ok := d.Driver.(drivers.Sizer)
	if !ok {
		t.Skip("the driver is no Sizer")
	}
	d.put("a", string(make([]byte, 1000)), 0)
	d.put("b", string(make([]byte, 1000)), 0)
	if entries, bytes := z.Size(); entries < 2 || bytes != 0 && bytes < 2000 {
		t.Errorf("Size = %d entries, %d bytes; want at least 2, and at least 2000 or no count at all", entries, bytes)
	}
	d.flush()
	if entries, _ := z.Size(); entries != 0 {
		t.Errorf("Size after Flush = %d entries; want 0", entries)
	}
}
