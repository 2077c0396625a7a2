package emit

import (
	"go/types"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/internal/shape"
)

// checkAbsent fails if a field is not nil that no store can hold, and that its author keeps out of what
// is written of its struct.
func (c *coder) checkAbsent(s *shape.Shape, f *shape.Field, v operand) jen.Code {
	what := types.TypeString(f.Shape.Type, (*types.Package).Name)
	return jen.If(v.dot(f.Path...).value().Op("!=").Nil()).Block(
		jen.Id(c.w).Dot("Fail").Call(c.fieldPath(s, f), c.qual(errorsPath, "New").Call(jen.Lit(what+" cannot be stored: leave the field nil"))),
	)
}

// absent returns the checks for all such fields.
func (c *coder) absent(s *shape.Shape, v operand) []jen.Code {
	var checks []jen.Code
	for _, f := range s.Fields {
		if f.Shape.Kind == shape.Absent {
			checks = append(checks, c.checkAbsent(s, f, v))
		}
	}
	return checks
}

// readField reads the value of a field. One of a type that cannot be stored has to be nil.
func (c *coder) readField(f *shape.Field) jen.Code {
	if f.Shape.Kind != shape.Absent {
		return c.readInto(f.Shape, pointee(c.v).dot(f.Path...))
	}
	notNil := jen.Op("!").Id(c.r).Dot("Nil").Call()
	return jen.If(notNil).Block(jen.Id(c.r).Dot("Fail").Call(jen.Id(c.r).Dot("Offset").Call(), c.qual(msgpPath, "ErrType")))
}
