package codec

import (
	"reflect"
	"sync"
	"time"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// byName holds the types that values of the untyped API may come back as: by name a *Type, or a
// reflect.Type whose Type is made when it is asked for.
var byName = builtin()

// byDigest holds the names of the types that have a generated codec, by their digests.
var byDigest sync.Map

// Register makes a type known to [ByName], in the whole process. Of several types of one name the
// last one registered is found.
func Register(t *Type) { byName.Store(t.name, t) }

// ByName returns the type registered under a name. The basic kinds, []byte, time.Time,
// time.Duration, and slices and string-keyed maps of any are registered from the start.
func ByName(name string) (*Type, bool) {
	switch t, _ := byName.Load(name); t := t.(type) {
	case *Type:
		return t, true
	case reflect.Type: // of generated code, not asked for yet
		typ, err := ForType(t)
		return typ, err == nil
	}
	return nil, false
}

// ByHeader returns the type of an envelope, as [ByName] does.
func ByHeader(h msgp.Header) (*Type, bool) { return ByName(NameIn(h)) }

func builtin() *sync.Map {
	m := new(sync.Map)
	for _, t := range []reflect.Type{
		reflect.TypeFor[bool](), reflect.TypeFor[string](), reflect.TypeFor[[]byte](),
		reflect.TypeFor[int](), reflect.TypeFor[int8](), reflect.TypeFor[int16](), reflect.TypeFor[int32](), reflect.TypeFor[int64](),
		reflect.TypeFor[uint](), reflect.TypeFor[uint8](), reflect.TypeFor[uint16](), reflect.TypeFor[uint32](), reflect.TypeFor[uint64](),
		reflect.TypeFor[float32](), reflect.TypeFor[float64](), reflect.TypeFor[time.Time](), reflect.TypeFor[time.Duration](),
		reflect.TypeFor[any](), reflect.TypeFor[[]any](), reflect.TypeFor[map[string]any](), reflect.TypeFor[[]map[string]any](),
		reflect.TypeFor[[]string](), reflect.TypeFor[map[string]string](),
	} {
		if typ, err := ForType(t); err == nil {
			m.Store(typ.name, typ)
		}
	}
	return m
}
