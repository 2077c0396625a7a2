package msgp_test

import (
	"maps"
	"math/big"
	"net/netip"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// Maps with keys of every class, and values that write themselves.

var keyedFields = msgp.NewFields("ByInt", "ByLevel", "ByPair", "ByHash", "ByAddr", "Flags")

func appendKeyed(b []byte, v *keyed, w *msgp.Walk) []byte {
	b = appendInt64VariantMap(append(b, "\x86\xa5ByInt"...), v.ByInt)
	b = appendLevelUint16Map(append(b, "\xa7ByLevel"...), v.ByLevel)
	b = appendPairIntStringBoolMap(append(b, "\xa6ByPair"...), v.ByPair)
	b = appendByte4ArrayBasePtrMap(append(b, "\xa6ByHash"...), v.ByHash)
	b = appendAddrStringMap(append(b, "\xa6ByAddr"...), v.ByAddr, w)
	return appendStringBoolMap(append(b, "\xa5Flags"...), v.Flags)
}

func readKeyed(r *msgp.Reader, v *keyed) {
	s := r.Struct(keyedFields)
	for s.Next(r) {
		switch s.Field() {
		case 0:
			v.ByInt = readInt64VariantMap(r)
		case 1:
			v.ByLevel = readLevelUint16Map(r)
		case 2:
			v.ByPair = readPairIntStringBoolMap(r)
		case 3:
			v.ByHash = readByte4ArrayBasePtrMap(r)
		case 4:
			v.ByAddr = readAddrStringMap(r)
		case 5:
			v.Flags = readStringBoolMap(r)
		}
	}
}

func detachKeyed(v *keyed) {
	v.ByInt = maps.Clone(v.ByInt)
	v.ByLevel = maps.Clone(v.ByLevel)
	v.ByPair = maps.Clone(v.ByPair)
	v.ByHash = cloneByte4ArrayBasePtrMap(v.ByHash)
	v.ByAddr = maps.Clone(v.ByAddr)
	v.Flags = maps.Clone(v.Flags)
}

func appendInt64VariantMap(b []byte, v map[int64]variant) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	b = msgp.AppendMapHeader(b, len(v))
	for k, e := range v {
		b = msgp.AppendInt64(b, k)
		b = appendVariant(b, &e)
	}
	return b
}

func readInt64VariantMap(r *msgp.Reader) map[int64]variant {
	if r.Nil() {
		return nil
	}
	n := r.MapHeader(1 + minVariant)
	v := make(map[int64]variant, n)
	for range n {
		k := r.Int64()
		var e variant
		readVariant(r, &e)
		v[k] = e
	}
	r.Distinct(len(v), n)
	return v
}

func appendLevelUint16Map(b []byte, v map[level]uint16) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	b = msgp.AppendMapHeader(b, len(v))
	for k, e := range v {
		b = msgp.AppendInt8(b, int8(k))
		b = msgp.AppendUint16(b, e)
	}
	return b
}

func readLevelUint16Map(r *msgp.Reader) map[level]uint16 {
	if r.Nil() {
		return nil
	}
	n := r.MapHeader(2)
	v := make(map[level]uint16, n)
	for range n {
		k := level(r.Int8())
		v[k] = r.Uint16()
	}
	r.Distinct(len(v), n)
	return v
}

func appendPairIntStringBoolMap(b []byte, v map[pair[int, string]]bool) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	b = msgp.AppendMapHeader(b, len(v))
	for k, e := range v {
		b = appendPairIntString(b, &k)
		b = msgp.AppendBool(b, e)
	}
	return b
}

func readPairIntStringBoolMap(r *msgp.Reader) map[pair[int, string]]bool {
	if r.Nil() {
		return nil
	}
	n := r.MapHeader(17)
	v := make(map[pair[int, string]]bool, n)
	for range n {
		var k pair[int, string]
		readPairIntString(r, &k)
		v[k] = r.Bool()
	}
	r.Distinct(len(v), n)
	return v
}

func appendByte4ArrayBasePtrMap(b []byte, v map[[4]byte]*base) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	b = msgp.AppendMapHeader(b, len(v))
	for k, e := range v {
		b = msgp.AppendBytes(b, k[:])
		b = appendBasePtr(b, e)
	}
	return b
}

func readByte4ArrayBasePtrMap(r *msgp.Reader) map[[4]byte]*base {
	if r.Nil() {
		return nil
	}
	n := r.MapHeader(7)
	v := make(map[[4]byte]*base, n)
	for range n {
		var k [4]byte
		msgp.ReadArray(r, k[:])
		v[k] = readBasePtr(r)
	}
	r.Distinct(len(v), n)
	return v
}

