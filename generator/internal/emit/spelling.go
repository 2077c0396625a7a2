package emit

import (
	"go/types"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/internal/model"
)

// methodKey adds Key. The key is made in a buffer on the stack, so that the string has its own size.
func (a *accessor) methodKey() {
	call := jen.Id(a.cache.AppendFunc()).Call(with(jen.Id(a.b).Index(jen.Empty(), jen.Lit(0)), a.keyArgs()...)...)
	m := method{
		name: "Key", doc: a.keyDoc(),
		params: a.keyParams(), results: []jen.Code{jen.String()},
		body: []jen.Code{a.buffer(), jen.Return(jen.String().Call(call))},
	}
	if a.cache.Fallible() {
		m.doc += " It fails if a part has no text."
		m.results = append(m.results, jen.Error())
		m.body = []jen.Code{
			a.buffer(),
			jen.List(jen.Id(a.key), jen.Id(a.err)).Op(":=").Add(call),
			jen.Return(jen.String().Call(jen.Id(a.key)), jen.Id(a.err)),
		}
	}
	a.method(m)
}

// buffer declares a buffer for a key.
func (a *accessor) buffer() jen.Code { return jen.Var().Id(a.b).Index(jen.Lit(64)).Byte() }

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
	a.method(method{
		name: "ParseKey", doc: a.parseDoc(),
		params: []jen.Code{jen.Id(a.key).String()}, results: []jen.Code{jen.Params(append(a.keyParams(), jen.Id(a.ok).Bool())...)},
		body: append(a.readKey(), jen.Return(append(a.keyArgs(), jen.Id(a.r).Dot("Done").Call())...)),
	})
}

// readKey reads a key into the variables of its parts.
func (a *accessor) readKey() []jen.Code {
	escapes := jen.Nil()
	if a.cache.Escaped() {
		escapes = jen.Id(a.cache.EscapesVar())
	}
	body := []jen.Code{jen.Id(a.r).Op(":=").Add(a.qual(keysPath, "NewReader")).Call(jen.Id(a.key), escapes)}
	for _, piece := range a.cache.Pieces {
		body = append(body, a.readPiece(piece))
	}
	return body
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
