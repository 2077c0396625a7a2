package emit

import (
	"github.com/dave/jennifer/jen"
)

// loadMethods adds the methods that call a loader.
func (a *accessor) loadMethods() {
	found := "returns the value stored under " + a.pattern() + ". If there is none, " + a.fn + " loads it, once for all callers that wait for it, and it is stored"
	a.load("Remember", found+a.lifetime()+".", a.ownTTL(), false)
	a.load("RememberE", found+a.lifetime()+". An error of "+a.fn+" is returned, and nothing is stored.", a.ownTTL(), true)
	a.load("RememberForever", found+" without an end.", jen.Lit(0), false)
	a.load("RememberForeverE", found+" without an end. An error of "+a.fn+" is returned, and nothing is stored.", jen.Lit(0), true)
	a.declareRemember()
	a.methodRefresh()
	a.methodWrap()
	if a.adapts() {
		a.declareLoader()
	}
}

// load adds one of the Remember methods.
func (a *accessor) load(name, doc string, ttl jen.Code, fails bool) {
	args := append(with(jen.Id(a.ctx), a.allArgs()...), ttl, jen.Id(a.fn))
	a.method(method{
		name: name, doc: doc,
		params: a.loadParams(fails), results: []jen.Code{a.valueType(), jen.Error()},
		body: []jen.Code{jen.Return(jen.Id(a.c).Dot("remember").Call(args...))},
	})
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

// declareRemember adds the method that the Remember methods share. The key is made in a buffer on the
// stack; what else a load needs is not made before it is known that there is to be one.
func (a *accessor) declareRemember() {
	params := append(with(a.context(), a.allParams()...), a.ttlParam(), jen.Id(a.fn).Any())
	body, key := a.stackKey(jen.Id(a.v))
	if !a.cache.Fallible() {
		body = append(body, jen.Var().Id(a.err).Error())
	}
	a.method(method{
		name: "remember", doc: "is the methods above: " + a.fn + " is a loader of one of them.",
		params: params, results: []jen.Code{a.valueType(), jen.Error()},
		body: append(body,
			jen.List(jen.Id(a.x), jen.Id(a.miss)).Op(":=").Add(a.inCall("Look", jen.Id(a.ctx), key, jen.Id(a.fn))),
			jen.If(jen.Id(a.miss).Op("!=").Nil()).Block(
				jen.List(jen.Id(a.x), jen.Id(a.err)).Op("=").Id(a.miss).Dot("Load").Call(jen.Id(a.ctx), jen.Id(a.ttl), a.loaderKey(), jen.Id(a.fn)),
			),
			a.assert(a.valueType()),
			jen.Return(jen.Id(a.v), jen.Id(a.err)),
		),
	})
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
	call := append(with(jen.Id(a.ctx), a.allArgs()...), jen.Id(a.fn))
	a.method(method{
		name: "Wrap", doc: "returns " + a.fn + " with the cache before it: what RememberE does, under the loader's own signature.",
		params:  []jen.Code{jen.Id(a.fn).Add(a.loaderType(true))},
		results: []jen.Code{a.loaderType(true)},
		body:    []jen.Code{jen.Return(a.loaderType(true).Block(jen.Return(jen.Id(a.c).Dot("RememberE").Call(call...))))},
	})
}

// adapts reports whether a loader takes other parameters than the runtime gives it.
func (a *accessor) adapts() bool { return len(a.cache.Params) != 1 || len(a.parts) != 1 }

// loaderKey is what the runtime calls a loader with, or what it calls in its place.
func (a *accessor) loaderKey() jen.Code {
	if a.adapts() {
		return jen.Id(a.c).Dot("loader").Call(append(a.allArgs(), jen.Id(a.fn))...)
	}
	return a.keyValue()
}

// declareLoader adds the method that binds a loader to its arguments.
func (a *accessor) declareLoader() {
	bound := func(ctx *jen.Statement) *jen.Statement {
		return jen.Func().Params(ctx.Add(a.qual(contextPath, "Context"))).Params(jen.Any(), jen.Error())
	}
	call := jen.Id(a.fn).Call(with(jen.Id(a.ctx), a.allArgs()...)...)
	a.comment("loader calls " + a.fn + ", a loader of either kind, with all that it takes.")
	a.add(jen.Func().Params(jen.Op("*").Id(a.cache.Name)).Id("loader").Params(append(a.allParams(), jen.Id(a.fn).Any())...).Add(bound(jen.Empty())).
		Block(jen.Return(bound(jen.Id(a.ctx)).Block(
			jen.If(jen.List(jen.Id(a.fn), jen.Id(a.ok)).Op(":=").Id(a.fn).Assert(a.loaderType(true)), jen.Id(a.ok)).Block(jen.Return(call)),
			jen.Return(jen.Id(a.fn).Assert(a.loaderType(false)).Call(with(jen.Id(a.ctx), a.allArgs()...)...), jen.Nil()),
		))), jen.Line())
}
