package shape

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/stretchr/testify/require"
)

// standard imports the packages that the tests' sources use, once.
var standard = importer.ForCompiler(token.NewFileSet(), "source", nil)

// source is a package that is type-checked for a test.
type source struct {
	t *testing.T
	*Builder
}

func check(t *testing.T, src string) source {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "a.go", "package a\n"+src, 0)
	require.NoError(t, err)
	pkg, err := (&types.Config{Importer: standard}).Check("example.com/a", fset, []*ast.File{file}, nil)
	require.NoError(t, err)
	name := func(t types.Type) string { return types.TypeString(t, types.RelativeTo(pkg)) }
	return source{t, &Builder{Home: pkg, Name: name, Hidden: func(types.Type) string { return "" }}}
}

// typ returns the type of a variable of the package.
func (s source) typ(name string) types.Type {
	object := s.Home.Scope().Lookup(name)
	require.NotNil(s.t, object, name)
	return object.Type()
}

// shape returns the finished shape of a variable's type.
func (s source) shape(name string) *Shape {
	built, refusal := s.Build(s.typ(name))
	require.Nil(s.t, refusal, "%s: %+v", name, refusal)
	s.Link([]*Shape{built}, func(string) bool { return false })
	return built
}

const kinds = `
import ("math/big"; "net/netip"; "time")
type (
	Level int8
	Octet byte
	Flat struct{ A int; B string }
	Deep struct{ L []int }
	Part struct{ A int; b int }
	Half struct{ A int; B []int ` + "`msgpack:\"-\"`" + ` }
	Opt struct { A int ` + "`msgpack:\",omitempty\"`" + ` }
	Big struct{ N big.Int }
)
var (
	level Level
	text string
	bytes []Octet
	hash [4]Octet
	grid [2][3]float64
	at time.Time
	addr netip.Addr
	dynamic any
	flat Flat
	deep Deep
	part Part
	half Half
	opt Opt
	number big.Int
	bigs Big
	ptr *Flat
	list []string
	lists [][]string
	table map[string]Level
	empty struct{}
	none [0]int
	truth bool
)`

func TestKinds(t *testing.T) {
	s := check(t, kinds)
	for name, want := range map[string]struct {
		kind         Kind
		min          int
		plain, whole bool
		empty        Emptiness
	}{
		"level":   {Int, 1, true, true, EmptyIf0},
		"text":    {String, 1, true, true, EmptyIfLen0},
		"truth":   {Bool, 1, true, true, EmptyUnless},
		"bytes":   {Bytes, 1, false, true, EmptyIfLen0},
		"hash":    {ByteArray, 6, true, true, NeverEmpty},
		"grid":    {Array, 1 + 2*(1+3*5), true, true, NeverEmpty},
		"at":      {Time, 6, true, true, EmptyIfZero},
		"addr":    {Opaque, 1, true, true, NeverEmpty},
		"dynamic": {Any, 1, false, true, EmptyIfNil},
		"flat":    {Struct, 1 + 2*3, true, true, NeverEmpty},
		"deep":    {Struct, 1 + 3, false, true, NeverEmpty},
		"part":    {Struct, 1 + 3, false, false, NeverEmpty},
		"half":    {Struct, 1 + 3, false, false, NeverEmpty},
		"opt":     {Struct, 1, true, true, EmptyFields},
		"number":  {Opaque, 1, false, false, NeverEmpty},
		"bigs":    {Struct, 1 + 3, false, false, NeverEmpty},
		"ptr":     {Pointer, 1, false, true, EmptyIfNil},
		"list":    {Slice, 1, false, true, EmptyIfLen0},
		"table":   {Map, 1, false, true, EmptyIfLen0},
		"empty":   {Struct, 1, true, true, AlwaysEmpty},
		"none":    {Array, 1, true, true, AlwaysEmpty},
	} {
		got := s.shape(name)
		require.Equal(t, want.kind, got.Kind, name)
		require.Equal(t, want.min, got.Min(), name)
		require.Equal(t, want.plain, got.Plain(), name)
		require.Equal(t, want.whole, got.Whole(), name)
		require.Equal(t, want.empty, got.Empty(), name)
	}
	require.True(t, s.shape("list").Shallow())
	require.False(t, s.shape("lists").Shallow())
}

func TestWhatCanFail(t *testing.T) {
	s := check(t, kinds)
	for name, want := range map[string]struct{ fails, copyFails bool }{
		"flat": {}, "lists": {}, "at": {}, "addr": {true, false}, "number": {true, true}, "bigs": {true, true}, "dynamic": {true, true},
	} {
		got := s.shape(name)
		require.Equal(t, want.fails, got.Fails, name)
		require.Equal(t, want.copyFails, got.CopyFails, name)
	}
}

func TestTypesThatAreIdenticalShareAShape(t *testing.T) {
	s := check(t, `
type Alias = map[string][]int
var a Alias
var b map[string][]int`)
	require.Same(t, s.shape("a"), s.shape("b"))
}

