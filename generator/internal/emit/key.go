package emit

import (
	"go/types"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/internal/model"
)

// declareKey adds what makes keys: the key struct, the append func, and the func that takes the
// parts from a value.
func (a *accessor) declareKey() {
	if len(a.parts) > 1 {
		a.declareKeyStruct()
	}
	if a.hasKeyOf() {
		a.declareKeyOf()
	}
	if a.cache.Escaped() {
		a.add(jen.Var().Id(a.cache.EscapesVar()).Op("=").Add(a.qual(keysPath, "NewEscapes")).
			Call(jen.Lit(a.cache.Pattern.Delimiters())), jen.Line())
	}
	a.declareAppend()
}

func (a *accessor) declareKeyStruct() {
	name := a.cache.KeyStruct()
	a.comment(name + " identifies one value of " + a.cache.Name + ".")
	a.add(jen.Type().Id(name).StructFunc(func(g *jen.Group) {
		for _, p := range a.parts {
			g.Id(p.Field).Add(a.typ(p.Type))
		}
	}), jen.Line())
}

// hasKeyOf reports whether the key can be taken from a value.
func (a *accessor) hasKeyOf() bool { return a.cache.Form == model.Struct && len(a.parts) > 0 }

// declareKeyOf adds the func that takes the parts from a value. It is safe for nil, of which the
// runtime refuses to store anything.
func (a *accessor) declareKeyOf() {
	k := a.k
	assign := jen.Id(k).Op("=").Add(a.partsOf())
	body := []jen.Code{jen.Return(a.partsOf())}
	result := a.keyType()
	if a.cache.Pointer {
		body = []jen.Code{jen.If(jen.Id(a.value).Op("!=").Nil()).Block(assign), jen.Return(jen.Id(k))}
		result = jen.Params(jen.Id(k).Add(a.keyType()))
	}
	a.add(jen.Func().Id(a.cache.KeyOfFunc()).Params(jen.Id(a.value).Add(a.valueType())).Add(result).Block(body...), jen.Line())
}

func (a *accessor) partsOf() *jen.Statement {
	var fields []jen.Code
	for _, p := range a.parts {
		fields = append(fields, jen.Id(a.value).Dot(strings.Join(p.Path, ".")))
	}
	if len(fields) == 1 {
		return jen.Add(fields[0])
	}
	return jen.Id(a.cache.KeyStruct()).Values(fields...)
}

// declareAppend adds the func that appends a key to a buffer.
func (a *accessor) declareAppend() {
	results := jen.Index().Byte()
	if a.cache.Fallible() {
		results = jen.Params(jen.Index().Byte(), jen.Error())
	}
	params := with(jen.Id(a.dst).Index().Byte(), a.keyParams()...)
	a.add(jen.Func().Id(a.cache.AppendFunc()).Params(params...).Add(results).Block(a.appendBody()...), jen.Line())
}

// appendBody appends the pieces one after the other, and returns with the last.
func (a *accessor) appendBody() []jen.Code {
	var body []jen.Code
	dst, pieces := jen.Id(a.dst), a.cache.Pieces
	checked := false
	for i, piece := range pieces {
		last, call := i == len(pieces)-1, a.appendPiece(piece)
		fallible := piece.Part != nil && piece.Part.Kind.Fallible()
		switch {
		case last && a.cache.Fallible() && !fallible:
			body = append(body, jen.Return(call, jen.Nil()))
		case last:
			body = append(body, jen.Return(call))
		case fallible:
			assign := ":="
			if checked {
				assign = "="
			}
			checked = true
			body = append(body, jen.List(dst.Clone(), jen.Id(a.err)).Op(assign).Add(call),
				jen.If(jen.Id(a.err).Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Id(a.err))))
		default:
			body = append(body, dst.Clone().Op("=").Add(call))
		}
	}
	return body
}

// appendPiece is the call that appends one literal or part.
func (a *accessor) appendPiece(piece model.Piece) *jen.Statement {
	dst := jen.Id(a.dst)
	if piece.Part == nil {
		return jen.Append(dst, jen.Lit(piece.Literal).Op("..."))
	}
	p := piece.Part
	arg, escapes := jen.Id(a.params[p]), jen.Id(a.cache.EscapesVar())
	switch p.Kind {
	case model.Int:
		return a.qual(keysPath, "AppendInt").Call(dst, a.convert(arg, p.Type, types.Typ[types.Int64]))
	case model.Uint:
		return a.qual(keysPath, "AppendUint").Call(dst, a.convert(arg, p.Type, types.Typ[types.Uint64]))
	case model.Bool:
		return a.qual(keysPath, "AppendBool").Call(dst, a.convert(arg, p.Type, types.Typ[types.Bool]))
	case model.String:
		return a.qual(keysPath, "AppendString").Call(dst, a.convert(arg, p.Type, types.Typ[types.String]), escapes)
	case model.Hex:
		return a.qual(keysPath, "AppendHex").Call(dst, arg.Index(jen.Op(":")))
	case model.Time:
		return a.qual(keysPath, "AppendTime").Call(dst, arg)
	case model.AppendText:
		return a.qual(keysPath, "AppendText").Call(dst, arg, escapes)
	default:
		return a.qual(keysPath, "AppendMarshalText").Call(dst, arg, escapes)
	}
}

