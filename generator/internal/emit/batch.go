package emit

import "github.com/dave/jennifer/jen"

// batchMethods adds the methods for many values at once. A cache of one value has none.
func (a *accessor) batchMethods() {
	if len(a.parts) == 0 {
		return
	}
	list := jen.Id(a.list).Index().Add(a.keyType())
	a.method(method{
		name: "ForgetMany", doc: "is Forget for many keys at once.",
		params: []jen.Code{a.context(), list}, results: []jen.Code{jen.Error()},
		body: []jen.Code{jen.Return(a.inCall("ForgetMany", jen.Id(a.ctx), jen.Id(a.list)))},
	})
	a.method(method{
		name: "Many", doc: "returns the values that are stored; keys without one are not in the map.",
		params: []jen.Code{a.context(), list}, results: []jen.Code{a.valueMap(), jen.Error()},
		body: a.asserted(a.valueMap(), a.inCall("Many", jen.Id(a.ctx), jen.Id(a.list))),
	})
	a.methodPutMany()
	a.methodRememberMany()
}

func (a *accessor) valueMap() *jen.Statement { return jen.Map(a.keyType()).Add(a.valueType()) }

func (a *accessor) methodPutMany() {
	m := method{
		name: "PutMany", doc: "stores many values" + a.lifetime() + ".",
		params: []jen.Code{a.context(), jen.Id(a.values).Add(a.valueMap())}, results: []jen.Code{jen.Error()},
		body: []jen.Code{jen.Return(a.inCall("PutMany", jen.Id(a.ctx), jen.Id(a.values)))},
	}
	if a.hasKeyOf() {
		m.params[1] = jen.Id(a.values).Index().Add(a.valueType())
	}
	a.method(m)
}

func (a *accessor) methodRememberMany() {
	fn := jen.Func().Params(a.context(), jen.Id(a.missing).Index().Add(a.keyType())).Params(a.valueMap(), jen.Error())
	a.method(method{
		name: "RememberMany", doc: "returns the values that are stored, and those that " + a.fn + " loads for the keys that are missing; these are stored" + a.lifetime() + ".",
		params:  []jen.Code{a.context(), jen.Id(a.list).Index().Add(a.keyType()), jen.Id(a.fn).Add(fn)},
		results: []jen.Code{a.valueMap(), jen.Error()},
		body:    a.asserted(a.valueMap(), a.inCall("RememberMany", jen.Id(a.ctx), jen.Id(a.list), jen.Id(a.fn))),
	})
}
