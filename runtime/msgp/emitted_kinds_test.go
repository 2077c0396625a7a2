package msgp_test

import (
	"bytes"
	"maps"
	"math/big"
	"net/netip"
	"slices"
	"time"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// Types of every other kind, with the code that a generator emits for them.

type (
	level  int8
	octet  uint8
	digest [4]octet
	blob   []byte

	kinds struct {
		Bool  bool
		Int   int
		I8    int8
		I16   int16
		I32   int32
		I64   int64
		Uint  uint
		U8    uint8
		U16   uint16
		U32   uint32
		U64   uint64
		F32   float32
		F64   float64
		Text  string
		Data  []byte
		Blob  blob
		Oct   []octet
		Hash  digest
		Level level
		Took  time.Duration
		At    time.Time
		Grid  [2][3]int
	}

	base struct {
		ID      int64
		Created time.Time
	}

	// order embeds a struct, leaves out what is empty and takes another name for a field.
	order struct {
		base
		Note   string    `msgpack:"note,omitempty"`
		Paid   time.Time `msgpack:",omitempty"`
		Tags   []string  `msgpack:",omitempty"`
		Base   base      `msgpack:"b,omitempty"` // never empty: its fields are always there
		Extra  extra     `msgpack:",omitempty"`
		Ref    *base     `msgpack:",omitempty"`
		Skip   func()    `msgpack:"-"`
		Number int       `msgpack:"n,alias:number"`
		hidden int
	}

	extra struct {
		//lint:ignore U1000 the library reads its tag
		_msgpack struct{} `msgpack:",omitempty"`
		A        int
		On       bool
	}

	tuple struct {
		//lint:ignore U1000 the library reads its tag
		_msgpack struct{} `msgpack:",as_array"`
		A        int64
		B        []byte
	}

	// node reaches itself in three ways.
	node struct {
		Value int
		Next  *node
		Kids  []node
		Named map[string]*node
	}

	pair[A, B any] struct {
		First  A
		Second B
	}

	// keyed has maps with keys of every class.
	keyed struct {
		ByInt   map[int64]variant
		ByLevel map[level]uint16
		ByPair  map[pair[int, string]]bool
		ByHash  map[[4]byte]*base
		ByAddr  map[netip.Addr]string
		Flags   map[string]bool
	}

	// opaque has fields that write themselves.
	opaque struct {
		Addr  netip.Addr
		Total big.Int
		Price *big.Int
		Raw   raw
		Meta  any
		More  map[string]any
	}

	// raw is msgpack that is carried as it is.
	raw struct{ b []byte }
)

func (v raw) MarshalMsgpack() ([]byte, error) {
	if v.b == nil {
		return []byte{0xC0}, nil
	}
	return v.b, nil
}

func (v *raw) UnmarshalMsgpack(b []byte) error {
	v.b = b
	return nil
}

var kindsFields = msgp.NewFields("Bool", "Int", "I8", "I16", "I32", "I64", "Uint", "U8", "U16", "U32", "U64", "F32", "F64",
	"Text", "Data", "Blob", "Oct", "Hash", "Level", "Took", "At", "Grid")

func appendKinds(b []byte, v *kinds) []byte {
	b = msgp.AppendBool(append(b, "\xde\x00\x16\xa4Bool"...), v.Bool)
	b = msgp.AppendInt(append(b, "\xa3Int"...), int64(v.Int))
	b = msgp.AppendInt8(append(b, "\xa2I8"...), v.I8)
	b = msgp.AppendInt16(append(b, "\xa3I16"...), v.I16)
	b = msgp.AppendInt32(append(b, "\xa3I32"...), v.I32)
	b = msgp.AppendInt64(append(b, "\xa3I64"...), v.I64)
	b = msgp.AppendUint(append(b, "\xa4Uint"...), uint64(v.Uint))
	b = msgp.AppendUint8(append(b, "\xa2U8"...), v.U8)
	b = msgp.AppendUint16(append(b, "\xa3U16"...), v.U16)
	b = msgp.AppendUint32(append(b, "\xa3U32"...), v.U32)
	b = msgp.AppendUint64(append(b, "\xa3U64"...), v.U64)
	b = msgp.AppendFloat32(append(b, "\xa3F32"...), v.F32)
	b = msgp.AppendFloat64(append(b, "\xa3F64"...), v.F64)
	b = msgp.AppendString(append(b, "\xa4Text"...), v.Text)
	b = msgp.AppendBytes(append(b, "\xa4Data"...), v.Data)
	b = msgp.AppendBytes(append(b, "\xa4Blob"...), v.Blob)
	b = msgp.AppendBytesOf(append(b, "\xa3Oct"...), v.Oct)
	b = msgp.AppendBytesOf(append(b, "\xa4Hash"...), v.Hash[:])
	b = msgp.AppendInt8(append(b, "\xa5Level"...), int8(v.Level))
	b = msgp.AppendInt64(append(b, "\xa4Took"...), int64(v.Took))
	b = msgp.AppendTime(append(b, "\xa2At"...), v.At)
	return appendInt3Array2Array(append(b, "\xa4Grid"...), &v.Grid)
}

func readKinds(r *msgp.Reader, v *kinds) {
	s := r.Struct(kindsFields)
	for s.Next(r) {
		switch s.Field() {
		case 0:
			v.Bool = r.Bool()
		case 1:
			v.Int = r.Int()
		case 2:
			v.I8 = r.Int8()
		case 3:
			v.I16 = r.Int16()
		case 4:
			v.I32 = r.Int32()
		case 5:
			v.I64 = r.Int64()
		case 6:
			v.Uint = r.Uint()
		case 7:
			v.U8 = r.Uint8()
		case 8:
			v.U16 = r.Uint16()
		case 9:
			v.U32 = r.Uint32()
		case 10:
			v.U64 = r.Uint64()
		case 11:
			v.F32 = r.Float32()
		case 12:
			v.F64 = r.Float64()
		case 13:
			v.Text = r.String()
		case 14:
			v.Data = r.Bytes()
		case 15:
			v.Blob = r.Bytes()
		case 16:
			v.Oct = msgp.BytesOf[octet](r)
		case 17:
			msgp.ReadArray(r, v.Hash[:])
		case 18:
			v.Level = level(r.Int8())
		case 19:
			v.Took = time.Duration(r.Int64())
		case 20:
			v.At = r.Time()
		case 21:
			readInt3Array2Array(r, &v.Grid)
		}
	}
}

func detachKinds(v *kinds) {
	v.Data = bytes.Clone(v.Data)
	v.Blob = bytes.Clone(v.Blob)
	v.Oct = slices.Clone(v.Oct)
}

func appendInt3Array2Array(b []byte, v *[2][3]int) []byte {
	b = append(b, 0x92)
	for i := range v {
		b = appendInt3Array(b, &v[i])
	}
	return b
}

func readInt3Array2Array(r *msgp.Reader, v *[2][3]int) {
	r.FixedArray(2)
	for i := range v {
		readInt3Array(r, &v[i])
	}
}

func appendInt3Array(b []byte, v *[3]int) []byte {
	b = append(b, 0x93)
	for _, e := range v {
		b = msgp.AppendInt(b, int64(e))
	}
	return b
}

func readInt3Array(r *msgp.Reader, v *[3]int) {
	r.FixedArray(3)
	for i := range v {
		v[i] = r.Int()
	}
}

var baseFields = msgp.NewFields("ID", "Created")

func appendBase(b []byte, v *base) []byte {
	b = msgp.AppendInt64(append(b, "\x82\xa2ID"...), v.ID)
	return msgp.AppendTime(append(b, "\xa7Created"...), v.Created)
}

func readBase(r *msgp.Reader, v *base) {
	s := r.Struct(baseFields)
	for s.Next(r) {
		switch s.Field() {
		case 0:
			v.ID = r.Int64()
		case 1:
			v.Created = r.Time()
		}
	}
}

func appendBasePtr(b []byte, v *base) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	return appendBase(b, v)
}