func TestRecursion(t *testing.T) {
	s := check(t, `
type (
	Node struct { Next *Node; Link Link; Tree Tree; Leaf Leaf }
	Link *Node
	Tree []Tree
	Leaf struct{ N int }
	Loop *[]Loop
)
var node Node
var loop Loop`)
	node := s.shape("node")
	next, link, tree, leaf := node.Fields[0].Shape, node.Fields[1].Shape, node.Fields[2].Shape, node.Fields[3].Shape
	for _, r := range []*Shape{node, next, link, tree} {
		require.True(t, r.Recursive)
		require.True(t, r.Fails)
	}
	require.False(t, leaf.Recursive)
	require.True(t, node.Bounded())
	require.True(t, tree.Bounded())
	require.False(t, next.Bounded(), "it has no name")
	require.False(t, link.Bounded(), "it leads to one that is")
	require.True(t, s.shape("loop").Bounded(), "nothing else in the cycle has a name")
}

func TestNames(t *testing.T) {
	s := check(t, `
import ("math/big"; "net/url"; "time")
type user struct { In struct{ Deep []struct{ A int } }; User *User; X []user2 }
type User struct{}
type user2 struct{}
type Page[T, U any] struct{ A T; B U }
var u user
var page map[[2]string]*Page[time.Duration, []big.Int]
var site url.URL
var dynamic []any`)
	require.Equal(t, "StringArray2PageTimeDurationBigIntSlicePtrMap", s.NameOf(s.typ("page")))
	require.Equal(t, "URL", s.NameOf(s.typ("site")))
	require.Equal(t, "AnySlice", s.NameOf(s.typ("dynamic")))

	root, refusal := s.Build(s.typ("u"))
	require.Nil(t, refusal)
	var names []string
	for _, shape := range s.Link([]*Shape{root}, func(name string) bool { return name == "readUser2" }) {
		names = append(names, shape.Name)
	}
	require.Equal(t, []string{"User", "UserIn", "UserInDeepSlice", "UserInDeep", "UserPtr", "User3", "User2Slice", "User22"}, names)
}

func TestRefusals(t *testing.T) {
	s := check(t, `
type (
	Order struct { Lines []Line }
	Line struct { Hooks map[string]struct{ On func() } }
	Embeds struct { *Line }
	Twice struct { A int; B int `+"`msgpack:\"A\"`"+` }
	Alias struct { A int; B int `+"`msgpack:\",alias:A\"`"+` }
	Quoted struct { A int `+"`msgpack:\"'a'\"`"+` }
	Hidden struct { a, b int }
	half struct { A int }
)
func (half) MarshalText() ([]byte, error) { return nil, nil }
var (
	order *Order
	embeds Embeds
	twice Twice
	alias Alias
	quoted Quoted
	hidden Hidden
	halves []half
	key map[*int]string
	double **int
	c chan int
	z complex128
	e error
)`)
	for name, want := range map[string][2]string{
		"order":  {"Order.Lines[].Hooks[].On", "a func exists in one process alone"},
		"embeds": {"Embeds.Line", "nil would not come back nil"},
		"twice":  {"Twice.B", `is written as "A"`},
		"alias":  {"Alias.B", `is written as "A"`},
		"quoted": {"Quoted.A", "quotes"},
		"hidden": {"Hidden", "all its fields are unexported"},
		"halves": {"[]half[]", "has MarshalText but no UnmarshalText"},
		"key":    {"map[*int]string[key]", "does not come back as it was"},
		"double": {"*int", "a pointer to a pointer"},
		"c":      {"chan int", "a channel"},
		"z":      {"complex128", "no complex numbers"},
		"e":      {"error", "the type behind an interface"},
	} {
		_, refusal := s.Build(s.typ(name))
		require.NotNil(t, refusal, name)
		require.Equal(t, want[0], refusal.Path, name)
		require.Contains(t, refusal.Reason, want[1], name)
		_, again := s.Build(s.typ(name))
		require.Equal(t, refusal, again, name)
	}
}

func TestJSONStandsInForWhatIsLost(t *testing.T) {
	s := check(t, `
type (
	Lossy struct { A int; b []string }
	Exact struct { A int }
	Func func()
	Box struct { Lossy Lossy; Exact Exact; Func Func }
)
func (Lossy) MarshalJSON() ([]byte, error) { return nil, nil }
func (*Lossy) UnmarshalJSON([]byte) error { return nil }
func (Exact) MarshalJSON() ([]byte, error) { return nil, nil }
func (*Exact) UnmarshalJSON([]byte) error { return nil }
func (Func) MarshalJSON() ([]byte, error) { return nil, nil }
func (*Func) UnmarshalJSON([]byte) error { return nil }
var box Box`)
	box := s.shape("box")
	require.Equal(t, JSON, box.Fields[0].Shape.Pair)
	require.Equal(t, Struct, box.Fields[1].Shape.Kind)
	require.Equal(t, JSON, box.Fields[2].Shape.Pair)
	require.True(t, box.Apart)
}
