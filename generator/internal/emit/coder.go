package emit

import (
	"go/types"
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/internal/model"
	"github.com/cachegen/cachegen/generator/internal/shape"
)

// A coder writes the codecs of a file: funcs that append, read and copy values. They have the same
// names for what they handle.
type coder struct {
	*file
	b, v, w, path, r, s, i, k, e, n, c, to, from string
}

func (f *file) newCoder() *coder {
	l := &locals{file: f, taken: map[string]bool{}}
	return &coder{
		file: f, b: l.pick("b"), v: l.pick("v"), w: l.pick("w"), path: l.pick("path"), r: l.pick("r"), s: l.pick("s"),
		i: l.pick("i"), k: l.pick("k"), e: l.pick("e"), n: l.pick("n"), c: l.pick("c"), to: l.pick("to"), from: l.pick("from"),
	}
}

// codecs adds the codecs of the package's values.
func (f *file) codecs() {
	c := f.newCoder()
	for _, codec := range f.pkg.Codecs {
		c.register(codec)
	}
	if slices.ContainsFunc(f.pkg.Shapes, f.isForeign) {
		f.add(jen.Comment("//lint:file-ignore SA1019 the fields of other packages' types are stored, deprecated or not"), jen.Line())
	}
	if len(f.pkg.Shapes) > 0 {
		f.comment("The funcs below append the values that the caches above store, as msgpack, read them, and make copies that share nothing with them.")
		f.add(jen.Line())
	}
	for _, s := range f.pkg.Shapes {
		c.funcs(s)
		c.end()
	}
}

// isForeign reports whether a struct is another package's.
func (f *file) isForeign(s *shape.Shape) bool {
	named, ok := s.Type.(*types.Named)
	return ok && s.Kind == shape.Struct && named.Obj().Pkg() != f.pkg.Types
}

// register adds the statement that hands a codec to the runtime.
func (c *coder) register(codec *model.Codec) {
	call := c.qual(runtimePath, "Register")
	if codec.Shape == nil {
		c.add(jen.Var().Id("_").Op("=").Add(call).Index(c.typ(codec.Value)).Call(), jen.Line())
		return
	}
	s := codec.Shape
	fields := []jen.Code{field(walking("Append", s.Fails), c.rootAppend(s)), field("Read", c.rootRead(s))}
	if !s.Plain() {
		fields = append(fields, field(walking("Clone", s.CopyFails), c.rootClone(s)))
	}
	if s.Positional {
		fields = append(fields, field("Positional", jen.True()))
	}
	c.add(jen.Var().Id("_").Op("=").Add(call).Call(
		c.qual(runtimePath, "Codec").Index(c.typ(codec.Value)).Custom(lines, fields...),
	), jen.Line())
}

// walking names the field of a Codec for a func, which has another one for those that can fail.
func walking(name string, fails bool) string {
	if fails {
		name += "Walk"
	}
	return name
}

// rootAppend, rootRead and rootClone are the funcs of a Codec: those that are declared for its type, if
// they are called as a Codec calls them.
func (c *coder) rootAppend(s *shape.Shape) jen.Code {
	if s.Name != "" && !s.InPlace() && len(c.walker(s, s.Fails)) < 2 {
		return jen.Id("append" + s.Name)
	}
	params := append([]jen.Code{jen.Id(c.b).Index().Byte(), jen.Id(c.v).Add(c.typ(s.Type))}, c.walkParam(s.Fails)...)
	return jen.Func().Params(params...).Index().Byte().Block(jen.Return(c.append(s, jen.Id(c.b), place(c.v), c.rootPath(s))))
}

func (c *coder) walkParam(fails bool) []jen.Code {
	if !fails {
		return nil
	}
	return []jen.Code{jen.Id(c.w).Op("*").Add(c.walk())}
}

func (c *coder) rootRead(s *shape.Shape) jen.Code {
	read := jen.Func().Params(c.reader())
	switch {
	case s.InPlace():
		return read.Params(jen.Id(c.v).Add(c.typ(s.Type))).Block(c.readInto(s, place(c.v)), jen.Return(jen.Id(c.v)))
	case s.Name != "":
		return jen.Id("read" + s.Name)
	}
	return read.Add(c.typ(s.Type)).Block(jen.Return(c.read(s)))
}

func (c *coder) rootClone(s *shape.Shape) jen.Code {
	if c.hasClone(s) && !s.InPlace() && len(c.walker(s, s.CopyFails)) < 2 {
		return jen.Id("clone" + s.Name)
	}
	var body []jen.Code
	clone := c.copied(s, place(c.v), c.rootPath(s))
	if s.InPlace() {
		body = []jen.Code{jen.Var().Id(c.c).Add(c.typ(s.Type)), c.copyInto(s, place(c.c), place(c.v), c.rootPath(s))}
		clone = jen.Id(c.c)
	}
	params := append([]jen.Code{jen.Id(c.v).Add(c.typ(s.Type))}, c.walkParam(s.CopyFails)...)
	return jen.Func().Params(params...).Add(c.typ(s.Type)).Block(append(body, jen.Return(clone))...)
}