func readBasePtr(r *msgp.Reader) *base {
	if r.Nil() {
		return nil
	}
	v := new(base)
	readBase(r, v)
	return v
}

func cloneBasePtr(v *base) *base {
	if v == nil {
		return nil
	}
	c := *v
	return &c
}

var orderFields = msgp.NewFields("ID", "Created", "note,omitempty", "Paid,omitempty", "Tags,omitempty", "b,omitempty",
	"Extra,omitempty", "Ref,omitempty", "n")

func appendOrder(b []byte, v *order) []byte {
	n := 4
	if len(v.Note) != 0 {
		n++
	}
	if !v.Paid.IsZero() {
		n++
	}
	if len(v.Tags) != 0 {
		n++
	}
	if !emptyExtra(&v.Extra) {
		n++
	}
	if v.Ref != nil {
		n++
	}
	b = msgp.AppendMapHeader(b, n)
	b = msgp.AppendInt64(append(b, "\xa2ID"...), v.ID)
	b = msgp.AppendTime(append(b, "\xa7Created"...), v.Created)
	if len(v.Note) != 0 {
		b = msgp.AppendString(append(b, "\xa4note"...), v.Note)
	}
	if !v.Paid.IsZero() {
		b = msgp.AppendTime(append(b, "\xa4Paid"...), v.Paid)
	}
	if len(v.Tags) != 0 {
		b = appendStringSlice(append(b, "\xa4Tags"...), v.Tags)
	}
	b = appendBase(append(b, "\xa1b"...), &v.Base)
	if !emptyExtra(&v.Extra) {
		b = appendExtra(append(b, "\xa5Extra"...), &v.Extra)
	}
	if v.Ref != nil {
		b = appendBasePtr(append(b, "\xa3Ref"...), v.Ref)
	}
	return msgp.AppendInt(append(b, "\xa1n"...), int64(v.Number))
}

