package emit

import (
	"maps"

	"github.com/dave/jennifer/jen"
)

// readBack takes the key of a counter or a limit apart, which have no ParseKey, and compares its parts.
func (k *keyTest) readBack() []jen.Code {
	read := *k.accessor
	read.params = maps.Clone(k.params)
	var declare []jen.Code
	for i, p := range k.parts {
		read.params[p] = k.names[i]
		declare = append(declare, jen.Var().Id(k.names[i]).Add(k.typ(p.Type)))
	}
	body := append(declare, read.readKey()...)
	return append(body, k.compare(jen.Id(k.r).Dot("Done").Call(), "the key %q does not give back what Key was given"))
}