// typePath is how the paths in errors begin, and rootPath one that leads through lists and maps.
func (c *coder) typePath(s *shape.Shape) jen.Code { return jen.Lit(c.spell(s.Type).text) }

// boundedPath is the typePath of the type whose depth the funcs for s count.
func (c *coder) boundedPath(s *shape.Shape) jen.Code {
	if s.Bounded() {
		return c.typePath(s)
	}
	return c.typePath(s.Elem)
}

func (c *coder) rootPath(s *shape.Shape) jen.Code {
	return jen.Lit(c.spell(s.Type).text + s.Steps())
}

func (c *coder) walk() *jen.Statement { return c.qual(msgpPath, "Walk") }

// reader is the parameter of funcs that read.
func (c *coder) reader() jen.Code { return jen.Id(c.r).Op("*").Add(c.qual(msgpPath, "Reader")) }

// walker are the parameters of funcs that append or copy values where that can fail, and walkArgs the
// arguments: what keeps the error, and where in a value they are.
func (c *coder) walker(s *shape.Shape, fails bool) []jen.Code {
	params := c.walkParam(fails)
	if fails && s.TakesPath() {
		params = append(params, jen.Id(c.path).String())
	}
	return params
}

func (c *coder) walkArgs(s *shape.Shape, fails bool, at jen.Code) []jen.Code {
	var args []jen.Code
	if fails {
		args = append(args, jen.Id(c.w))
		if s.TakesPath() {
			args = append(args, at)
		}
	}
	return args
}

// funcs adds what is declared for a type.
func (c *coder) funcs(s *shape.Shape) {
	switch {
	case s.Pointed:
		c.fieldsVar(s) // the rest is declared for the pointer
		return
	case s.Kind == shape.Struct:
		c.structFuncs(s)
	default:
		c.appendFunc(s, c.appendBody(s)...)
		c.readFunc(s, c.readBody(s)...)
	}
	c.copyFunc(s)
}

// appendFunc adds the func that appends values of a type, or of a struct or array that is pointed to.
func (c *coder) appendFunc(s *shape.Shape, body ...jen.Code) {
	if s.Bounded() {
		body = with(c.enterAppend(s), body...)
	}
	c.add(jen.Func().Id("append"+s.Name).Params(append([]jen.Code{jen.Id(c.b).Index().Byte(), jen.Id(c.v).Add(c.param(s))}, c.walker(s, s.Fails)...)...).
		Index().Byte().Block(body...), jen.Line())
}

// enterAppend counts how deep a value of a recursive type is nested.
func (c *coder) enterAppend(s *shape.Shape) jen.Code {
	return jen.If(jen.Op("!").Id(c.w).Dot("Enter").Call(c.typePath(s))).Block(jen.Return(jen.Id(c.b)))
}

// readFunc adds the func that reads a value of a type.
func (c *coder) readFunc(s *shape.Shape, body ...jen.Code) {
	f := jen.Func().Id("read" + s.Name)
	if s.InPlace() {
		f.Params(c.reader(), jen.Id(c.v).Add(c.param(s)))
	} else {
		f.Params(c.reader()).Add(c.typ(s.Type))
	}
	c.add(f.Block(body...), jen.Line())
}

// param is the type by which funcs take a value.
func (c *coder) param(s *shape.Shape) *jen.Statement {
	if s.InPlace() {
		return jen.Op("*").Add(c.typ(s.Type))
	}
	return c.typ(s.Type)
}

// An operand is an expression for a value, or for a pointer to one.
type operand struct {
	code    *jen.Statement
	pointer bool
}

// place is the variable of that name, and pointee what the variable points to.
func place(name string) operand   { return operand{jen.Id(name), false} }
func pointee(name string) operand { return operand{jen.Id(name), true} }

// dot selects a field.
func (o operand) dot(path ...string) operand {
	code := o.code.Clone()
	for _, name := range path {
		code.Dot(name)
	}
	return operand{code, false}
}

// index selects an element.
func (o operand) index(i string) operand { return operand{o.code.Clone().Index(jen.Id(i)), false} }

func (o operand) value() *jen.Statement {
	if o.pointer {
		return jen.Op("*").Add(o.code.Clone())
	}
	return o.code.Clone()
}

func (o operand) address() *jen.Statement {
	if o.pointer {
		return o.code.Clone()
	}
	return jen.Op("&").Add(o.code.Clone())
}

// slice is all of an array as a slice.
func (o operand) slice() *jen.Statement { return o.code.Clone().Index(jen.Op(":")) }

// sized names the methods and funcs for a basic type.
func sized(t types.Type) string {
	switch b := t.Underlying().(*types.Basic); b.Kind() {
	case types.Uint8:
		return "Uint8"
	case types.Int32:
		return "Int32"
	default:
		return upper(b.Name())
	}
}

func upper(name string) string { return string(name[0]-'a'+'A') + name[1:] }

func number(n int) jen.Code { return jen.Id(strconv.Itoa(n)) }
