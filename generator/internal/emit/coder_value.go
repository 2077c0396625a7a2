package emit

import (
	"go/types"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/internal/shape"
)

// append is the call that appends a value to dst. at is where it stands, for errors.
func (c *coder) append(s *shape.Shape, dst jen.Code, x operand, at jen.Code) *jen.Statement {
	switch s.Kind {
	case shape.Bytes, shape.ByteArray:
		return c.appendBytes(s, dst, x)
	case shape.Time:
		return c.qual(msgpPath, "AppendTime").Call(dst, x.value())
	case shape.Any:
		return jen.Id(c.w).Dot("Any").Call(dst, at, x.value())
	case shape.Absent:
		return c.qual(msgpPath, "AppendNil").Call(dst)
	case shape.Bool, shape.Int, shape.Uint, shape.Float, shape.String:
		return c.appendBasic(s, dst, x)
	}
	switch {
	case s.Name == "":
		return c.appendOpaque(s, dst, x, at)
	case s.InPlace():
		return jen.Id("append" + s.Name).Call(append([]jen.Code{dst, x.address()}, c.walkArgs(s, s.Fails, at)...)...)
	}
	return jen.Id("append" + s.Name).Call(append([]jen.Code{dst, x.value()}, c.walkArgs(s, s.Fails, at)...)...)
}

// appendBasic appends a value of a basic type. The two integers whose width depends on the machine
// take the least room, the others that of their width.
func (c *coder) appendBasic(s *shape.Shape, dst jen.Code, x operand) *jen.Statement {
	to := types.Type(types.Typ[s.Type.Underlying().(*types.Basic).Kind()])
	switch to {
	case types.Typ[types.Int]:
		to = types.Typ[types.Int64]
	case types.Typ[types.Uint]:
		to = types.Typ[types.Uint64]
	}
	return c.qual(msgpPath, "Append"+sized(s.Type)).Call(dst, c.convert(x.value(), s.Type, to))
}

// appendBytes appends a slice or array of bytes, which may be of a named type.
func (c *coder) appendBytes(s *shape.Shape, dst jen.Code, x operand) *jen.Statement {
	name, value := "AppendBytes", x.value()
	if !hasPlainBytes(s) {
		name = "AppendBytesOf"
	}
	if s.Kind == shape.ByteArray {
		value = x.slice()
	}
	return c.qual(msgpPath, name).Call(dst, value)
}

func hasPlainBytes(s *shape.Shape) bool {
	return types.Identical(byteType(s), types.Typ[types.Byte])
}

// byteType is the type of the elements of Bytes or a ByteArray.
func byteType(s *shape.Shape) types.Type {
	return s.Type.Underlying().(interface{ Elem() types.Type }).Elem()
}

// appendOpaque appends what the type's own method makes of a value.
func (c *coder) appendOpaque(s *shape.Shape, dst jen.Code, x operand, at jen.Code) *jen.Statement {
	value := x.code.Clone()
	if s.Addressed {
		value = x.address()
	}
	return c.pairFunc(s, "Append").Call(dst, jen.Id(c.w), at, value)
}

// appendPresent appends an opaque value that can be nil and is not, or that a pointer leads to: it is not
// to come back as nil, even if all it marshals itself to is nothing.
func (c *coder) appendPresent(s *shape.Shape, x operand) *jen.Statement {
	appended := c.appendOpaque(s, jen.Id(c.b), x, jen.Id(c.path))
	if s.Pair == shape.Custom || s.Pair == shape.Msgpack {
		return appended
	}
	return c.qual(msgpPath, "NotNil").Call(jen.Len(jen.Id(c.b)), appended)
}

// pairFunc is the runtime's func for the pair of methods of an opaque type.
func (c *coder) pairFunc(s *shape.Shape, prefix string) *jen.Statement {
	if s.Pair == shape.Custom {
		return c.qual(vmPath, prefix+string(s.Pair))
	}
	return c.qual(msgpPath, prefix+string(s.Pair))
}

// readInto reads a value into x, which is zero.
func (c *coder) readInto(s *shape.Shape, x operand) jen.Code {
	r := jen.Id(c.r)
	switch {
	case !s.InPlace():
		return x.value().Op("=").Add(c.read(s))
	case s.Kind == shape.ByteArray:
		return c.qual(msgpPath, "ReadArray").Call(r, x.slice())
	case s.Kind == shape.Opaque:
		return c.readOpaque(s, x)
	}
	return jen.Id("read"+s.Name).Call(r, x.address())
}

func (c *coder) readOpaque(s *shape.Shape, x operand) jen.Code {
	if s.Pair == shape.Custom {
		return c.qual(vmPath, "ReadCustom").Call(jen.Id(c.r), x.address())
	}
	return jen.Id(c.r).Dot(string(s.Pair)).Call(x.address())
}

// read is the call that reads a value of a type that is not read in place.
func (c *coder) read(s *shape.Shape) *jen.Statement {
	r := jen.Id(c.r)
	switch s.Kind {
	case shape.Time:
		return r.Dot("Time").Call()
	case shape.Any:
		return r.Dot("Any").Call()
	case shape.Bytes:
		if hasPlainBytes(s) {
			return r.Dot("Bytes").Call()
		}
		return c.qual(msgpPath, "BytesOf").Index(c.typ(byteType(s))).Call(r)
	case shape.Bool, shape.Int, shape.Uint, shape.Float, shape.String:
		return c.convert(r.Dot(sized(s.Type)).Call(), types.Typ[s.Type.Underlying().(*types.Basic).Kind()], s.Type)
	}
	return jen.Id("read" + s.Name).Call(r)
}
