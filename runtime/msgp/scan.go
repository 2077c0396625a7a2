package msgp

import "encoding/binary"

// MaxDepth is how deep arrays and maps may be nested in a stored value.
const MaxDepth = 10_000

// Scan checks that b is exactly one well-formed msgpack value, nested at most maxDepth deep. It
// reads every byte of structure once, compares every length with the bytes left before anything
// could be allocated for it, and does not recurse: whatever passes cannot make a decoder allocate
// or recurse out of proportion. Errors are *[ScanError].
func Scan(b []byte, maxDepth int) error {
	n, reason := scan(b, maxDepth)
	switch {
	case reason != "":
		return &ScanError{n, reason}
	case n != len(b):
		return &ScanError{n, "bytes after the value"}
	}
	return nil
}

// Skip returns what follows the first value of b, which it checks as [Scan] does, with [MaxDepth].
func Skip(b []byte) (rest []byte, err error) {
	n, reason := scan(b, MaxDepth)
	if reason != "" {
		return nil, &ScanError{n, reason}
	}
	return b[n:], nil
}

// scan returns where the first value of b ends, or where and why it is not one. The stack holds how
// many values each open array or map still lacks.
func scan(b []byte, maxDepth int) (end int, reason string) {
	var fixed [32]int
	stack, left, pos := fixed[:0], 1, 0
	for {
		for left == 0 {
			if len(stack) == 0 {
				return pos, ""
			}
			left, stack = stack[len(stack)-1], stack[:len(stack)-1]
		}
		left--
		size, children, reason := token(b[pos:])
		if reason != "" {
			return pos, reason
		}
		pos += size
		if children == 0 {
			continue
		}
		if len(stack) >= maxDepth {
			return pos - size, reasonDepth
		}
		stack, left = append(stack, left), children
	}
}

const (
	reasonShort    = "the value ends too early"
	reasonReserved = "the reserved byte 0xc1"
	reasonDepth    = "nested too deeply"
)

// scanError returns the error of the read functions for a reason of scan.
func scanError(reason string) error {
	switch reason {
	case reasonShort:
		return ErrShort
	case reasonDepth:
		return ErrDepth
	}
	return ErrType
}

// token measures what stands at the start of b: how many bytes it takes, without the values in it,
// and how many values follow in it.
func token(b []byte) (size, children int, reason string) {
	if len(b) == 0 {
		return 0, 0, reasonShort
	}
	l := layouts[b[0]]
	if l.reserved {
		return 0, 0, reasonReserved
	}
	head := 1 + int(l.lengthBytes)
	if len(b) < head {
		return 0, 0, reasonShort
	}
	n := uint64(l.fixed) + bigEndian(b[1:head])
	left := uint64(len(b) - head)
	if l.perItem > 0 {
		if n > left/uint64(l.perItem) {
			return 0, 0, reasonShort
		}
		return head, int(n) * int(l.perItem), ""
	}
	if n += uint64(l.extra); n > left {
		return 0, 0, reasonShort
	}
	return head + int(n), 0, ""
}

// layout describes what follows a code byte.
type layout struct {
	lengthBytes uint8 // size of the length that follows the code
	fixed       uint8 // a length that the code itself holds
	extra       uint8 // bytes beyond the length: the type of an ext
	perItem     uint8 // values in an item of the length: 1 for arrays, 2 for maps, 0 for bytes
	reserved    bool
}

var layouts = makeLayouts()

func makeLayouts() (t [256]layout) {
	for i := range 16 {
		t[codeFixMap|i] = layout{fixed: uint8(i), perItem: 2}
		t[codeFixArray|i] = layout{fixed: uint8(i), perItem: 1}
	}
	for i := range 32 {
		t[codeFixStr|i] = layout{fixed: uint8(i)}
	}
	for i := range uint8(3) {
		t[codeBin8+i] = layout{lengthBytes: 1 << i}
		t[codeStr8+i] = layout{lengthBytes: 1 << i}
		t[codeExt8+i] = layout{lengthBytes: 1 << i, extra: 1}
	}
	for i := range uint8(4) {
		t[codeUint8+i] = layout{fixed: 1 << i}
		t[codeInt8+i] = layout{fixed: 1 << i}
	}
	for i := range uint8(5) {
		t[codeFixExt1+i] = layout{fixed: 1 << i, extra: 1}
	}
	for i := range uint8(2) {
		t[codeFloat32+i] = layout{fixed: 4 << i}
		t[codeArray16+i] = layout{lengthBytes: 2 << i, perItem: 1}
		t[codeMap16+i] = layout{lengthBytes: 2 << i, perItem: 2}
	}
	t[codeReserved] = layout{reserved: true}
	return t
}

func bigEndian(b []byte) uint64 {
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(binary.BigEndian.Uint16(b))
	case 4:
		return uint64(binary.BigEndian.Uint32(b))
	case 8:
		return binary.BigEndian.Uint64(b)
	}
	return 0
}
