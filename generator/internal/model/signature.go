package model

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/cachegen/cachegen/generator/internal/syntax"
	"github.com/cachegen/cachegen/generator/internal/typeset"
)

// signatureForm takes value and parameters from a func type.
func (r *resolver) signatureForm(s *types.Signature) bool {
	r.cache.Form = Signature
	if r.given.By.Set {
		r.report(r.given.By.NamePos, "by= belongs to a struct; here the func's result says how the value travels")
		return false
	}
	value, reason := result(s)
	if reason != "" {
		r.report(r.cache.Type.Pos(), r.cache.Type.Name()+" "+reason)
		return false
	}
	r.cache.Value, r.valuePos = value.Type(), r.posOf(value)
	if containsInvalid(value.Type()) {
		r.reportInvalid(r.valuePos, "the result of "+r.cache.Type.Name())
		return false
	}
	return r.parameters(s)
}

// keyForm takes the parameters from a func type that says nothing of a value, for the reason given.
func (r *resolver) keyForm(s *types.Signature, form Form, reason string) bool {
	r.cache.Form = form
	if s.Results().Len() > 0 {
		r.report(r.cache.Type.Pos(), r.cache.Type.Name()+" has results; "+reason+", so declare parameters alone")
		return false
	}
	return r.parameters(s)
}

// result returns the value that a signature loads, or what is wrong with its results.
func result(s *types.Signature) (*types.Var, string) {
	results := s.Results()
	switch n := results.Len(); {
	case n == 0:
		return nil, "has no result: its first result is what is cached"
	case n == 1 && typeset.IsError(results.At(0).Type()), n == 2 && typeset.IsError(results.At(0).Type()):
		return nil, "returns an error where the value should be: write (V, error)"
	case n == 2 && !typeset.IsError(results.At(1).Type()), n > 2:
		return nil, "must return one value, or one value and an error: put several values into a struct"
	}
	return results.At(0), ""
}

// parameters takes the parameters that follow the context.
func (r *resolver) parameters(s *types.Signature) bool {
	before := r.problems.Len()
	last := s.Params().Len() - 1
	for i := range s.Params().Len() {
		switch v := s.Params().At(i); {
		case i == 0 && typeset.IsNamed(v.Type(), "context", "Context"):
		case typeset.IsNamed(v.Type(), "context", "Context"):
			r.report(r.posOf(v), "the context must be the first parameter")
		case v.Name() == "" || v.Name() == "_":
			r.report(r.posOf(v), "parameter "+r.name(v.Type())+" has no name: the key refers to parameters by name")
		case s.Variadic() && i == last:
			r.report(r.posOf(v), v.Name()+" is variadic: its number of values is not fixed, so it cannot be told apart in a key; take a slice and leave it out with ignore=, or several parameters")
		default:
			r.addParameter(v)
		}
	}
	return r.problems.Len() == before
}

// posOf is where a parameter or result stands.
func (r *resolver) posOf(v *types.Var) token.Pos {
	if v.Pos().IsValid() {
		return v.Pos()
	}
	return r.cache.Type.Pos()
}

// addParameter adds a parameter, which is ignored until a part of the key names it.
func (r *resolver) addParameter(v *types.Var) {
	switch reason := r.hidden(v.Type()); {
	case containsInvalid(v.Type()):
		r.reportInvalid(r.posOf(v), v.Name())
	case reason != "":
		r.report(r.posOf(v), "the type of "+v.Name()+" cannot be named in this package: "+reason)
	default:
		r.cache.Params = append(r.cache.Params, &Param{Base: v.Name(), Type: v.Type(), Ignored: true})
	}
}

// parameter resolves a part of a signature: the name of a parameter.
func (r *resolver) parameter(s syntax.Segment) *Param {
	if r.cache.Form == Struct {
		return nil
	}
	p := r.cache.param(s.Path[0])
	switch {
	case p == nil:
		r.report(s.Elems[0], r.cache.Type.Name()+" has no parameter "+s.Path[0]+didYouMean(s.Path[0], r.cache.paramNames()))
		return nil
	case len(s.Path) > 1:
		r.report(s.Elems[1], "a part names a parameter, not a field of one: make "+s.Path[len(s.Path)-1]+" a parameter")
		return nil
	}
	p.Ignored = false
	return p
}

// checkLeftOut reports parameters that are in neither the key nor ignore=, and mistakes in ignore=.
func (r *resolver) checkLeftOut() bool {
	before := r.problems.Len()
	ignore := r.options.Ignore.Value
	for _, w := range ignore {
		switch p := r.cache.param(w.Text); {
		case p == nil:
			r.report(w.Pos, r.cache.Type.Name()+" has no parameter "+w.Text+didYouMean(w.Text, r.cache.paramNames()))
		case !p.Ignored:
			r.report(w.Pos, w.Text+" is part of the key, so it cannot be ignored: remove it here or there")
		}
	}
	for _, p := range r.cache.Params {
		if p.Ignored && !slices.ContainsFunc(ignore, func(w syntax.Word) bool { return w.Text == p.Base }) {
			r.report(r.keyPos(), "the key leaves out the parameter "+p.Base+", so calls that differ in it would share "+shared[r.cache.Form]+": "+
				"add {"+p.Base+"}, or write ignore="+p.Base+" if "+meant[r.cache.Form])
		}
	}
	return r.problems.Len() == before
}

// shared is what calls of one key share, and meant when that may be.
var (
	shared = map[Form]string{Signature: "a value", Counter: "a count", Limit: "a limit"}
	meant  = map[Form]string{Signature: "it does not change the value", Counter: "they are to be counted as one", Limit: "they are to be limited as one"}
)

func (c *Cache) param(name string) *Param {
	i := slices.IndexFunc(c.Params, func(p *Param) bool { return p.Base == name })
	if i < 0 {
		return nil
	}
	return c.Params[i]
}

func (c *Cache) paramNames() []string {
	var names []string
	for _, p := range c.Params {
		names = append(names, p.Base)
	}
	return names
}
