package file

import (
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/cachegen/cachegen/runtime/drivers"
)

// state is what a shard remembers beyond its entries. It stands at the beginning of the file lock,
// and is written in place: a single write within a page is whole, whenever the process is killed. One
// that is missing or damaged, by a loss of power for instance, counts as zero.
type state struct {
	fence int64 // the number of the last grant of a lock
	ended int64 // how many locks were given back or ended, which their watchers look at
	epoch int64 // a lease of another epoch has ended; 0 if there never was one
}

// stateSize is three numbers and their checksum.
const stateSize = 3*8 + 4

func (s state) append(dst []byte) []byte {
	for _, n := range []int64{s.fence, s.ended, s.epoch} {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(n))
	}
	return binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst, castagnoli))
}

// readState reads what append has written. Anything else is the zero state.
func readState(file io.ReaderAt) (state, error) {
	var b [stateSize]byte
	if _, err := file.ReadAt(b[:], 0); err == io.EOF {
		return state{}, nil
	} else if err != nil {
		return state{}, err
	}
	numbers := b[:stateSize-4]
	if binary.LittleEndian.Uint32(b[len(numbers):]) != crc32.Checksum(numbers, castagnoli) {
		return state{}, nil
	}
	at := func(i int) int64 { return int64(binary.LittleEndian.Uint64(numbers[8*i:])) }
	return state{fence: at(0), ended: at(1), epoch: at(2)}, nil
}

// state returns what the shard remembers.
func (h *held) state() (state, error) { return readState(h.s.lock.file) }

// remember changes what the shard remembers.
func (h *held) remember(change func(s *state)) error {
	s, err := h.state()
	if err != nil {
		return err
	}
	change(&s)
	if err := h.d.step("state"); err != nil {
		return err
	}
	_, err = h.s.lock.file.WriteAt(s.append(nil), 0)
	return err
}

// nextFence returns the number of the next grant of a lock whose last known one is last. It is
// remembered for ever, for all locks of the shard together, before anybody gets it.
func (h *held) nextFence(last int64) (fence int64, err error) {
	err = h.remember(func(s *state) {
		s.fence = drivers.NextFence(max(s.fence, last), h.d.now())
		fence = s.fence
	})
	if err == nil && h.d.folder.sync {
		err = h.s.lock.file.Sync()
	}
	return fence, err
}

// epoch returns that of the leases of the shard, which it begins if there was none. Epochs follow the
// clock, as fences do, so that none comes back after a shard has lost its state.
func (h *held) epoch() (epoch int64, err error) {
	s, err := h.state()
	if err != nil || s.epoch != 0 {
		return s.epoch, err
	}
	return h.nextEpoch()
}

func (h *held) nextEpoch() (epoch int64, err error) {
	err = h.remember(func(s *state) {
		s.epoch = drivers.NextFence(s.epoch, h.d.now())
		epoch = s.epoch
	})
	return epoch, err
}

// endLeases ends all leases of the shard, by a new epoch.
func (h *held) endLeases() error {
	s, err := h.state()
	if err == nil && s.epoch != 0 {
		_, err = h.nextEpoch()
	}
	return err
}
