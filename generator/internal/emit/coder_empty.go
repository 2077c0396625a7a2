package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/internal/shape"
)

// present is the condition under which a field is written, nil if there is none.
func (c *coder) present(s *shape.Shape, f *shape.Field, v operand) *jen.Statement {
	if s.Tuple || !f.OmitEmpty {
		return nil
	}
	return c.notEmpty(f, v.dot(f.Path...))
}

// notEmpty is the condition under which the value x of a field is not empty, nil if that is known.
func (c *coder) notEmpty(f *shape.Field, x operand) *jen.Statement {
	switch f.Shape.Empty() {
	case shape.EmptyIfZero:
		return c.presentUnlessZero(f.Shape, x)
	case shape.EmptyIfNil:
		return x.value().Op("!=").Nil()
	case shape.EmptyIfLen0:
		return jen.Len(x.value()).Op("!=").Lit(0)
	case shape.EmptyIf0:
		return x.value().Op("!=").Lit(0)
	case shape.EmptyUnless:
		return x.value()
	case shape.EmptyFields:
		return jen.Op("!").Id("empty" + f.Shape.Name).Call(x.address())
	}
	return nil
}

func (c *coder) presentUnlessZero(s *shape.Shape, x operand) *jen.Statement {
	notZero := jen.Op("!").Add(x.value()).Dot("IsZero").Call()
	if !isNilable(s.Type) {
		return notZero
	}
	return x.value().Op("!=").Nil().Op("&&").Add(notZero)
}

// isNeverWritten reports whether a field is left out whatever its value.
func (c *coder) isNeverWritten(s *shape.Shape, f *shape.Field) bool {
	return !s.Tuple && f.OmitEmpty && f.Shape.Empty() == shape.AlwaysEmpty
}

// emptyBody tells whether all fields of a struct, which are tagged omitempty, would be left out.
func (c *coder) emptyBody(s *shape.Shape) []jen.Code {
	var body []jen.Code
	for _, f := range s.Fields {
		if condition := c.notEmpty(f, pointee(c.v).dot(f.Path...)); condition != nil {
			body = append(body, jen.If(condition).Block(jen.Return(jen.False())))
		}
	}
	return append(body, jen.Return(jen.True()))
}
