package model

import (
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cachegen/cachegen/generator/internal/diag"
)

// Identifiers holds names and where each is declared; emitted names have no position.
type Identifiers map[string]token.Position

// Has reports whether a name is taken.
func (i Identifiers) Has(name string) bool {
	_, ok := i[name]
	return ok
}

// take returns name, or name with the least number behind it that is free, and takes it.
func (i Identifiers) take(name string) string {
	free := name
	for n := 2; i.Has(free); n++ {
		free = name + strconv.Itoa(n)
	}
	i[free] = token.Position{}
	return free
}

// The names that are emitted for a cache beside its own. Which of them are needed depends on the
// cache.

// Constructor is the name of the func that makes the accessor.
func (c *Cache) Constructor() string {
	if !token.IsExported(c.Name) {
		return "new" + upperFirst(c.Name)
	}
	return "New" + c.Name
}

// KeyStruct is the name of the type that holds the parts, if there are several.
func (c *Cache) KeyStruct() string {
	base := c.Name
	if c.Form == Limit && strings.HasSuffix(base, "Limiter") {
		base = strings.TrimSuffix(base, "er")
	}
	return strings.TrimSuffix(base, suffix[c.Form]) + "Key"
}

var suffix = map[Form]string{Struct: "Cache", Signature: "Cache", Counter: "Counter", Limit: "Limit"}

// defaultName is the name of the accessor of a declared type. A limit's type may well be called a limit
// already.
func defaultName(declared string, form Form) string {
	if form == Limit && (declared == "limit" || strings.HasSuffix(declared, "Limit")) {
		return declared + "er"
	}
	return declared + suffix[form]
}

// AppendFunc is the name of the func that appends a key.
func (c *Cache) AppendFunc() string { return "append" + upperFirst(c.Name) + "Key" }

// KeyOfFunc is the name of the func that takes the parts from a value.
func (c *Cache) KeyOfFunc() string { return "keyOf" + upperFirst(c.Name) }

// EscapesVar is the name of the variable that holds the bytes to escape.
func (c *Cache) EscapesVar() string { return lowerFirst(c.Name) + "Escapes" }

// RememberFunc is the name of the func that the Remember methods share.
func (c *Cache) RememberFunc() string { return "remember" + upperFirst(c.Name) }

// Adapts reports whether a loader takes other parameters than the runtime gives it.
func (c *Cache) Adapts() bool {
	return (c.Form == Struct || c.Form == Signature) && (len(c.Params) != 1 || len(c.Parts()) != 1)
}

// LoaderFunc is the name of the func that binds a loader to its arguments.
func (c *Cache) LoaderFunc() string { return "loaderOf" + upperFirst(c.Name) }

// emitted returns the package-level names that are emitted for the cache.
func (c *Cache) emitted() []string {
	names := []string{c.Name, c.Constructor(), c.AppendFunc()}
	if c.Form == Struct || c.Form == Signature {
		names = append(names, c.RememberFunc())
	}
	if c.Adapts() {
		names = append(names, c.LoaderFunc())
	}
	if len(c.Parts()) > 1 {
		names = append(names, c.KeyStruct())
	}
	if c.Form == Struct && len(c.Parts()) > 0 {
		names = append(names, c.KeyOfFunc())
	}
	if c.Escaped() {
		names = append(names, c.EscapesVar())
	}
	return names
}

// checkNames reports names that would be declared twice, and records which are taken.
func (b *builder) checkNames() {
	declared := b.declared()
	b.out.Taken = maps.Clone(declared)
	b.checkPredeclared(declared)
	b.addImported(declared)
	by := map[string]*Cache{}
	for _, c := range b.out.Caches {
		for _, name := range c.emitted() {
			if other := by[name]; other != nil {
				b.problems.Add(c.Pos, "two directives emit "+name+": give one of them another name=", diag.Note{Pos: other.Pos, Message: "the other directive"})
				break
			}
			if at, ok := declared[name]; ok {
				b.problems.Add(c.Pos, "this directive emits "+name+", a name that the package has already: rename that, or write another name= here",
					diag.Note{Pos: at, Message: name + " is declared here"})
				break
			}
			by[name] = c
			b.out.Taken[name] = token.Position{}
		}
	}
	for _, c := range b.out.Caches {
		c.Fuzz = b.out.Taken.take("Fuzz" + upperFirst(c.Name) + "Key")
	}
	for _, g := range b.out.Guards {
		if at, ok := declared[g.Name]; ok {
			b.problems.Add(at, g.Name+" is a name that cachegen needs for itself: rename it")
		}
		b.out.Taken[g.Name] = token.Position{}
	}
}

