package emit

import (
	"go/types"
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
	what := "value"
	if a.cache.Form == model.Limit {
		what = "limit"
	}
	a.comment(name + " identifies one " + what + " of " + a.cache.Name + ".")
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

// appendKeyFunc is the append func in the form that the runtime takes.
func (a *accessor) appendKeyFunc() jen.Code {
	name := jen.Id(a.cache.AppendFunc())
	switch {
	case len(a.parts) == 1 && a.cache.Fallible():
		return name
	case len(a.parts) == 1:
		return a.qual(keysPath, "Infallible").Call(name)
	}
	dst, k := jen.Id(a.dst), jen.Id(a.k)
	args := []jen.Code{dst}
	for _, p := range a.parts {
		args = append(args, k.Clone().Dot(p.Field))
	}
	if len(a.parts) == 0 {
		k = jen.Id("_")
	}
	result := []jen.Code{name.Call(args...)}
	if !a.cache.Fallible() {
		result = append(result, jen.Nil())
	}
	return jen.Func().Params(dst.Clone().Index().Byte(), k.Clone().Add(a.keyType())).Params(jen.Index().Byte(), jen.Error()).
		Block(jen.Return(result...))
}
