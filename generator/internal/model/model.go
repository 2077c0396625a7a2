// Package model resolves what a program declares: each directive, with the types it stands on,
// becomes a Cache of which everything is known and checked. What it cannot resolve it reports.
package model

import (
	"go/token"
	"go/types"
	"slices"
	"time"

	"github.com/cachegen/cachegen/generator/internal/shape"
	"github.com/cachegen/cachegen/runtime/drivers"
	"github.com/cachegen/cachegen/runtime/keys"
)

// A Package is a package with declarations, or with generated files that have lost theirs.
type Package struct {
	Path, Name, Dir string
	Types           *types.Package
	Constraint      string         // of the files that hold the declarations, hence of the output
	Excluded        bool           // the constraint does not hold here, so nothing is known of the caches
	Generated       []string       // the files in Dir that cachegen generated, absolute
	Caches          []*Cache       // in source order
	Codecs          []*Codec       // one for each type of values that are cached
	Shapes          []*shape.Shape // what is emitted funcs for, by these codecs
	Guards          []*Guard       // one for each struct of this package that a cached value reaches
	Taken           Identifiers    // declared by the user or emitted: no import may have such a name
}

// Form says what a declaration stands on, and so what is emitted for it.
type Form string

// The forms.
const (
	Struct    Form = "struct"    // the value is the struct, the key parts are fields of it
	Signature Form = "signature" // the value is a func's result, the key parts are its parameters
	Counter   Form = "counter"   // the value is an int64, the key parts are a func's parameters
	Limit     Form = "limit"     // there is a rate and no value, the key parts are a func's parameters
)

// A Cache is one declaration, resolved.
type Cache struct {
	Name    string // of the accessor type
	Form    Form
	Type    *types.TypeName // the declared type
	Doc     string          // the first sentence of the type's own doc comment, or ""
	Pos     token.Position  // of the directive
	Key     string          // the pattern as the user wrote it
	Pattern keys.Pattern    // the pattern with the kinds of its parts
	Pieces  []Piece         // the pattern's literals and parts, in order
	Params  []*Param        // as the emitted methods take them, in order
	Value   types.Type      // what is stored; nil for a counter and a limit
	Pointer bool            // struct form: Value is a pointer to the struct
	Fuzz    string          // the name of the fuzz test that is emitted for its keys

	TTL     time.Duration // 0 means forever; of a limit, nothing
	Timeout time.Duration // 0 means the store's
	Store   string        // "" means the default store
	Version string
	Share   bool // callers share one value
	Fleet   bool // a load is one for the whole fleet

	Rate drivers.Rate // of a limit; zero for the rest

	shape *shape.Shape // of Value; nil if it is stored without a codec
}

// A Piece is literal text of a key, or one of its parts.
type Piece struct {
	Literal string
	Part    *Param // nil for a literal
}

// A Param is a parameter of the emitted methods: a part of the key, or one that the key leaves out
// and only loaders get.
type Param struct {
	Base    string   // the name to give it, unless that is taken
	Path    []string // struct form: the field, from the value on
	Type    types.Type
	Kind    Kind
	Ignored bool   // not part of the key
	Field   string // of the emitted key struct, if there are several parts
}

// Parts returns the parameters that are part of the key.
func (c *Cache) Parts() []*Param {
	var parts []*Param
	for _, p := range c.Params {
		if !p.Ignored {
			parts = append(parts, p)
		}
	}
	return parts
}

// Fallible reports whether making a key can fail.
func (c *Cache) Fallible() bool {
	return slices.ContainsFunc(c.Parts(), func(p *Param) bool { return p.Kind.Fallible() })
}

// Escaped reports whether some part is escaped.
func (c *Cache) Escaped() bool {
	return slices.ContainsFunc(c.Parts(), func(p *Param) bool { return p.Kind.Escaped() })
}

// Parsable reports whether every part can be read back from a key.
func (c *Cache) Parsable() bool {
	for _, p := range c.Parts() {
		if isText := p.Kind == AppendText || p.Kind == MarshalText; isText && !p.unmarshals() {
			return false
		}
	}
	return true
}

// ValueString is the type of the value, for people to read; "" for a limit.
func (c *Cache) ValueString() string {
	switch c.Form {
	case Counter:
		return "int64"
	case Limit:
		return ""
	}
	return types.TypeString(c.Value, readable)
}

// TypeString is the type of the parameter, for people to read.
func (p *Param) TypeString() string { return types.TypeString(p.Type, readable) }

func readable(p *types.Package) string { return p.Name() }