// predeclared holds what generated code takes to mean what it means in any package.
var predeclared = []string{
	"any", "append", "bool", "byte", "error", "false", "float32", "float64", "int", "int16", "int32", "int64", "int8",
	"len", "make", "new", "nil", "string", "true", "uint", "uint16", "uint32", "uint64", "uint8",
}

// checkPredeclared reports declarations that change the meaning of generated code.
func (b *builder) checkPredeclared(declared Identifiers) {
	for _, name := range predeclared {
		if at, ok := declared[name]; ok && len(b.out.Caches) > 0 {
			b.problems.Add(at, "the package declares "+name+", which generated code uses with its predeclared meaning: rename it")
		}
	}
}

// declared returns what the package's files declare at package level. It looks at all files, tests
// and excluded ones too.
func (b *builder) declared() Identifiers {
	all := Identifiers{}
	for _, file := range b.pkg.Files {
		if file.Syntax.Name.Name == b.pkg.Name {
			for _, decl := range file.Syntax.Decls {
				b.declareAll(all, decl)
			}
		}
	}
	return all
}

func (b *builder) declareAll(all Identifiers, decl ast.Decl) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Recv == nil && decl.Name.Name != "init" {
			b.declare(all, decl.Name)
		}
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				b.declare(all, spec.Name)
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					b.declare(all, name)
				}
			}
		}
	}
}

func (b *builder) declare(all Identifiers, name *ast.Ident) {
	if _, known := all[name.Name]; !known && name.Name != "_" && name.Name != "." {
		all[name.Name] = b.fset.Position(name.Pos())
	}
}

// addImported adds the names that imports give to the package's files: no package-level name may be
// one of them, though another file may import something else by it.
func (b *builder) addImported(all Identifiers) {
	for file := range b.pkg.Types.Scope().Children() {
		for _, name := range file.Names() {
			if _, known := all[name]; !known {
				all[name] = b.fset.Position(file.Lookup(name).Pos())
			}
		}
	}
}

// nameFields names the fields of the key struct.
func nameFields(c *Cache) {
	taken := map[string]bool{}
	for _, p := range c.Parts() {
		p.Field = upperCamel(p.Base)
		if p.Path != nil {
			p.Field = p.Path[len(p.Path)-1]
		}
		if taken[p.Field] {
			p.Field = strings.Join(p.Path, "")
			p.Base = LowerCamel(p.Field)
		}
		for taken[p.Field] {
			p.Field += "_"
		}
		taken[p.Field] = true
	}
}

// LowerCamel makes a parameter's name of a field's: ID becomes id, TenantID tenantID, HTTPServer
// httpServer.
func LowerCamel(name string) string {
	runes := []rune(name)
	upper := 0
	for upper < len(runes) && unicode.IsUpper(runes[upper]) {
		upper++
	}
	if upper > 1 && upper < len(runes) && unicode.IsLetter(runes[upper]) {
		upper--
	}
	return strings.ToLower(string(runes[:upper])) + string(runes[upper:])
}

// initialisms are written in capitals when a name begins with them.
var initialisms = []string{"api", "http", "id", "ip", "uri", "url", "uuid"}

// upperCamel makes a field's name of a parameter's: id becomes ID, tenantID TenantID.
func upperCamel(name string) string {
	first := strings.IndexFunc(name, func(r rune) bool { return !unicode.IsLower(r) })
	if first < 0 {
		first = len(name)
	}
	if slices.Contains(initialisms, name[:first]) {
		return strings.ToUpper(name[:first]) + name[first:]
	}
	return upperFirst(strings.TrimLeft(name, "_"))
}

func upperFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

func lowerFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[size:]
}
