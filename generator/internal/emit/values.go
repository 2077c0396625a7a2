package emit

import (
	"github.com/dave/jennifer/jen"
)

// valueMethods adds the methods that read and write one value.
func (a *accessor) valueMethods() {
	a.methodGet()
	a.put("Put", "stores "+a.value+a.lifetime()+".")
	a.put("PutTTL", "stores "+a.value+" for "+a.ttl+"; 0 means forever.", jen.Id(a.ttl))
	a.put("Forever", "stores "+a.value+" without an end.")
	a.methodAdd()
	a.method(method{
		name: "Has", doc: "reports whether a value is stored under " + a.pattern() + ".",
		params: with(a.context(), a.keyParams()...), results: []jen.Code{jen.Bool(), jen.Error()},
		body: []jen.Code{jen.Return(a.inCall("Has", jen.Id(a.ctx), a.keyValue()))},
	})
	a.methodForget()
}

func (a *accessor) methodGet() {
	a.method(method{
		name: "Get", doc: "returns the value stored under " + a.pattern() + "; false means that there is none.",
		params: with(a.context(), a.keyParams()...), results: []jen.Code{a.valueType(), jen.Bool(), jen.Error()},
		body: append(a.hit(jen.True(), jen.Nil()), jen.Return(a.inCall("Get", jen.Id(a.ctx), a.keyValue()))),
	})
}

func (a *accessor) methodForget() {
	a.method(method{
		name: "Forget", doc: "removes what is stored under " + a.pattern() + ". With a nil error, no load that began before it will bring that back.",
		params: with(a.context(), a.keyParams()...), results: []jen.Code{jen.Error()},
		body: []jen.Code{jen.Return(a.inCall("Forget", jen.Id(a.ctx), a.keyValue()))},
	})
}

// writeParams are the parameters of a method that stores a value, and writeKey the key it goes to. A
// struct brings its key with it.
func (a *accessor) writeParams() []jen.Code {
	value := jen.Id(a.value).Add(a.valueType())
	if a.hasKeyOf() {
		return []jen.Code{a.context(), value}
	}
	return append(with(a.context(), a.keyParams()...), value)
}

func (a *accessor) writeKey() jen.Code {
	if a.hasKeyOf() {
		return jen.Id(a.cache.KeyOfFunc()).Call(jen.Id(a.value))
	}
	return a.keyValue()
}

// put adds one of the methods that store a value, with its further arguments.
func (a *accessor) put(name, doc string, ttl ...jen.Code) {
	params := a.writeParams()
	if len(ttl) > 0 {
		params = append(params, jen.Id(a.ttl).Add(a.qual(timePath, "Duration")))
	}
	a.method(method{
		name: name, doc: doc, params: params, results: []jen.Code{jen.Error()},
		body: []jen.Code{jen.Return(a.inCall(name, append([]jen.Code{jen.Id(a.ctx), a.writeKey(), jen.Id(a.value)}, ttl...)...))},
	})
}

func (a *accessor) methodAdd() {
	a.method(method{
		name: "Add", doc: "stores " + a.value + a.lifetime() + " unless a value is there already, and reports whether it did.",
		params: a.writeParams(), results: []jen.Code{jen.Bool(), jen.Error()},
		body: []jen.Code{jen.Return(a.inCall("Add", jen.Id(a.ctx), a.writeKey(), jen.Id(a.value)))},
	})
}

// methodLock adds Lock.
func (a *accessor) methodLock() {
	a.method(method{
		name: "Lock", doc: "returns the lock that goes by the name of the key. It is not held yet, and ends by itself " + a.ttl + " after it was taken.",
		params: append(a.keyParams(), jen.Id(a.ttl).Add(a.qual(timePath, "Duration"))), results: []jen.Code{a.qual(runtimePath, "Lock")},
		body: []jen.Code{jen.Return(a.inCall("Lock", a.keyValue(), jen.Id(a.ttl)))},
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
