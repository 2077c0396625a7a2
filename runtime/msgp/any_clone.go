package msgp

import (
	"bytes"
	"reflect"
)

// cloneAny copies what appendAny takes.
func cloneAny(v any, depth int) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case []byte:
		return bytes.Clone(v), nil
	}
	rv := reflect.ValueOf(v)
	if _, ok := lettersByType[rv.Type()]; ok {
		return v, nil
	}
	if _, ok := appendTypeCode(nil, rv.Type()); !ok {
		return nil, &UnsupportedError{Type: rv.Type().String()}
	}
	c := reflect.New(rv.Type()).Elem()
	if err := cloneInto(c, rv, depth); err != nil {
		return nil, err
	}
	return c.Interface(), nil
}

// cloneInto sets c to a copy of v, both of one type that an any may hold.
func cloneInto(c, v reflect.Value, depth int) error {
	switch {
	case v.Kind() == reflect.Interface:
		return cloneDynamic(c, v, depth)
	case !isTyped(v.Type()):
		c.Set(v)
		return nil
	case v.IsNil():
		return nil
	case depth == 0:
		return ErrDepth
	case v.Kind() == reflect.Slice:
		return cloneElements(c, v, depth-1)
	}
	return cloneEntries(c, v, depth-1)
}

func cloneDynamic(c, v reflect.Value, depth int) error {
	elem, err := cloneAny(v.Interface(), depth)
	if elem != nil {
		c.Set(reflect.ValueOf(elem))
	}
	return err
}

func cloneElements(c, v reflect.Value, depth int) error {
	c.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
	for i := range v.Len() {
		if err := cloneInto(c.Index(i), v.Index(i), depth); err != nil {
			return inIndex(err, i)
		}
	}
	return nil
}

func cloneEntries(c, v reflect.Value, depth int) error {
	c.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
	for it := v.MapRange(); it.Next(); {
		elem := reflect.New(v.Type().Elem()).Elem()
		if err := cloneInto(elem, it.Value(), depth); err != nil {
			return inKey(err, it.Key().String())
		}
		c.SetMapIndex(it.Key(), elem)
	}
	return nil
}