func readOrder(r *msgp.Reader, v *order) {
	s := r.Struct(orderFields)
	for s.Next(r) {
		switch s.Field() {
		case 0:
			v.ID = r.Int64()
		case 1:
			v.Created = r.Time()
		case 2:
			v.Note = r.String()
		case 3:
			v.Paid = r.Time()
		case 4:
			v.Tags = readStringSlice(r)
		case 5:
			readBase(r, &v.Base)
		case 6:
			readExtra(r, &v.Extra)
		case 7:
			v.Ref = readBasePtr(r)
		case 8:
			v.Number = r.Int()
		}
	}
}

// detachOrder begins with what is stored, since there are fields that are not.
func detachOrder(v *order) {
	*v = order{base: v.base, Note: v.Note, Paid: v.Paid, Tags: v.Tags, Base: v.Base, Extra: v.Extra, Ref: v.Ref, Number: v.Number}
	v.Tags = slices.Clone(v.Tags)
	v.Ref = cloneBasePtr(v.Ref)
}

var extraFields = msgp.NewFields("A,omitempty", "On,omitempty")

func appendExtra(b []byte, v *extra) []byte {
	n := 0
	if v.A != 0 {
		n++
	}
	if v.On {
		n++
	}
	b = msgp.AppendMapHeader(b, n)
	if v.A != 0 {
		b = msgp.AppendInt(append(b, "\xa1A"...), int64(v.A))
	}
	if v.On {
		b = msgp.AppendBool(append(b, "\xa2On"...), v.On)
	}
	return b
}

func emptyExtra(v *extra) bool { return v.A == 0 && !v.On }

func readExtra(r *msgp.Reader, v *extra) {
	s := r.Struct(extraFields)
	for s.Next(r) {
		switch s.Field() {
		case 0:
			v.A = r.Int()
		case 1:
			v.On = r.Bool()
		}
	}
}

func appendTuple(b []byte, v *tuple) []byte {
	b = msgp.AppendInt64(append(b, 0x92), v.A)
	return msgp.AppendBytes(b, v.B)
}

func readTuple(r *msgp.Reader, v *tuple) {
	r.FixedArray(2)
	v.A = r.Int64()
	v.B = r.Bytes()
}

