package codec

import (
	"hash"
	"hash/fnv"
	"math"
	"strconv"
)

// fingerprint hashes a description of everything that decides how values are written. The hash is the
// high half; the low half is for a version. Where a shape
// was described already its number stands instead, so that recursion ends.
func fingerprint(f form, s *shape) uint64 {
	p := printer{h: fnv.New64a(), seen: map[*shape]int{}}
	p.write("form", strconv.Itoa(int(f)))
	if f == formMsgpack || f == formNumber {
		p.print(s)
	}
	return p.h.Sum64() &^ math.MaxUint32
}

type printer struct {
	h    hash.Hash64
	seen map[*shape]int
}

// write hashes words, each ended by a byte that no identifier holds.
func (p printer) write(words ...string) {
	for _, w := range words {
		p.h.Write([]byte(w))
		p.h.Write([]byte{0})
	}
}

func (p printer) print(s *shape) {
	if n, ok := p.seen[s]; ok {
		p.write("seen", strconv.Itoa(n))
		return
	}
	p.seen[s] = len(p.seen)
	switch s.kind {
	case scalar:
		p.write(s.typ.Kind().String())
	case instant:
		p.write("time")
	case opaque:
		p.write("opaque", strconv.Itoa(int(s.pair)), typeName(s.typ))
	case byteArray:
		p.write("bytes", strconv.Itoa(s.typ.Len()))
	case pointer, list:
		p.write(s.typ.Kind().String())
		p.print(s.elem)
	case array:
		p.write("array", strconv.Itoa(s.typ.Len()))
		p.print(s.elem)
	case dict:
		p.write("map")
		p.print(s.key)
		p.print(s.elem)
	case record:
		p.printRecord(s)
	}
}

func (p printer) printRecord(s *shape) {
	how := "struct"
	if s.asArray {
		how = "tuple"
	}
	p.write(how, strconv.Itoa(len(s.fields)))
	for _, f := range s.fields {
		p.write(f.name, strconv.FormatBool(f.omitEmpty))
		p.print(f.shape)
	}
}
