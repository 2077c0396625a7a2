package shape

import (
	"go/types"
	"slices"
	"strings"
)

// Link finishes the shapes that roots reach, and returns those that need funcs, each behind the one
// that led to it. taken reports which names are not free for what is declared for a shape, of which
// Declared tells the names.
func (b *Builder) Link(roots []*Shape, taken func(string) bool) []*Shape {
	l := &linker{home: b.Home, numbers: map[*Shape]int{}, lows: map[*Shape]int{}}
	for _, s := range roots {
		l.visit(s, "Struct")
	}
	used := map[string]bool{}
	for _, s := range l.order {
		s.Name = freeName(s.Name, func(name string) bool { return used[name] || slices.ContainsFunc(Declared(name), taken) })
		used[s.Name] = true
	}
	l.markPointed(roots)
	return l.order
}

// markPointed finds the structs of which there are only pointers, all of one type.
func (l *linker) markPointed(roots []*Shape) {
	leads := map[*Shape][]*Shape{} // to each shape
	for _, s := range l.order {
		for _, child := range s.Children() {
			leads[child] = append(leads[child], s)
		}
	}
	for _, s := range l.order {
		from := leads[s]
		s.Pointed = s.Kind == Struct && len(from) == 1 && from[0].Kind == Pointer && !slices.Contains(roots, s)
	}
}

// A linker finds cycles of shapes, by Tarjan's algorithm, and what can fail in them.
type linker struct {
	home    *types.Package
	order   []*Shape // those with funcs, as they are met
	numbers map[*Shape]int
	lows    map[*Shape]int // the least number that can be reached on the stack
	stack   []*Shape
}

// visit numbers s and what it refers to. A struct type without a name goes by that of its place.
func (l *linker) visit(s *Shape, place string) {
	if l.numbers[s] > 0 {
		return
	}
	if s.needsFuncs() {
		s.Name = namer{l.home, place}.name(s.Type)
		l.order = append(l.order, s)
	}
	n := len(l.numbers) + 1
	l.numbers[s], l.lows[s] = n, n
	if s.Kind == Slice || s.Kind == Map {
		s.Elem.Counted = true
	}
	l.stack = append(l.stack, s)
	for i, child := range s.Children() {
		if s.Kind == Struct {
			place = s.Name + strings.Join(s.Fields[i].Path, "")
			child.Emptied = child.Emptied || s.Fields[i].OmitEmpty && child.Empty() == EmptyFields
		}
		l.visit(child, place)
		if slices.Contains(l.stack, child) {
			l.lows[s] = min(l.lows[s], l.lows[child])
		}
	}
	if l.lows[s] == n {
		i := slices.Index(l.stack, s)
		finish(l.stack[i:])
		l.stack = l.stack[:i]
	}
}

// finish sets what depends on everything that a cycle of shapes, or a single one, refers to.
func finish(cycle []*Shape) {
	recursive := len(cycle) > 1 || slices.Contains(cycle[0].Children(), cycle[0])
	fails, copyFails, positional, apart := recursive, recursive, false, false
	for _, s := range cycle {
		positional = positional || s.Tuple
		apart = apart || s.apart()
		dynamic := s.Kind == Any || s.Kind == Opaque || s.Kind == Absent
		fails = fails || dynamic
		copyFails = copyFails || dynamic && !s.Plain() && !s.Shallow()
		for _, child := range s.Children() {
			positional = positional || child.Positional
			apart = apart || child.Apart
			fails = fails || child.Fails
			copyFails = copyFails || child.CopyFails && child != s.Key
		}
	}
	for _, s := range cycle {
		s.Recursive, s.Fails, s.CopyFails, s.Positional, s.Apart = recursive, fails, copyFails, positional, apart
	}
}

// apart reports whether vmihailenco/msgpack has other ideas of s itself: it does not keep what an any
// holds, knows no JSON methods, takes half a pair for a whole one, cannot read into an array of a
// named byte type nor into an embedded field that is neither exported nor a struct, has no nil for
// funcs, and leaves out every opaque struct that may be.
func (s *Shape) apart() bool {
	switch s.Kind {
	case Any:
		return true
	case Opaque:
		return library(s.Type, Pair.encode) != s.Pair || library(s.Type, Pair.decode) != s.Pair
	case Absent:
		return !types.IsInterface(s.Type)
	case ByteArray:
		return !types.Identical(s.Type.Underlying().(*types.Array).Elem(), types.Typ[types.Byte])
	}
	return s.odd || slices.ContainsFunc(s.Fields, func(f *Field) bool {
		return f.OmitEmpty && f.Shape.Kind == Opaque && f.Shape.Empty() == NeverEmpty
	})
}

// Steps is how a path goes on from a value to what in it takes a path: through so many lists and maps.
func (s *Shape) Steps() string { return s.steps(map[*Shape]bool{}) }

func (s *Shape) steps(seen map[*Shape]bool) string {
	if s.Elem == nil || seen[s] || !s.Elem.TakesPath() {
		return ""
	}
	seen[s] = true
	if s.Kind == Pointer {
		return s.Elem.steps(seen)
	}
	return "[]" + s.Elem.steps(seen)
}

// Children returns the shapes that s refers to: key, element and fields.
func (s *Shape) Children() []*Shape {
	var all []*Shape
	for _, child := range []*Shape{s.Key, s.Elem} {
		if child != nil {
			all = append(all, child)
		}
	}
	for _, f := range s.Fields {
		all = append(all, f.Shape)
	}
	return all
}

// needsFuncs reports whether values are written and read by funcs that are emitted for the type.
func (s *Shape) needsFuncs() bool {
	switch s.Kind {
	case Pointer, Slice, Array, Map, Struct:
		return true
	}
	return s.Nilable()
}

// Bounded reports whether the funcs of a recursive type count how deep they are: every cycle leads
// through a type that has a name.
func (s *Shape) Bounded() bool {
	_, named := s.Type.(*types.Named)
	return s.Recursive && named && (s.Kind != Pointer || !s.Elem.Bounded())
}

// TakesPath reports whether the funcs of s are told where in a struct they are, for the sake of their
// errors. Those of a struct know.
func (s *Shape) TakesPath() bool { return s.takesPath(map[*Shape]bool{}) }

func (s *Shape) takesPath(seen map[*Shape]bool) bool {
	if seen[s] || s.Kind == Struct {
		return false
	}
	seen[s] = true
	return s.Kind == Any || s.Kind == Opaque || slices.ContainsFunc(s.Children(), func(c *Shape) bool { return c.takesPath(seen) })
}
