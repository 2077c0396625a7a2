package typeset

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestQuestions(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "a.go", `package a
type T struct{}
type Alias = T
func (T) MarshalText() (text []byte, err error) { return nil, nil }
func (*T) UnmarshalText(b []byte) error { return nil }
func (T) MarshalBinary() []byte { return nil }
var alias Alias
var failure error`, 0)
	require.NoError(t, err)
	pkg, err := new(types.Config).Check("example.com/a", fset, []*ast.File{file}, nil)
	require.NoError(t, err)
	alias := pkg.Scope().Lookup("alias").Type()
	require.True(t, IsNamed(alias, "example.com/a", "T"))
	require.False(t, IsNamed(alias, "example.com/b", "T"))
	require.True(t, HasMethod(alias, "MarshalText"))
	require.False(t, HasMethod(alias, "UnmarshalText"), "it is the pointer's")
	require.True(t, HasMethod(types.NewPointer(alias), "UnmarshalText"))
	require.False(t, HasMethod(alias, "MarshalBinary"), "it has another signature")
	require.True(t, IsError(pkg.Scope().Lookup("failure").Type()))
	require.False(t, IsError(alias))
}
