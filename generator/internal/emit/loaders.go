package emit

import (
	"github.com/dave/jennifer/jen"
)

// loadMethods adds the methods that call a loader.
func (a *accessor) loadMethods() {
	found := "returns the value stored under " + a.pattern() + ". If there is none, " + a.fn + " loads it, once for all callers that wait for it, and it is stored"
	a.load("Remember", found+a.lifetime()+".", jen.False(), false)
	a.load("RememberE", found+a.lifetime()+". An error of "+a.fn+" is returned, and nothing is stored.", jen.False(), true)
	a.load("RememberForever", found+" without an end.", jen.True(), false)
	a.load("RememberForeverE", found+" without an end. An error of "+a.fn+" is returned, and nothing is stored.", jen.True(), true)
	a.declareRemember()
	a.methodRefresh()
	a.methodWrap()
	if a.cache.Adapts() {
		a.declareLoader()
	}
}

// load adds one of the Remember methods.
func (a *accessor) load(name, doc string, forever jen.Code, fails bool) {
	a.method(method{
		name: name, doc: doc,
		params: a.loadParams(fails), results: []jen.Code{a.valueType(), jen.Error()},
		body: []jen.Code{jen.Return(a.remember(forever))},
	})
}

func (a *accessor) remember(forever jen.Code) jen.Code {
	args := append(with(jen.Id(a.ctx), jen.Id(a.c)), a.allArgs()...)
	return jen.Id(a.cache.RememberFunc()).Call(append(args, forever, jen.Id(a.fn))...)
}

func (a *accessor) loadParams(fails bool) []jen.Code {
	return append(with(a.context(), a.allParams()...), jen.Id(a.fn).Add(a.loaderType(fails)))
}

// loaderType is the type of the loader that users write.
func (a *accessor) loaderType(fails bool) *jen.Statement {
	f := jen.Func().Params(with(a.context(), a.allParams()...)...)
	if fails {
		return f.Params(a.valueType(), jen.Error())
	}
	return f.Add(a.valueType())
}

// declareRemember adds the func that the Remember methods share; the compiler describes every method, and
// its type, to package reflect. The key is made in a buffer on the stack; what else a load needs is not
// made before it is known that there is to be one.
func (a *accessor) declareRemember() {
	params := append(with(a.context(), a.receiver()), a.allParams()...)
	params = append(params, jen.Id(a.forever).Bool(), jen.Id(a.fn).Any())
	body, key := a.stackKey(jen.Id(a.v))
	if !a.cache.Fallible() {
		body = append(body, jen.Var().Id(a.err).Error())
	}
	body = append(body,
		jen.List(jen.Id(a.x), jen.Id(a.miss)).Op(":=").Add(a.inCall("Look", jen.Id(a.ctx), key, jen.Id(a.fn))),
		jen.If(jen.Id(a.miss).Op("!=").Nil()).Block(
			jen.List(jen.Id(a.x), jen.Id(a.err)).Op("=").Id(a.miss).Dot("Load").Call(jen.Id(a.ctx), jen.Id(a.forever), a.loaderKey(), jen.Id(a.fn)),
		),
		a.assert(a.valueType()),
		jen.Return(jen.Id(a.v), jen.Id(a.err)),
	)
	name := a.cache.RememberFunc()
	a.comment(name + " is the Remember methods: " + a.fn + " is a loader of one of them.")
	a.add(jen.Func().Id(name).Params(params...).Params(a.valueType(), jen.Error()).Block(body...), jen.Line())
}

func (a *accessor) methodRefresh() {
	a.method(method{
		name: "Refresh", doc: "loads the value by " + a.fn + ", whether one is stored or not, and stores it under " + a.pattern() + a.lifetime() + ".",
		params: a.loadParams(true), results: []jen.Code{a.valueType(), jen.Error()},
		body: a.refreshBody(),
	})
}

func (a *accessor) refreshBody() []jen.Code {
	call := func(key jen.Code) *jen.Statement {
		return a.inCall("Refresh", jen.Id(a.ctx), key, a.loaderKey(), jen.Id(a.fn))
	}
	key := jen.Id(a.c).Dot("Key").Call(a.keyArgs()...)
	if !a.cache.Fallible() {
		return a.asserted(a.valueType(), call(key))
	}
	return append([]jen.Code{
		jen.List(jen.Id(a.key), jen.Id(a.err)).Op(":=").Add(key),
		a.keyFailed(jen.Var().Id(a.v).Add(a.valueType()), []jen.Code{jen.Id(a.v)}),
	}, a.asserted(a.valueType(), call(jen.Id(a.key)))...)
}

// methodWrap adds Wrap.
func (a *accessor) methodWrap() {
	a.method(method{
		name: "Wrap", doc: "returns " + a.fn + " with the cache before it: what RememberE does, under the loader's own signature.",
		params:  []jen.Code{jen.Id(a.fn).Add(a.loaderType(true))},
		results: []jen.Code{a.loaderType(true)},
		body:    []jen.Code{jen.Return(a.loaderType(true).Block(jen.Return(a.remember(jen.False()))))},
	})
}

// loaderKey is what the runtime calls a loader with, or what it calls in its place.
func (a *accessor) loaderKey() jen.Code {
	if a.cache.Adapts() {
		return jen.Id(a.cache.LoaderFunc()).Call(append(a.allArgs(), jen.Id(a.fn))...)
	}
	return a.keyValue()
}

// declareLoader adds the func that binds a loader to its arguments.
func (a *accessor) declareLoader() {
	bound := func(ctx *jen.Statement) *jen.Statement {
		return jen.Func().Params(ctx.Add(a.qual(contextPath, "Context"))).Params(jen.Any(), jen.Error())
	}
	call := jen.Id(a.fn).Call(with(jen.Id(a.ctx), a.allArgs()...)...)
	name := a.cache.LoaderFunc()
	a.comment(name + " calls " + a.fn + ", a loader of either kind, with all that it takes.")
	a.add(jen.Func().Id(name).Params(append(a.allParams(), jen.Id(a.fn).Any())...).Add(bound(jen.Empty())).
		Block(jen.Return(bound(jen.Id(a.ctx)).Block(
			jen.If(jen.List(jen.Id(a.fn), jen.Id(a.ok)).Op(":=").Id(a.fn).Assert(a.loaderType(true)), jen.Id(a.ok)).Block(jen.Return(call)),
			jen.Return(jen.Id(a.fn).Assert(a.loaderType(false)).Call(with(jen.Id(a.ctx), a.allArgs()...)...), jen.Nil()),
		))), jen.Line())
}
