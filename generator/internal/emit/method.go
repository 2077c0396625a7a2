package emit

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/internal/model"
)

// A method is one emitted method. The doc is prose that goes on after the method's name.
type method struct {
	name    string
	doc     string
	params  []jen.Code
	results []jen.Code
	body    []jen.Code
}

func (a *accessor) method(m method) {
	a.comment(m.name + " " + m.doc)
	a.add(jen.Func().Params(a.receiver()).Id(m.name).
		Params(m.params...).Add(results(m.results)).Block(m.body...), jen.Line())
}

func (a *accessor) receiver() jen.Code { return jen.Id(a.c).Op("*").Id(a.cache.Name) }

// results puts several results in parentheses.
func results(all []jen.Code) *jen.Statement {
	if len(all) == 1 {
		return jen.Add(all[0])
	}
	return jen.Params(all...)
}

// inCall is a call of the runtime's method of that name.
func (a *accessor) inCall(name string, args ...jen.Code) *jen.Statement {
	return jen.Id(a.c).Dot("c").Dot(name).Call(args...)
}

// context is the parameter ctx.
func (a *accessor) context() jen.Code {
	return jen.Id(a.ctx).Add(a.qual(contextPath, "Context"))
}

// keyParams are the parameters that make the key, and allParams those of a loader; in lists of names
// with one type for each run of equal types.
func (a *accessor) keyParams() []jen.Code { return a.paramList(a.parts) }
func (a *accessor) allParams() []jen.Code { return a.paramList(a.cache.Params) }

func (a *accessor) paramList(params []*model.Param) []jen.Code {
	var list []jen.Code
	for i, p := range params {
		param := jen.Id(a.params[p])
		if i+1 == len(params) || !sameSpelling(p, params[i+1]) {
			param.Add(a.typ(p.Type))
		}
		list = append(list, param)
	}
	return list
}

// sameSpelling reports whether two neighbours in a parameter list may share one type.
func sameSpelling(p, next *model.Param) bool { return p.Type.String() == next.Type.String() }

// with puts codes behind a first one.
func with(first jen.Code, rest ...jen.Code) []jen.Code { return append([]jen.Code{first}, rest...) }

// keyArgs are the names of the parts, and allArgs those of all parameters.
func (a *accessor) keyArgs() []jen.Code { return a.argList(a.parts) }
func (a *accessor) allArgs() []jen.Code { return a.argList(a.cache.Params) }

func (a *accessor) argList(params []*model.Param) []jen.Code {
	var list []jen.Code
	for _, p := range params {
		list = append(list, jen.Id(a.params[p]))
	}
	return list
}

// keyValue is the parts as the runtime takes them: as one value.
func (a *accessor) keyValue() jen.Code {
	switch len(a.parts) {
	case 0:
		return jen.Struct().Values()
	case 1:
		return jen.Id(a.params[a.parts[0]])
	}
	return jen.Id(a.cache.KeyStruct()).Values(a.keyArgs()...)
}

// keyed is what goes on with a key, which Key makes; zero are the results, before the error, where it
// cannot.
func (a *accessor) keyed(zero []jen.Code, body func(key jen.Code) []jen.Code) []jen.Code {
	key := jen.Id(a.c).Dot("Key").Call(a.keyArgs()...)
	if !a.cache.Fallible() {
		return body(key)
	}
	return append([]jen.Code{
		jen.List(jen.Id(a.key), jen.Id(a.err)).Op(":=").Add(key),
		a.keyFailed(nil, zero),
	}, body(jen.Id(a.key))...)
}

// keyFailed returns if a key could not be made.
func (a *accessor) keyFailed(before jen.Code, zero []jen.Code) jen.Code {
	failed := jen.Return(append(slices.Clone(zero), a.inCall("KeyError", jen.Id(a.err)))...)
	return jen.If(jen.Id(a.err).Op("!=").Nil()).BlockFunc(func(g *jen.Group) {
		if before != nil {
			g.Add(before)
		}
		g.Add(failed)
	})
}

// asserted returns what a call of the runtime has as any, and its error.
func (a *accessor) asserted(t jen.Code, call jen.Code) []jen.Code {
	return []jen.Code{
		jen.List(jen.Id(a.x), jen.Id(a.err)).Op(":=").Add(call),
		a.assert(t),
		jen.Return(jen.Id(a.v), jen.Id(a.err)),
	}
}

// assert declares v as what x is.
func (a *accessor) assert(t jen.Code) jen.Code {
	return jen.List(jen.Id(a.v), jen.Id("_")).Op(":=").Id(a.x).Assert(t)
}