// convert converts code from one type to another, if they differ.
func (a *accessor) convert(code *jen.Statement, from, to types.Type) *jen.Statement {
	if types.Identical(from, to) {
		return code
	}
	return a.typ(to).Call(code)
}

// appendKeyFunc is the append func in the form that the runtime takes.
func (a *accessor) appendKeyFunc() jen.Code {
	name := jen.Id(a.cache.AppendFunc())
	if len(a.parts) == 1 && a.cache.Fallible() {
		return name
	}
	dst, k := jen.Id("dst"), jen.Id("k")
	args := []jen.Code{dst}
	switch len(a.parts) {
	case 0:
		k = jen.Id("_")
	case 1:
		args = append(args, k)
	default:
		for _, p := range a.parts {
			args = append(args, k.Clone().Dot(p.Field))
		}
	}
	result := []jen.Code{name.Call(args...)}
	if !a.cache.Fallible() {
		result = append(result, jen.Nil())
	}
	return jen.Func().Params(dst.Clone().Index().Byte(), k.Clone().Add(a.keyType())).Params(jen.Index().Byte(), jen.Error()).
		Block(jen.Return(result...))
}

// methodKey adds Key.
func (a *accessor) methodKey() {
	call := jen.Id(a.cache.AppendFunc()).Call(with(jen.Nil(), a.keyArgs()...)...)
	m := method{
		name: "Key", doc: a.keyDoc(),
		params: a.keyParams(), results: []jen.Code{jen.String()},
		body: []jen.Code{jen.Return(jen.String().Call(call))},
	}
	if a.cache.Fallible() {
		m.doc += " It fails if a part has no text."
		m.results = append(m.results, jen.Error())
		m.body = []jen.Code{
			jen.List(jen.Id(a.key), jen.Id(a.err)).Op(":=").Add(call),
			jen.Return(jen.String().Call(jen.Id(a.key)), jen.Id(a.err)),
		}
	}
	a.method(m)
}

func (a *accessor) keyDoc() string {
	if len(a.parts) == 0 {
		return "returns the key, " + a.pattern() + "."
	}
	return "returns the key in full: " + a.pattern() + " with its parts filled in."
}

// methodParseKey adds ParseKey, unless a part cannot be read back.
func (a *accessor) methodParseKey() {
	if !a.cache.Parsable() {
		return
	}
	escapes := jen.Nil()
	if a.cache.Escaped() {
		escapes = jen.Id(a.cache.EscapesVar())
	}
	body := []jen.Code{jen.Id(a.r).Op(":=").Add(a.qual(keysPath, "NewReader")).Call(jen.Id(a.key), escapes)}
	for _, piece := range a.cache.Pieces {
		body = append(body, a.readPiece(piece))
	}
	a.method(method{
		name: "ParseKey", doc: a.parseDoc(),
		params: []jen.Code{jen.Id(a.key).String()}, results: []jen.Code{jen.Params(append(a.keyParams(), jen.Id(a.ok).Bool())...)},
		body: append(body, jen.Return(append(a.keyArgs(), jen.Id(a.r).Dot("Done").Call())...)),
	})
}

func (a *accessor) parseDoc() string {
	if len(a.parts) == 0 {
		return "reports whether key is " + a.pattern() + "."
	}
	return "takes a key that Key returned apart. For any other string, " + a.ok + " is false and the rest means nothing."
}

// readPiece reads one literal or part of a key.
func (a *accessor) readPiece(piece model.Piece) jen.Code {
	r := jen.Id(a.r)
	if piece.Part == nil {
		return r.Dot("Literal").Call(jen.Lit(piece.Literal))
	}
	p := piece.Part
	arg := jen.Id(a.params[p])
	assign := func(read *jen.Statement, from types.Type) jen.Code {
		return arg.Op("=").Add(a.convert(read, from, p.Type))
	}
	switch p.Kind {
	case model.Int:
		return assign(r.Dot("Int").Call(jen.Lit(bits(p.Type))), types.Typ[types.Int64])
	case model.Uint:
		return assign(r.Dot("Uint").Call(jen.Lit(bits(p.Type))), types.Typ[types.Uint64])
	case model.Bool:
		return assign(r.Dot("Bool").Call(), types.Typ[types.Bool])
	case model.String:
		return assign(r.Dot("String").Call(), types.Typ[types.String])
	case model.Hex:
		return r.Dot("Hex").Call(arg.Index(jen.Op(":")))
	case model.Time:
		return arg.Op("=").Add(r.Dot("Time").Call())
	default:
		return r.Dot("Text").Call(jen.Op("&").Add(arg))
	}
}

// bits is the size of an integer type, or 0 if that depends on the machine.
func bits(t types.Type) int {
	name := t.Underlying().(*types.Basic).Name()
	n, err := strconv.Atoi(strings.TrimLeft(name, "uint"))
	switch {
	case name == "byte":
		return 8
	case name == "rune":
		return 32
	case err != nil:
		return 0
	}
	return n
}
