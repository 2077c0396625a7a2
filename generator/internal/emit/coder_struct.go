package emit

import (
	"encoding/binary"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/internal/shape"
)

// structFuncs adds what is declared for a struct: the description of its fields, the funcs that append
// and read it, and the one that tells whether all its fields would be left out.
func (c *coder) structFuncs(s *shape.Shape) {
	c.fieldsVar(s)
	if s.Counted {
		c.comment("min" + s.Name + " is how many bytes a value of type " + c.spell(s.Type).text + " takes at least.")
		c.add(jen.Const().Id("min"+s.Name).Op("=").Add(number(s.Min())), jen.Line())
	}
	c.appendFunc(s, c.appendFields(s)...)
	c.readFunc(s, c.bounded(s, c.r, c.readFields(s)...)...)
	if s.Emptied {
		c.add(jen.Func().Id("empty"+s.Name).Params(jen.Id(c.v).Add(c.param(s))).Bool().Block(c.emptyBody(s)...), jen.Line())
	}
}

// maxTags is how many bytes of tags stand on one line.
const maxTags = 90

// fieldsVar adds the variable that describes the fields of a struct that is written as a map.
func (c *coder) fieldsVar(s *shape.Shape) {
	if s.Tuple {
		return
	}
	lines := [][]jen.Code{nil}
	width := 0
	for _, f := range s.Fields {
		tag := f.Name
		if f.OmitEmpty {
			tag += ",omitempty"
		}
		if f.Alias != "" {
			tag += ",alias:" + f.Alias
		}
		if width += len(tag) + len(`"", `); width > maxTags {
			lines, width = append(lines, nil), 0
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], jen.Lit(tag))
	}
	list := jen.Options{Open: "(", Close: ")", Separator: ",", Multi: len(lines) > 1}
	c.add(jen.Var().Id(shape.FieldsVar(s.Name)).Op("=").Add(c.qual(msgpPath, "NewFields")).CustomFunc(list, func(g *jen.Group) {
		for _, line := range lines {
			g.List(line...)
		}
	}), jen.Line())
}

// appendFields appends the fields of a struct, one line for each.
func (c *coder) appendFields(s *shape.Shape) []jen.Code {
	prefix := mapHeader(len(s.Fields))
	if s.Tuple {
		prefix = arrayHeader(len(s.Fields))
	}
	body := c.absent(s, pointee(c.v))
	if counted := c.countFields(s); counted != nil {
		body, prefix = append(body, counted...), ""
	}
	for i, f := range s.Fields {
		key := prefix
		if prefix = ""; !s.Tuple {
			key += stringHeader(len(f.Name)) + f.Name
		}
		line := c.appendField(s, f, key)
		switch condition := c.present(s, f, pointee(c.v)); {
		case condition != nil:
			body = append(body, jen.If(condition).Block(jen.Id(c.b).Op("=").Add(line)))
		case c.isNeverWritten(s, f):
		case i == len(s.Fields)-1 && !s.Bounded():
			return append(body, jen.Return(line))
		default:
			body = append(body, jen.Id(c.b).Op("=").Add(line))
		}
	}
	if len(s.Fields) == 0 {
		return c.left(s, jen.Return(jen.Append(jen.Id(c.b), jen.Lit(prefix).Op("..."))))
	}
	return c.left(s, append(body, jen.Return(jen.Id(c.b)))...)
}

// left lets go of the depth that a bounded func has taken, before the last statement.
func (c *coder) left(s *shape.Shape, body ...jen.Code) []jen.Code {
	if !s.Bounded() {
		return body
	}
	last := len(body) - 1
	return append(body[:last:last], jen.Id(c.w).Dot("Leave").Call(), body[last])
}

func (c *coder) appendField(s *shape.Shape, f *shape.Field, key string) *jen.Statement {
	var dst jen.Code = jen.Id(c.b)
	if key != "" {
		dst = jen.Append(dst, jen.Lit(key).Op("..."))
	}
	return c.append(f.Shape, dst, pointee(c.v).dot(f.Path...), c.fieldPath(s, f))
}

