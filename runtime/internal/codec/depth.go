package codec

import "reflect"

// shallow reports whether v is nested at most depth deep. The library would follow a value that
// refers to itself until the stack ends the process.
func (s *shape) shallow(v reflect.Value, depth int) bool {
	switch s.kind {
	case pointer:
		return v.IsNil() || s.elem.shallow(v.Elem(), depth)
	case list, array:
		return v.Len() == 0 || depth > 0 && s.shallowList(v, depth-1)
	case dict:
		return v.Len() == 0 || depth > 0 && s.shallowDict(v, depth-1)
	case record:
		return depth > 0 && s.shallowRecord(v, depth-1)
	}
	return true
}

func (s *shape) shallowList(v reflect.Value, depth int) bool {
	for i := range v.Len() {
		if !s.elem.shallow(v.Index(i), depth) {
			return false
		}
	}
	return true
}

func (s *shape) shallowDict(v reflect.Value, depth int) bool {
	for it := v.MapRange(); it.Next(); {
		if !s.elem.shallow(it.Value(), depth) {
			return false
		}
	}
	return true
}

func (s *shape) shallowRecord(v reflect.Value, depth int) bool {
	for _, f := range s.fields {
		if !f.shape.shallow(v.FieldByIndex(f.index), depth) {
			return false
		}
	}
	return true
}
