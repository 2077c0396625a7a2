package emit

import (
	"go/types"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/internal/shape"
)

// appendBody appends a pointer, slice, array, map, or an opaque value that may be nil.
func (c *coder) appendBody(s *shape.Shape) []jen.Code {
	isNil := jen.If(jen.Id(c.v).Op("==").Nil()).Block(jen.Return(c.qual(msgpPath, "AppendNil").Call(jen.Id(c.b))))
	switch s.Kind {
	case shape.Array:
		header := jen.Id(c.b).Op("=").Append(jen.Id(c.b), jen.Lit(arrayHeader(int(s.Len()))).Op("..."))
		return c.left(s, header, c.appendElements(s), jen.Return(jen.Id(c.b)))
	case shape.Slice:
		return append([]jen.Code{isNil}, c.left(s, c.begin("AppendArrayHeader"), c.appendElements(s), jen.Return(jen.Id(c.b)))...)
	case shape.Map:
		return append([]jen.Code{isNil}, c.left(s, c.begin("AppendMapHeader"), c.appendEntries(s), jen.Return(jen.Id(c.b)))...)
	case shape.Pointer:
		return with(isNil, c.appendPointee(s.Elem)...)
	}
	return []jen.Code{isNil, jen.Return(c.appendPresent(s, place(c.v)))}
}

// appendPointee appends what a pointer points to. If that is opaque it may be nil and still has methods.
func (c *coder) appendPointee(s *shape.Shape) []jen.Code {
	switch {
	case s.Pointed && s.Bounded():
		return with(c.enterAppend(s), c.appendFields(s)...)
	case s.Pointed:
		return c.appendFields(s)
	case s.Kind == shape.Opaque:
		return []jen.Code{jen.Return(c.appendPresent(s, pointee(c.v)))}
	}
	return []jen.Code{jen.Return(c.append(s, jen.Id(c.b), pointee(c.v), jen.Id(c.path)))}
}

// notNil declares a variable for an opaque slice or map that is not nil. It stays so if the value
// marshals itself to nothing.
func (c *coder) notNil(s *shape.Shape, name string) jen.Code {
	if s.Pair == shape.Custom || s.Pair == shape.Msgpack {
		return jen.Var().Id(name).Add(c.typ(s.Type))
	}
	return jen.Id(name).Op(":=").Add(c.typ(s.Type)).Values()
}

func (c *coder) readPointee(s *shape.Shape) []jen.Code {
	switch {
	case s.Pointed:
		return c.readFields(s)
	case s.Kind == shape.Opaque:
		return []jen.Code{c.readOpaque(s, pointee(c.v))}
	}
	return []jen.Code{c.readInto(s, pointee(c.v))}
}

// begin writes how many values follow.
func (c *coder) begin(header string) jen.Code {
	return jen.Id(c.b).Op("=").Add(c.qual(msgpPath, header)).Call(jen.Id(c.b), jen.Len(jen.Id(c.v)))
}

func (c *coder) appendElements(s *shape.Shape) jen.Code {
	if s.Elem.InPlace() {
		return jen.For(jen.Id(c.i).Op(":=").Range().Id(c.v)).Block(c.appendMore(s.Elem, place(c.v).index(c.i)))
	}
	return jen.For(jen.List(jen.Id("_"), jen.Id(c.e)).Op(":=").Range().Id(c.v)).Block(c.appendMore(s.Elem, place(c.e)))
}

func (c *coder) appendEntries(s *shape.Shape) jen.Code {
	return jen.For(jen.List(jen.Id(c.k), jen.Id(c.e)).Op(":=").Range().Id(c.v)).
		Block(c.appendMore(s.Key, place(c.k)), c.appendMore(s.Elem, place(c.e)))
}

func (c *coder) appendMore(s *shape.Shape, x operand) jen.Code {
	return jen.Id(c.b).Op("=").Add(c.append(s, jen.Id(c.b), x, jen.Id(c.path)))
}

// readBody reads what appendBody appends.
func (c *coder) readBody(s *shape.Shape) []jen.Code {
	body := []jen.Code{jen.If(jen.Id(c.r).Dot("Nil").Call()).Block(jen.Return(jen.Nil()))}
	switch s.Kind {
	case shape.Array:
		return c.bounded(s, c.r, jen.Id(c.r).Dot("FixedArray").Call(number(int(s.Len()))), c.readElements(s))
	case shape.Slice:
		body = append(body, jen.Id(c.v).Op(":=").Make(c.typ(s.Type), jen.Id(c.r).Dot("ArrayHeader").Call(c.least(s.Elem))), c.readElements(s))
	case shape.Map:
		body = append(body, c.readEntries(s)...)
	case shape.Pointer:
		body = append(append(body, jen.Id(c.v).Op(":=").New(c.typ(s.Elem.Type))), c.readPointee(s.Elem)...)
	default:
		body = append(body, c.notNil(s, c.v), c.readOpaque(s, place(c.v)))
	}
	if boundedHere(s) {
		body[0] = jen.If(jen.Op("!").Id(c.r).Dot("EnterNilable").Call()).Block(jen.Return(jen.Nil()))
		body = append(body, jen.Id(c.r).Dot("Leave").Call())
	}
	return append(body, jen.Return(jen.Id(c.v)))
}

// boundedHere reports whether the funcs for s count how deep a recursive type is nested: if they do so for
// the type itself, or for the struct whose funcs they are.
func boundedHere(s *shape.Shape) bool {
	return s.Bounded() || s.Kind == shape.Pointer && s.Elem.Pointed && s.Elem.Bounded()
}

func (c *coder) readElements(s *shape.Shape) jen.Code {
	return jen.For(jen.Id(c.i).Op(":=").Range().Id(c.v)).Block(c.readInto(s.Elem, place(c.v).index(c.i)))
}

func (c *coder) readEntries(s *shape.Shape) []jen.Code {
	entry := c.readLocal(s.Key, c.k)
	element := place(c.v).index(c.k)
	if s.Elem.InPlace() {
		entry = append(append(entry, c.readLocal(s.Elem, c.e)...), element.value().Op("=").Id(c.e))
	} else {
		entry = append(entry, c.readInto(s.Elem, element))
	}
	return []jen.Code{
		jen.Id(c.n).Op(":=").Id(c.r).Dot("MapHeader").Call(c.leastPair(s)),
		jen.Id(c.v).Op(":=").Make(c.typ(s.Type), jen.Id(c.n)),
		jen.For(jen.Range().Id(c.n)).Block(entry...),
		jen.Id(c.r).Dot("Distinct").Call(jen.Len(jen.Id(c.v)), jen.Id(c.n)),
	}
}

// readLocal reads a value into a new variable.
func (c *coder) readLocal(s *shape.Shape, name string) []jen.Code {
	if s.InPlace() {
		return []jen.Code{jen.Var().Id(name).Add(c.typ(s.Type)), c.readInto(s, place(name))}
	}
	return []jen.Code{jen.Id(name).Op(":=").Add(c.read(s))}
}

// least is how many bytes an element takes at least, which bounds how many there can be.
func (c *coder) least(s *shape.Shape) jen.Code {
	if s.Kind == shape.Struct {
		return jen.Id("min" + s.Name)
	}
	return number(s.Min())
}

func (c *coder) leastPair(s *shape.Shape) jen.Code {
	if s.Elem.Kind == shape.Struct {
		return jen.Add(number(s.Key.Min())).Op("+").Add(c.least(s.Elem))
	}
	return number(s.Key.Min() + s.Elem.Min())
}

func isNilable(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map, *types.Interface:
		return true
	}
	return false
}