func detachTuple(v *tuple) {
	v.B = bytes.Clone(v.B)
}

var nodeFields = msgp.NewFields("Value", "Next", "Kids", "Named")

func appendNode(b []byte, v *node, w *msgp.Walk) []byte {
	if !w.Enter("node") {
		return b
	}
	b = msgp.AppendInt(append(b, "\x84\xa5Value"...), int64(v.Value))
	b = appendNodePtr(append(b, "\xa4Next"...), v.Next, w)
	b = appendNodeSlice(append(b, "\xa4Kids"...), v.Kids, w)
	b = appendStringNodePtrMap(append(b, "\xa5Named"...), v.Named, w)
	w.Leave()
	return b
}

func readNode(r *msgp.Reader, v *node) {
	if !r.Enter() {
		return
	}
	s := r.Struct(nodeFields)
	for s.Next(r) {
		switch s.Field() {
		case 0:
			v.Value = r.Int()
		case 1:
			v.Next = readNodePtr(r)
		case 2:
			v.Kids = readNodeSlice(r)
		case 3:
			v.Named = readStringNodePtrMap(r)
		}
	}
	r.Leave()
}

func detachNode(v *node, w *msgp.Walk) {
	if !w.Enter("node") {
		return
	}
	v.Next = cloneNodePtr(v.Next, w)
	v.Kids = cloneNodeSlice(v.Kids, w)
	v.Named = cloneStringNodePtrMap(v.Named, w)
	w.Leave()
}

func appendNodePtr(b []byte, v *node, w *msgp.Walk) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	return appendNode(b, v, w)
}

func readNodePtr(r *msgp.Reader) *node {
	if r.Nil() {
		return nil
	}
	v := new(node)
	readNode(r, v)
	return v
}

func cloneNodePtr(v *node, w *msgp.Walk) *node {
	if v == nil {
		return nil
	}
	c := *v
	detachNode(&c, w)
	return &c
}

func appendNodeSlice(b []byte, v []node, w *msgp.Walk) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	b = msgp.AppendArrayHeader(b, len(v))
	for i := range v {
		b = appendNode(b, &v[i], w)
	}
	return b
}

func readNodeSlice(r *msgp.Reader) []node {
	if r.Nil() {
		return nil
	}
	v := make([]node, r.ArrayHeader(27))
	for i := range v {
		readNode(r, &v[i])
	}
	return v
}

func cloneNodeSlice(v []node, w *msgp.Walk) []node {
	v = slices.Clone(v)
	for i := range v {
		detachNode(&v[i], w)
	}
	return v
}

func appendStringNodePtrMap(b []byte, v map[string]*node, w *msgp.Walk) []byte {
	if v == nil {
		return msgp.AppendNil(b)
	}
	b = msgp.AppendMapHeader(b, len(v))
	for k, e := range v {
		b = msgp.AppendString(b, k)
		b = appendNodePtr(b, e, w)
	}
	return b
}

func readStringNodePtrMap(r *msgp.Reader) map[string]*node {
	if r.Nil() {
		return nil
	}
	n := r.MapHeader(2)
	v := make(map[string]*node, n)
	for range n {
		k := r.String()
		v[k] = readNodePtr(r)
	}
	r.Distinct(len(v), n)
	return v
}

func cloneStringNodePtrMap(v map[string]*node, w *msgp.Walk) map[string]*node {
	v = maps.Clone(v)
	for k, e := range v {
		v[k] = cloneNodePtr(e, w)
	}
	return v
}

var pairIntStringFields = msgp.NewFields("First", "Second")

func appendPairIntString(b []byte, v *pair[int, string]) []byte {
	b = msgp.AppendInt(append(b, "\x82\xa5First"...), int64(v.First))
	return msgp.AppendString(append(b, "\xa6Second"...), v.Second)
}

func readPairIntString(r *msgp.Reader, v *pair[int, string]) {
	s := r.Struct(pairIntStringFields)
	for s.Next(r) {
		switch s.Field() {
		case 0:
			v.First = r.Int()
		case 1:
			v.Second = r.String()
		}
	}
}