func cloneByte4ArrayBasePtrMap(v map[[4]byte]*base) map[[4]byte]*base {
	v = maps.Clone(v)
	for k, e := range v {
		v[k] = cloneBasePtr(e)
	}
	return v
}

func appendAddrStringMap(b []byte, v map[netip.Addr]string, w *msgp.Walk) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	b = msgp.AppendMapHeader(b, len(v))
	for k, e := range v {
		b = msgp.AppendBinary(b, w, "keyed.ByAddr[key]", k)
		b = msgp.AppendString(b, e)
	}
	return b
}

func readAddrStringMap(r *msgp.Reader) map[netip.Addr]string {
	if r.Nil() {
		return nil
	}
	n := r.MapHeader(2)
	v := make(map[netip.Addr]string, n)
	for range n {
		var k netip.Addr
		r.Binary(&k)
		v[k] = r.String()
	}
	r.Distinct(len(v), n)
	return v
}

func appendStringBoolMap(b []byte, v map[string]bool) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	b = msgp.AppendMapHeader(b, len(v))
	for k, e := range v {
		b = msgp.AppendString(b, k)
		b = msgp.AppendBool(b, e)
	}
	return b
}

func readStringBoolMap(r *msgp.Reader) map[string]bool {
	if r.Nil() {
		return nil
	}
	n := r.MapHeader(2)
	v := make(map[string]bool, n)
	for range n {
		k := r.String()
		v[k] = r.Bool()
	}
	r.Distinct(len(v), n)
	return v
}

var opaqueFields = msgp.NewFields("Addr", "Total", "Price", "Raw", "Meta", "More")

func appendOpaque(b []byte, v *opaque, w *msgp.Walk) []byte {
	b = msgp.AppendBinary(append(b, "\x86\xa4Addr"...), w, "opaque.Addr", v.Addr)
	b = msgp.AppendText(append(b, "\xa5Total"...), w, "opaque.Total", &v.Total)
	b = appendIntPtr(append(b, "\xa5Price"...), v.Price, w)
	b = msgp.AppendMsgpack(append(b, "\xa3Raw"...), w, "opaque.Raw", v.Raw)
	b = w.Any(append(b, "\xa4Meta"...), "opaque.Meta", v.Meta)
	return appendStringAnyMap(append(b, "\xa4More"...), v.More, w)
}

func readOpaque(r *msgp.Reader, v *opaque) {
	s := r.Struct(opaqueFields)
	for s.Next(r) {
		switch s.Field() {
		case 0:
			r.Binary(&v.Addr)
		case 1:
			r.Text(&v.Total)
		case 2:
			v.Price = readIntPtr(r)
		case 3:
			r.Msgpack(&v.Raw)
		case 4:
			v.Meta = r.Any()
		case 5:
			v.More = readStringAnyMap(r)
		}
	}
}

func detachOpaque(v *opaque, w *msgp.Walk) {
	var total big.Int
	msgp.CopyText(w, "opaque.Total", &total, &v.Total)
	v.Total = total
	v.Price = cloneIntPtr(v.Price, w)
	var r raw
	msgp.CopyMsgpack(w, "opaque.Raw", &r, v.Raw)
	v.Raw = r
	v.Meta = w.CloneAny("opaque.Meta", v.Meta)
	v.More = cloneStringAnyMap(v.More, w)
}

func appendIntPtr(b []byte, v *big.Int, w *msgp.Walk) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	return msgp.NotNil(len(b), msgp.AppendText(b, w, "opaque.Price", v))
}

func readIntPtr(r *msgp.Reader) *big.Int {
	if r.Nil() {
		return nil
	}
	v := new(big.Int)
	r.Text(v)
	return v
}

func cloneIntPtr(v *big.Int, w *msgp.Walk) *big.Int {
	if v == nil {
		return nil
	}
	c := new(big.Int)
	msgp.CopyText(w, "opaque.Price", c, v)
	return c
}

func appendStringAnyMap(b []byte, v map[string]any, w *msgp.Walk) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	b = msgp.AppendMapHeader(b, len(v))
	for k, e := range v {
		b = msgp.AppendString(b, k)
		b = w.Any(b, "opaque.More[]", e)
	}
	return b
}

func readStringAnyMap(r *msgp.Reader) map[string]any {
	if r.Nil() {
		return nil
	}
	n := r.MapHeader(2)
	v := make(map[string]any, n)
	for range n {
		k := r.String()
		v[k] = r.Any()
	}
	r.Distinct(len(v), n)
	return v
}

func cloneStringAnyMap(v map[string]any, w *msgp.Walk) map[string]any {
	v = maps.Clone(v)
	for k, e := range v {
		v[k] = w.CloneAny("opaque.More[]", e)
	}
	return v
}
