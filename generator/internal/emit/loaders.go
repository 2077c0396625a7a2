package emit

import (
	"github.com/dave/jennifer/jen"
)

// hit is the fast path: the key is made in a buffer on the stack and looked up in memory. Whatever
// else there is to do, the method that follows does; what it needs is not made before.
func (a *accessor) hit(results ...jen.Code) []jen.Code {
	buffer := jen.Var().Id(a.b).Index(jen.Lit(64)).Byte()
	call := jen.Id(a.cache.AppendFunc()).Call(with(jen.Id(a.b).Index(jen.Empty(), jen.Lit(0)), a.keyArgs()...)...)
	look := func(key jen.Code) jen.Code {
		return jen.If(jen.List(jen.Id(a.v), jen.Id(a.ok)).Op(":=").Add(a.inCall("Hit", key)), jen.Id(a.ok)).
			Block(jen.Return(with(jen.Id(a.v), results...)...))
	}
	if !a.cache.Fallible() {
		return []jen.Code{buffer, look(call)}
	}
	return []jen.Code{buffer, jen.If(
		jen.List(jen.Id(a.key), jen.Id(a.err)).Op(":=").Add(call), jen.Id(a.err).Op("==").Nil(),
	).Block(look(jen.Id(a.key)))}
}

// loadMethods adds the methods that call a loader.
func (a *accessor) loadMethods() {
	found := "returns the value stored under " + a.pattern() + ". If there is none, " + a.fn + " loads it, once for all callers that wait for it, and it is stored"
	a.load("Remember", found+a.lifetime()+".", false)
	a.load("RememberE", found+a.lifetime()+". An error of "+a.fn+" is returned, and nothing is stored.", true)
	a.load("RememberForever", found+" without an end.", false)
	a.load("RememberForeverE", found+" without an end. An error of "+a.fn+" is returned, and nothing is stored.", true)
	a.method(method{
		name: "Refresh", doc: "loads the value by " + a.fn + ", whether one is stored or not, and stores it under " + a.pattern() + a.lifetime() + ".",
		params: a.loadParams(true), results: []jen.Code{a.valueType(), jen.Error()},
		body: []jen.Code{a.loadCall("Refresh", true)},
	})
	a.methodWrap()
}

// load adds one of the Remember methods.
func (a *accessor) load(name, doc string, fails bool) {
	a.method(method{
		name: name, doc: doc,
		params: a.loadParams(fails), results: []jen.Code{a.valueType(), jen.Error()},
		body: append(a.hit(jen.Nil()), a.loadCall(name, fails)),
	})
}

func (a *accessor) loadParams(fails bool) []jen.Code {
	return append(with(a.context(), a.allParams()...), jen.Id(a.fn).Add(a.loaderType(fails)))
}

// loaderType is the type of the loader that users write.
func (a *accessor) loaderType(fails bool) *jen.Statement {
	return jen.Func().Params(with(a.context(), a.allParams()...)...).Add(a.loaderResults(fails))
}

func (a *accessor) loaderResults(fails bool) *jen.Statement {
	if fails {
		return jen.Params(a.valueType(), jen.Error())
	}
	return a.valueType()
}

// loadCall calls the runtime with the loader.
func (a *accessor) loadCall(name string, fails bool) jen.Code {
	fn := jen.Id(a.fn)
	if a.adapts() {
		fn = jen.Id(a.c).Dot(adapter(fails)).Call(with(fn, a.ignoredArgs()...)...)
	}
	return jen.Return(a.inCall(name, jen.Id(a.ctx), a.keyValue(), fn))
}

// adapts reports whether a loader takes other parameters than the runtime gives it.
func (a *accessor) adapts() bool { return len(a.cache.Params) != 1 || len(a.parts) != 1 }

func adapter(fails bool) string {
	if fails {
		return "loaderE"
	}
	return "loader"
}

func (a *accessor) ignoredArgs() []jen.Code {
	var names []jen.Code
	for _, p := range a.cache.Params {
		if p.Ignored {
			names = append(names, jen.Id(a.params[p]))
		}
	}
	return names
}

func (a *accessor) ignoredParams() []jen.Code {
	var params []jen.Code
	for _, p := range a.cache.Params {
		if p.Ignored {
			params = append(params, jen.Id(a.params[p]).Add(a.typ(p.Type)))
		}
	}
	return params
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

// declareLoaders adds the methods that turn a loader into one with the runtime's parameters.
func (a *accessor) declareLoaders() {
	if a.adapts() {
		a.declareLoader(false)
		a.declareLoader(true)
	}
}

func (a *accessor) declareLoader(fails bool) {
	k := jen.Id(a.k)
	if len(a.parts) == 0 {
		k = jen.Id("_")
	}
	adapted := func(ctx, k *jen.Statement) *jen.Statement {
		return jen.Func().Params(ctx.Add(a.qual(contextPath, "Context")), k.Add(a.keyType())).Add(a.loaderResults(fails))
	}
	a.comment(adapter(fails) + " gives " + a.fn + " the parameters that the runtime calls it with. No loader stays none.")
	a.add(jen.Func().Params(jen.Op("*").Id(a.cache.Name)).Id(adapter(fails)).
		Params(with(jen.Id(a.fn).Add(a.loaderType(fails)), a.ignoredParams()...)...).Add(adapted(jen.Empty(), jen.Empty())).
		Block(
			jen.If(jen.Id(a.fn).Op("==").Nil()).Block(jen.Return(jen.Nil())),
			jen.Return(adapted(jen.Id(a.ctx), k).Block(jen.Return(jen.Id(a.fn).Call(a.adaptedArgs()...)))),
		), jen.Line())
}

// adaptedArgs are the loader's arguments, its parts taken from where the runtime puts them.
func (a *accessor) adaptedArgs() []jen.Code {
	args := []jen.Code{jen.Id(a.ctx)}
	for _, p := range a.cache.Params {
		switch {
		case p.Ignored:
			args = append(args, jen.Id(a.params[p]))
		case len(a.parts) == 1:
			args = append(args, jen.Id(a.k))
		default:
			args = append(args, jen.Id(a.k).Dot(p.Field))
		}
	}
	return args
}
