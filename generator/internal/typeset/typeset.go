// Package typeset answers questions about Go types.
package typeset

import "go/types"

// IsNamed reports whether t is the type of that name, or an alias of it.
func IsNamed(t types.Type, pkg, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == pkg
}

// IsError reports whether t is the predeclared error.
func IsError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// signatures holds the methods by which types say how they are spelled, stored and left out.
var signatures = map[string]string{
	"AppendText":       "func([]byte) ([]byte, error)",
	"MarshalText":      "func() ([]byte, error)",
	"UnmarshalText":    "func([]byte) error",
	"IsZero":           "func() bool",
	"MarshalBinary":    "func() ([]byte, error)",
	"UnmarshalBinary":  "func([]byte) error",
	"MarshalJSON":      "func() ([]byte, error)",
	"UnmarshalJSON":    "func([]byte) error",
	"MarshalMsgpack":   "func() ([]byte, error)",
	"UnmarshalMsgpack": "func([]byte) error",
	"EncodeMsgpack":    "func(*github.com/vmihailenco/msgpack/v5.Encoder) error",
	"DecodeMsgpack":    "func(*github.com/vmihailenco/msgpack/v5.Decoder) error",
}

// HasMethod reports whether t itself, not only a pointer to it, has the standard method of that name.
func HasMethod(t types.Type, name string) bool {
	method, _, _ := types.LookupFieldOrMethod(t, false, nil, name)
	fn, ok := method.(*types.Func)
	return ok && spell(fn.Signature()) == signatures[name]
}

// spell writes a signature without the names of its parameters.
func spell(s *types.Signature) string {
	return types.TypeString(types.NewSignatureType(nil, nil, nil, nameless(s.Params()), nameless(s.Results()), s.Variadic()), nil)
}

func nameless(vars *types.Tuple) *types.Tuple {
	var all []*types.Var
	for v := range vars.Variables() {
		all = append(all, types.NewVar(0, nil, "", types.Unalias(v.Type())))
	}
	return types.NewTuple(all...)
}
