package model

import (
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"github.com/cachegen/cachegen/generator/internal/syntax"
	"github.com/cachegen/cachegen/runtime/keys"
)

// A resolver resolves one declaration.
type resolver struct {
	*builder
	given   syntax.Options // as written at the declaration
	options syntax.Options // with the package's defaults
	cache   *Cache

	valuePos token.Pos // where the value's type is written
}

// resolve fills the cache. It reports false if it found a problem.
func (r *resolver) resolve() bool {
	if !r.resolveForm() {
		return false
	}
	stored := r.cache.Value == nil || r.checkStored()
	if !r.resolveParts() || !stored {
		return false
	}
	r.cache.Name = r.options.Name.Value
	if r.cache.Name == "" {
		r.cache.Name = defaultName(r.cache.Type.Name(), r.cache.Form)
	}
	nameFields(r.cache)
	return r.resolvePattern()
}

// resolveForm finds out what the declared type makes of the directive.
func (r *resolver) resolveForm() bool {
	directive := r.options.Directive.Name
	underlying := r.cache.Type.Type().Underlying()
	if underlying == types.Typ[types.Invalid] {
		r.reportInvalid(r.cache.Type.Pos(), r.cache.Type.Name())
		return false
	}
	signature, isFunc := underlying.(*types.Signature)
	_, isStruct := underlying.(*types.Struct)
	switch {
	case directive != syntax.Cache && !isFunc:
		r.report(r.options.Directive.Pos, "a "+directive+" stands on a func type, whose parameters are the key: write type "+r.cache.Type.Name()+" func(id int64), for instance")
		return false
	case directive == syntax.Counter:
		return r.keyForm(signature, Counter, "a counter's value is always an int64")
	case directive == syntax.Limit:
		return r.keyForm(signature, Limit, "a limit only answers whether there is enough left")
	case isFunc:
		return r.signatureForm(signature)
	case isStruct:
		return r.structForm()
	}
	r.report(r.options.Directive.Pos, "this directive stands on "+r.cache.Type.Name()+", which is neither a struct nor a func type: "+
		"to cache a value of another type, declare a func type that returns it, such as type Load"+r.cache.Type.Name()+" func(ctx context.Context) ("+r.cache.Type.Name()+", error)")
	return false
}

// structForm takes the struct as the value. The parameters follow with the parts.
func (r *resolver) structForm() bool {
	r.cache.Form = Struct
	r.cache.Pointer = r.options.By.Value != syntax.ByValue
	r.cache.Value = r.cache.Type.Type()
	if r.cache.Pointer {
		r.cache.Value = types.NewPointer(r.cache.Value)
	}
	if r.given.Ignore.Set {
		r.report(r.given.Ignore.NamePos, "ignore= belongs to a func type, where it names the parameters that the key leaves out")
		return false
	}
	r.valuePos = r.cache.Type.Pos()
	return true
}

// resolveParts resolves the pattern's parts, and so the parameters of the struct form.
func (r *resolver) resolveParts() bool {
	ok := true
	for _, s := range r.options.Key.Value.Segments {
		piece := Piece{Literal: s.Literal}
		if s.IsPart() {
			piece.Part = r.part(s)
			ok = ok && piece.Part != nil
		}
		r.cache.Pieces = append(r.cache.Pieces, piece)
	}
	return ok && r.checkLeftOut()
}

// part resolves one part of the pattern, or reports why it cannot be one.
func (r *resolver) part(s syntax.Segment) *Param {
	p := r.parameter(s)
	if r.cache.Form == Struct {
		p = r.field(s)
	}
	if p == nil {
		return nil
	}
	what := "{" + strings.Join(s.Path, ".") + "}"
	if containsInvalid(p.Type) {
		r.reportInvalid(s.Pos, what)
		return nil
	}
	kind, reason := kindOf(p.Type)
	if reason != "" {
		r.report(s.Pos, what+" cannot be part of a key: its type "+r.name(p.Type)+" "+reason)
		return nil
	}
	if reason := r.hidden(p.Type); reason != "" {
		r.report(s.Pos, what+" cannot be part of a key: its type cannot be named in this package: "+reason)
		return nil
	}
	p.Kind = kind
	return p
}

// resolvePattern gives the pattern the form that package keys reads and generated code records.
func (r *resolver) resolvePattern() bool {
	if !r.checkDigits() {
		return false
	}
	var b strings.Builder
	for _, piece := range r.cache.Pieces {
		b.WriteString(piece.Literal)
		if p := piece.Part; p != nil {
			b.WriteString("{" + p.pathText() + " " + p.spelling() + "}")
		}
	}
	pattern, err := keys.ParsePattern(b.String())
	if err != nil {
		r.report(r.keyPos(), strings.TrimPrefix(err.Error(), "cachegen/keys: pattern "+strconv.Quote(b.String())+": "))
		return false
	}
	r.cache.Pattern = pattern
	return true
}

// checkDigits reports text that begins with a digit and follows a number, which would go on in it.
func (r *resolver) checkDigits() bool {
	for i, piece := range r.cache.Pieces {
		if i == 0 || piece.Part != nil || piece.Literal[0] < '0' || piece.Literal[0] > '9' {
			continue
		}
		if kind := r.cache.Pieces[i-1].Part.Kind; kind == Int || kind == Uint {
			r.report(r.options.Key.Value.Segments[i].Pos, strconv.Quote(piece.Literal)+" begins with a digit and follows a number, so 1 and 15 could give the same key: begin it with another character, such as a colon")
			return false
		}
	}
	return true
}

func (r *resolver) keyPos() token.Pos { return r.options.Key.Pos }

// pathText is the part's name in the pattern.
func (p *Param) pathText() string {
	if p.Path != nil {
		return strings.Join(p.Path, ".")
	}
	return p.Base
}