// fieldPath is where a field stands, for errors.
func (c *coder) fieldPath(s *shape.Shape, f *shape.Field) jen.Code {
	text := c.spell(s.Type).text
	for _, name := range f.Path {
		text += "." + name
	}
	return jen.Lit(text + f.Shape.Steps())
}

// countFields counts the fields that are not left out, and writes how many there are. It is nil where
// all fields are written.
func (c *coder) countFields(s *shape.Shape) []jen.Code {
	var ifs []jen.Code
	always := len(s.Fields)
	for _, f := range s.Fields {
		condition := c.present(s, f, pointee(c.v))
		if condition == nil && !c.isNeverWritten(s, f) {
			continue
		}
		if always--; condition != nil {
			ifs = append(ifs, jen.If(condition).Block(jen.Id(c.n).Op("++")))
		}
	}
	if always == len(s.Fields) {
		return nil
	}
	body := append([]jen.Code{jen.Id(c.n).Op(":=").Add(number(always))}, ifs...)
	return append(body, jen.Id(c.b).Op("=").Add(c.qual(msgpPath, "AppendMapHeader")).Call(jen.Id(c.b), jen.Id(c.n)))
}

// readFields reads the fields of a struct, in whatever order they come; those of a tuple come in
// theirs.
func (c *coder) readFields(s *shape.Shape) []jen.Code {
	if s.Tuple {
		return c.readTuple(s)
	}
	return []jen.Code{
		jen.Id(c.s).Op(":=").Id(c.r).Dot("Struct").Call(jen.Id(shape.FieldsVar(s.Name))),
		jen.For(jen.Id(c.s).Dot("Next").Call(jen.Id(c.r))).Block(c.readNext(s)...),
	}
}

// readNext reads the value of a field whose name has been read.
func (c *coder) readNext(s *shape.Shape) (body []jen.Code) {
	if len(s.Fields) == 1 {
		return []jen.Code{c.readField(s.Fields[0])}
	}
	for i, f := range s.Fields {
		body = append(body, jen.Case(number(i)).Block(c.readField(f)))
	}
	if len(body) > 0 {
		body = []jen.Code{jen.Switch(jen.Id(c.s).Dot("Field").Call()).Block(body...)}
	}
	return body
}

func (c *coder) readTuple(s *shape.Shape) []jen.Code {
	body := []jen.Code{jen.Id(c.r).Dot("FixedArray").Call(number(len(s.Fields)))}
	for _, f := range s.Fields {
		body = append(body, c.readField(f))
	}
	return body
}

// bounded counts how deep a recursive type is nested, in what walker names.
func (c *coder) bounded(s *shape.Shape, walker string, body ...jen.Code) []jen.Code {
	if !s.Bounded() {
		return body
	}
	var args []jen.Code
	if walker == c.w {
		args = append(args, c.typePath(s))
	}
	enter := jen.If(jen.Op("!").Id(walker).Dot("Enter").Call(args...)).Block(jen.Return())
	return append(with(enter, body...), jen.Id(walker).Dot("Leave").Call())
}

// stringHeader, mapHeader and arrayHeader are what msgpack writes before that many bytes or values.
func stringHeader(n int) string { return header(n, 0xA0, 32, 0xD9, 0xDA) }
func mapHeader(n int) string    { return header(n, 0x80, 16, 0, 0xDE) }
func arrayHeader(n int) string  { return header(n, 0x90, 16, 0, 0xDC) }

// header writes a length: in the code fix if it is less than limit, else behind a code in one byte, if
// there is such a code, in two, or in four.
func header(n int, fix byte, limit int, one, two byte) string {
	switch {
	case n < limit:
		return string([]byte{fix | byte(n)})
	case n < 1<<8 && one != 0:
		return string([]byte{one, byte(n)})
	case n < 1<<16:
		return string(binary.BigEndian.AppendUint16([]byte{two}, uint16(n)))
	}
	return string(binary.BigEndian.AppendUint32([]byte{two + 1}, uint32(n)))
}
