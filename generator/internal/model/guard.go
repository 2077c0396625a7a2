package model

import (
	"go/types"
	"strconv"
)

// A Guard is a struct whose shape the generated file pins: when a field changes, that file stops
// compiling until it is generated again.
type Guard struct {
	Name string     // of the emitted copy of the shape
	Type types.Type // the struct, by its name
}

// guardSuffix ends the names of guards. It is what the compiler's message tells the user to do.
const guardSuffix = "Shape_RerunCachegen"

// guard finds the structs of this package that the cached values reach, each once.
func (b *builder) guard() {
	g := &guards{builder: b, seen: map[types.Type]bool{}, named: map[string]int{}}
	for _, c := range b.out.Caches {
		if c.Value != nil {
			g.walk(c.Value)
		}
	}
}

type guards struct {
	*builder
	seen  map[types.Type]bool
	named map[string]int
}

func (g *guards) walk(t types.Type) {
	named, ok := types.Unalias(t).(*types.Named)
	if ok && (g.seen[named] || named.Obj().Pkg() != g.pkg.Types && !g.throughArgs(named)) {
		return
	}
	if ok {
		g.seen[named] = true
		g.add(named)
	}
	switch u := t.Underlying().(type) {
	case *types.Map:
		g.walk(u.Key())
		g.walk(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			g.walk(f.Type())
		}
	case interface{ Elem() types.Type }:
		g.walk(u.Elem())
	}
}

// throughArgs walks into the type arguments of another package's type: in paging.Page[Post], Post
// may be ours. It reports false, as the type itself has no guard here.
func (g *guards) throughArgs(t *types.Named) bool {
	for _, arg := range typeArgs(t.TypeArgs()) {
		g.walk(arg)
	}
	return false
}

func (g *guards) add(t *types.Named) {
	if _, isStruct := t.Underlying().(*types.Struct); !isStruct {
		return
	}
	base := LowerCamel(t.Obj().Name())
	g.named[base]++
	if n := g.named[base]; n > 1 {
		base += strconv.Itoa(n)
	}
	g.out.Guards = append(g.out.Guards, &Guard{Name: base + guardSuffix, Type: t})
}
