package drivers

import (
	"bytes"
	"strconv"
)

// EnvelopeMagic begins every stored value that is not a plain number. It is the byte that msgpack
// never uses, so no value that another msgpack writer left behind is taken for ours.
const EnvelopeMagic = 0xC1

// NumberFlag is set in the second byte of an envelope whose payload is a number.
const NumberFlag = 0x01

// ParseNumber reads a stored number. A number is either what [AppendNumber] writes, or an envelope
// (its first byte is [EnvelopeMagic], its second has [NumberFlag] set) that ends in '=' and the
// decimal digits. Third-party drivers need it for Increment; a script language matches the same
// with a regular expression: ^-?[0-9]+$ and =(-?[0-9]+)$.
func ParseNumber(value []byte) (int64, error) {
	digits := value
	if len(value) > 1 && value[0] == EnvelopeMagic && value[1]&NumberFlag != 0 {
		digits = value[bytes.LastIndexByte(value, '=')+1:]
	}
	if len(digits) == 0 || len(digits) > 20 || digits[0] == '+' {
		return 0, ErrNotNumber
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err == nil {
		return n, nil
	}
	if _, err := strconv.ParseUint(string(digits), 10, 64); err == nil {
		return 0, ErrOverflow
	}
	return 0, ErrNotNumber
}

// AppendNumber appends n in the form in which counters are stored: decimal, without an envelope.
func AppendNumber(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

// AddNumber returns a+b, or [ErrOverflow].
func AddNumber(a, b int64) (int64, error) {
	sum := a + b
	if (sum > a) != (b > 0) && b != 0 {
		return 0, ErrOverflow
	}
	return sum, nil
}
