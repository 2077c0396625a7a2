package emit

import (
	"fmt"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/internal/model"
)

const driversPath = runtimePath + "/drivers"

// hasLimits reports whether the package declares a limit.
func hasLimits(p *model.Package) bool {
	for _, c := range p.Caches {
		if c.Form == model.Limit {
			return true
		}
	}
	return false
}

// limit adds everything that is emitted for one limit.
func (a *accessor) limit() {
	a.declareLimit()
	a.declareLimitConstructor()
	a.declareKey()
	a.methodKey()
	a.limitMethods()
}

// declareLimit adds the accessor's type.
func (a *accessor) declareLimit() {
	c := a.cache
	prose := []string{c.Name + " limits " + a.pattern() + " to " + a.rateProse() + ", in " + a.storeProse() + ". " + a.algorithmProse() +
		" It holds no state of its own and is safe for concurrent use."}
	if c.Doc != "" {
		prose = append(prose, c.Doc)
	}
	a.comment(prose...)
	a.add(jen.Type().Id(c.Name).Struct(jen.Id("c").Op("*").Add(a.qual(runtimePath, "Limit")).Index(a.keyType())), jen.Line())
}

// rateProse is how many are allowed in which time, for the middle of a sentence.
func (a *accessor) rateProse() string {
	return fmt.Sprintf("%d in %s", a.cache.Rate.Limit, short(a.cache.Rate.Period))
}

func (a *accessor) algorithmProse() string {
	if a.cache.Rate.Window {
		return "What is taken is counted in fixed windows, each of which begins with the first taking after the end of the one before."
	}
	return fmt.Sprintf("At most %d can be taken at once; what was taken comes back steadily.", a.cache.Rate.Capacity())
}

// declareLimitConstructor adds the func that makes the accessor.
func (a *accessor) declareLimitConstructor() {
	c := a.cache
	a.comment(c.Constructor() + " returns the accessor on the stores of " + a.m + ". It never fails: what is wrong with a store, or that its driver cannot limit rates, " +
		"the methods and the manager's Ready report.")
	fields := []jen.Code{
		field("Name", jen.Lit(c.Name)),
		field("Pattern", jen.Lit(c.Pattern.String())),
	}
	if c.Store != "" {
		fields = append(fields, field("Store", jen.Lit(c.Store)))
	}
	fields = append(fields, field("Rate", a.rate()), field("AppendKey", a.appendKeyFunc()))
	spec := a.qual(runtimePath, "LimitSpec").Index(a.keyType()).Custom(lines, fields...)
	a.add(jen.Func().Id(c.Constructor()).Params(jen.Id(a.m).Op("*").Add(a.qual(runtimePath, "Manager"))).Op("*").Id(c.Name).Block(
		jen.Return(jen.Op("&").Id(c.Name).Values(a.qual(runtimePath, "NewLimit").Call(jen.Id(a.m), spec))),
	), jen.Line())
}

// rate is the literal of the limit's rate.
func (a *accessor) rate() jen.Code {
	r := a.cache.Rate
	fields := []jen.Code{field("Limit", number64(r.Limit)), field("Period", a.duration(r.Period))}
	if r.Burst > 0 {
		fields = append(fields, field("Burst", number64(r.Burst)))
	}
	if r.Window {
		fields = append(fields, field("Window", jen.True()))
	}
	return a.qual(driversPath, "Rate").Values(fields...)
}

// number64 writes an untyped constant.
func number64(n int64) jen.Code { return jen.Id(strconv.FormatInt(n, 10)) }

// limitMethods adds Allow and AllowN.
func (a *accessor) limitMethods() {
	allowance := []jen.Code{a.qual(runtimePath, "Allowance"), jen.Error()}
	a.method(method{
		name: "Allow", doc: "takes one of what " + a.pattern() + " may have, " + a.rateProse() + ". If none is left, OK is false and RetryAfter says when one will be. " +
			"With an error, such as that of a store that is down, OK is false too: whether to go on without the limit is for the caller to decide.",
		params: with(a.context(), a.keyParams()...), results: allowance,
		body: []jen.Code{jen.Return(a.inCall("Allow", jen.Id(a.ctx), a.keyValue()))},
	})
	a.method(method{
		name: "AllowN", doc: fmt.Sprintf("is Allow for %s at once: it takes all of them, or none if fewer are left. Over %d, which are never there at once, is an error.", a.n, a.cache.Rate.Capacity()),
		params:  append(with(a.context(), a.keyParams()...), jen.Id(a.n).Int64()),
		results: allowance,
		body:    []jen.Code{jen.Return(a.inCall("AllowN", jen.Id(a.ctx), a.keyValue(), jen.Id(a.n)))},
	})
}
