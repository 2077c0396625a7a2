package file

import (
	"context"
	"encoding/binary"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// Take implements [drivers.Limiter], among all processes that use the store, by the machine's wall
// clock: a step of it gives back that much more or less of what was taken.
func (d *Driver) Take(ctx context.Context, name string, rate drivers.Rate, n int64) (a drivers.Allowance, err error) {
	b, err := d.begin(ctx, 0)
	if err != nil {
		return a, d.fail("take", err)
	}
	p := d.usages.place(name)
	err = d.change(b, p, func(h *held) (err error) {
		a, err = h.take(p, rate, n)
		return err
	})
	if err != nil {
		return drivers.Allowance{}, d.fail("take", err)
	}
	return a, nil
}

// take needs no file for a usage that is over, so the file ends with it.
func (h *held) take(p place, rate drivers.Rate, n int64) (drivers.Allowance, error) {
	e, err := h.load(p)
	if err != nil {
		return drivers.Allowance{}, err
	}
	now := h.d.now()
	usage, a := rate.Take(parseUsage(e.value), now, n)
	if !a.OK {
		return a, nil
	}
	return a, h.write(p, entry{value: appendUsage(nil, usage), deadline: max(usage.Until, 1)})
}

// A usage is two numbers.
func appendUsage(dst []byte, u drivers.Usage) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(u.Until))
	return binary.LittleEndian.AppendUint64(dst, uint64(u.Count))
}

// parseUsage returns the zero usage if there is none in value.
func parseUsage(value []byte) drivers.Usage {
	if len(value) != 16 {
		return drivers.Usage{}
	}
	return drivers.Usage{
		Until: int64(binary.LittleEndian.Uint64(value)),
		Count: int64(binary.LittleEndian.Uint64(value[8:])),
	}
}
