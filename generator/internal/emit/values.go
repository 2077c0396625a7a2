package emit

import (
	"github.com/dave/jennifer/jen"
)

// valueMethods adds the methods that read and write one value.
func (a *accessor) valueMethods() {
	a.methodGet()
	a.put("Put", "stores "+a.value+a.lifetime()+".", a.write("Put", nil))
	a.put("PutTTL", "stores "+a.value+" for "+a.ttl+"; 0 means forever.", a.writeTTL(jen.Id(a.ttl)), a.ttlParam())
	a.put("Forever", "stores "+a.value+" without an end.", a.writeTTL(jen.Lit(0)))
	a.methodAdd()
	a.method(method{
		name: "Has", doc: "reports whether a value is stored under " + a.pattern() + ".",
		params: with(a.context(), a.keyParams()...), results: []jen.Code{jen.Bool(), jen.Error()},
		body: a.keyed([]jen.Code{jen.False()}, a.returned("Has")),
	})
	a.methodForget()
}

// returned returns what the runtime's method of that name does with a key and further arguments.
func (a *accessor) returned(name string, args ...jen.Code) func(key jen.Code) []jen.Code {
	return func(key jen.Code) []jen.Code {
		return []jen.Code{jen.Return(a.inCall(name, append([]jen.Code{jen.Id(a.ctx), key}, args...)...))}
	}
}

func (a *accessor) methodGet() {
	body, key := a.stackKey(jen.Id(a.v), jen.False())
	a.method(method{
		name: "Get", doc: "returns the value stored under " + a.pattern() + "; false means that there is none.",
		params: with(a.context(), a.keyParams()...), results: []jen.Code{a.valueType(), jen.Bool(), jen.Error()},
		body: append(body,
			jen.List(jen.Id(a.x), jen.Id(a.ok), jen.Id(a.err)).Op(":=").Add(a.inCall("Get", jen.Id(a.ctx), key)),
			a.assert(a.valueType()),
			jen.Return(jen.Id(a.v), jen.Id(a.ok), jen.Id(a.err)),
		),
	})
}

// stackKey makes the key in a buffer on the stack, where a hit in memory needs it no longer. zero are the
// results where it cannot; v stands for a zero value.
func (a *accessor) stackKey(zero ...jen.Code) (before []jen.Code, key jen.Code) {
	before = []jen.Code{a.buffer()}
	key = jen.Id(a.cache.AppendFunc()).Call(with(jen.Id(a.b).Index(jen.Empty(), jen.Lit(0)), a.keyArgs()...)...)
	if !a.cache.Fallible() {
		return before, key
	}
	return append(before,
		jen.List(jen.Id(a.key), jen.Id(a.err)).Op(":=").Add(key),
		a.keyFailed(jen.Var().Id(a.v).Add(a.valueType()), zero),
	), jen.Id(a.key)
}

func (a *accessor) methodForget() {
	a.method(method{
		name: "Forget", doc: "removes what is stored under " + a.pattern() + ". With a nil error, no load that began before it will bring that back.",
		params: with(a.context(), a.keyParams()...), results: []jen.Code{jen.Error()},
		body: a.keyed(nil, a.returned("Forget")),
	})
}

// writeParams are the parameters of a method that stores a value. A struct brings its key with it.
func (a *accessor) writeParams() []jen.Code {
	value := jen.Id(a.value).Add(a.valueType())
	if a.hasKeyOf() {
		return []jen.Code{a.context(), value}
	}
	return append(with(a.context(), a.keyParams()...), value)
}

// write stores a value by the runtime's method of that name.
func (a *accessor) write(name string, zero []jen.Code) []jen.Code {
	if a.hasKeyOf() {
		return []jen.Code{jen.Return(a.inCall(name+"Own", jen.Id(a.ctx), jen.Id(a.value)))}
	}
	return a.keyed(zero, a.returned(name, jen.Id(a.value)))
}

// writeTTL stores a value for ttl.
func (a *accessor) writeTTL(ttl jen.Code) []jen.Code {
	if a.hasKeyOf() {
		return []jen.Code{jen.Return(a.inCall("PutOwnTTL", jen.Id(a.ctx), jen.Id(a.value), ttl))}
	}
	return a.keyed(nil, a.returned("PutTTL", jen.Id(a.value), ttl))
}

// put adds one of the methods that store a value; params are those that they have beyond it.
func (a *accessor) put(name, doc string, body []jen.Code, params ...jen.Code) {
	a.method(method{
		name: name, doc: doc, params: append(a.writeParams(), params...), results: []jen.Code{jen.Error()},
		body: body,
	})
}

func (a *accessor) methodAdd() {
	a.method(method{
		name: "Add", doc: "stores " + a.value + a.lifetime() + " unless a value is there already, and reports whether it did.",
		params: a.writeParams(), results: []jen.Code{jen.Bool(), jen.Error()},
		body: a.write("Add", []jen.Code{jen.False()}),
	})
}

// ttlParam is the parameter ttl.
func (a *accessor) ttlParam() jen.Code { return jen.Id(a.ttl).Add(a.qual(timePath, "Duration")) }

// methodLock adds Lock.
func (a *accessor) methodLock() {
	key := jen.Id(a.c).Dot("Key").Call(a.keyArgs()...)
	body := []jen.Code{jen.Return(a.inCall("Lock", key, jen.Nil(), jen.Id(a.ttl)))}
	if a.cache.Fallible() {
		body = []jen.Code{
			jen.List(jen.Id(a.key), jen.Id(a.err)).Op(":=").Add(key),
			jen.Return(a.inCall("Lock", jen.Id(a.key), jen.Id(a.err), jen.Id(a.ttl))),
		}
	}
	a.method(method{
		name: "Lock", doc: "returns the lock that goes by the name of the key. It is not held yet, and ends by itself " + a.ttl + " after it was taken.",
		params: append(a.keyParams(), a.ttlParam()), results: []jen.Code{a.qual(runtimePath, "Lock")},
		body: body,
	})
}

// counterMethods adds the methods of a counter.
func (a *accessor) counterMethods() {
	for _, m := range []struct{ name, doc string }{
		{"Increment", "adds " + a.n + " to the count under " + a.pattern() + " and returns the sum, in one step. A count that was not there begins at 0 and is kept" + a.lifetime() + "."},
		{"Decrement", "takes " + a.n + " from the count under " + a.pattern() + " and returns the difference, in one step. A count that was not there begins at 0 and is kept" + a.lifetime() + "."},
	} {
		a.method(method{
			name: m.name, doc: m.doc,
			params:  append(with(a.context(), a.keyParams()...), jen.Id(a.n).Int64()),
			results: []jen.Code{jen.Int64(), jen.Error()},
			body:    []jen.Code{jen.Return(a.inCall(m.name, jen.Id(a.ctx), a.keyValue(), jen.Id(a.n)))},
		})
	}
	a.method(method{
		name: "Get", doc: "returns the count under " + a.pattern() + ", 0 if there is none.",
		params: with(a.context(), a.keyParams()...), results: []jen.Code{jen.Int64(), jen.Error()},
		body: []jen.Code{jen.Return(a.inCall("Get", jen.Id(a.ctx), a.keyValue()))},
	})
	a.methodForgetCount()
}

func (a *accessor) methodForgetCount() {
	a.method(method{
		name: "Forget", doc: "removes the count under " + a.pattern() + ", so that the next one begins at 0.",
		params: with(a.context(), a.keyParams()...), results: []jen.Code{jen.Error()},
		body: []jen.Code{jen.Return(a.inCall("Forget", jen.Id(a.ctx), a.keyValue()))},
	})
}
