package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/internal/shape"
)

// copyFunc adds the func that copies values of a type, if a plain copy is not enough: copyT for what
// is copied in place, cloneT for the others.
func (c *coder) copyFunc(s *shape.Shape) {
	switch {
	case s.Plain():
	case s.InPlace():
		params := append([]jen.Code{jen.List(jen.Id(c.to), jen.Id(c.from)).Add(c.param(s))}, c.walker(s, s.CopyFails)...)
		c.add(jen.Func().Id("copy"+s.Name).Params(params...).Block(c.bounded(s, c.w, c.copyBody(s)...)...), jen.Line())
	case c.hasClone(s):
		params := append([]jen.Code{jen.Id(c.v).Add(c.param(s))}, c.walker(s, s.CopyFails)...)
		c.add(jen.Func().Id("clone"+s.Name).Params(params...).Add(c.typ(s.Type)).Block(c.cloneBody(s)...), jen.Line())
	}
}

// hasClone reports whether values of a type that is not copied in place have a func that does it.
func (c *coder) hasClone(s *shape.Shape) bool { return s.Name != "" && !s.Plain() && !s.Shallow() }

// copyInto makes to, which is zero or a plain copy of from, a copy of from.
func (c *coder) copyInto(s *shape.Shape, to, from operand, at jen.Code) jen.Code {
	switch {
	case s.Plain() || !s.InPlace():
		return to.value().Op("=").Add(c.copied(s, from, at))
	case s.Kind == shape.Opaque:
		return c.pairFunc(s, "Copy").Call(jen.Id(c.w), at, to.address(), from.address())
	}
	return jen.Id("copy" + s.Name).Call(append([]jen.Code{to.address(), from.address()}, c.walkArgs(s, s.CopyFails, at)...)...)
}

// copied is a copy of a value that is not copied in place.
func (c *coder) copied(s *shape.Shape, from operand, at jen.Code) *jen.Statement {
	switch {
	case s.Plain():
		return from.value()
	case s.Kind == shape.Any:
		return jen.Id(c.w).Dot("CloneAny").Call(at, from.value())
	case c.hasClone(s):
		return jen.Id("clone" + s.Name).Call(append([]jen.Code{from.value()}, c.walkArgs(s, s.CopyFails, at)...)...)
	case s.Kind == shape.Map:
		return c.qual(msgpPath, "CloneMap").Call(from.value())
	}
	return c.qual(msgpPath, "CloneSlice").Call(from.value())
}

// copyBody copies a struct or an array.
func (c *coder) copyBody(s *shape.Shape) []jen.Code {
	if s.Kind == shape.Array {
		return []jen.Code{jen.For(jen.Id(c.i).Op(":=").Range().Id(c.from)).
			Block(c.copyInto(s.Elem, place(c.to).index(c.i), place(c.from).index(c.i), jen.Id(c.path)))}
	}
	return c.copyFields(s, pointee(c.to), pointee(c.from))
}

func (c *coder) copyFields(s *shape.Shape, to, from operand) []jen.Code {
	body := c.absent(s, from)
	if s.Whole() {
		body = append(body, to.value().Op("=").Add(from.value()))
	}
	for _, f := range s.Fields {
		if f.Shape.Kind != shape.Absent && (!s.Whole() || !f.Shape.Plain()) {
			body = append(body, c.copyInto(f.Shape, to.dot(f.Path...), from.dot(f.Path...), c.fieldPath(s, f)))
		}
	}
	return body
}

// cloneBody copies a pointer, slice, map, or an opaque value that may be nil.
func (c *coder) cloneBody(s *shape.Shape) []jen.Code {
	isNil := jen.If(jen.Id(c.v).Op("==").Nil()).Block(jen.Return(jen.Nil()))
	body := []jen.Code{isNil}
	at := jen.Id(c.path)
	switch s.Kind {
	case shape.Pointer:
		body = append(body, c.clonePointee(s)...)
	case shape.Slice:
		body = append(body, jen.Id(c.c).Op(":=").Make(c.typ(s.Type), jen.Len(jen.Id(c.v))),
			jen.For(jen.Id(c.i).Op(":=").Range().Id(c.v)).Block(c.copyInto(s.Elem, place(c.c).index(c.i), place(c.v).index(c.i), at)))
	case shape.Map:
		body = append(body, jen.Id(c.c).Op(":=").Make(c.typ(s.Type), jen.Len(jen.Id(c.v))),
			jen.For(jen.List(jen.Id(c.k), jen.Id(c.e)).Op(":=").Range().Id(c.v)).Block(c.cloneEntry(s)...))
	default:
		body = append(body, c.notNil(s, c.c), c.pairFunc(s, "Copy").Call(jen.Id(c.w), at, jen.Op("&").Id(c.c), jen.Op("&").Id(c.v)))
	}
	if boundedHere(s) {
		enter := jen.If(jen.Op("!").Id(c.w).Dot("Enter").Call(c.boundedPath(s))).Block(jen.Return(jen.Nil()))
		body = append(append([]jen.Code{isNil, enter}, body[1:]...), jen.Id(c.w).Dot("Leave").Call())
	}
	return append(body, jen.Return(jen.Id(c.c)))
}

func (c *coder) clonePointee(s *shape.Shape) []jen.Code {
	switch {
	case s.Elem.Plain():
		return []jen.Code{jen.Id(c.c).Op(":=").New(c.typ(s.Elem.Type)), jen.Op("*").Id(c.c).Op("=").Op("*").Id(c.v)}
	case s.Elem.Pointed:
		return with(jen.Id(c.c).Op(":=").New(c.typ(s.Elem.Type)), c.copyFields(s.Elem, pointee(c.c), pointee(c.v))...)
	}
	return []jen.Code{jen.Id(c.c).Op(":=").New(c.typ(s.Elem.Type)), c.copyInto(s.Elem, pointee(c.c), pointee(c.v), jen.Id(c.path))}
}

func (c *coder) cloneEntry(s *shape.Shape) []jen.Code {
	element := place(c.c).index(c.k)
	if !s.Elem.InPlace() {
		return []jen.Code{c.copyInto(s.Elem, element, place(c.e), jen.Id(c.path))}
	}
	return []jen.Code{
		jen.Var().Id(c.to).Add(c.typ(s.Elem.Type)),
		c.copyInto(s.Elem, place(c.to), place(c.e), jen.Id(c.path)),
		element.value().Op("=").Id(c.to),
	}
}
