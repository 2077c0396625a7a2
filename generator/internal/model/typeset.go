package model

import "go/types"

// isNamed reports whether t is the type of that name, or an alias of it.
func isNamed(t types.Type, pkg, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == pkg
}

// isError reports whether t is the predeclared error.
func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// signatures holds the methods by which a type says how it is spelled or stored.
var signatures = map[string]string{
	"AppendText":       "func([]byte) ([]byte, error)",
	"MarshalText":      "func() ([]byte, error)",
	"UnmarshalText":    "func([]byte) error",
	"MarshalBinary":    "func() ([]byte, error)",
	"UnmarshalBinary":  "func([]byte) error",
	"MarshalMsgpack":   "func() ([]byte, error)",
	"UnmarshalMsgpack": "func([]byte) error",
	"EncodeMsgpack":    "func(*github.com/vmihailenco/msgpack/v5.Encoder) error",
	"DecodeMsgpack":    "func(*github.com/vmihailenco/msgpack/v5.Decoder) error",
}

// hasMethod reports whether t itself, not only a pointer to it, has the standard method of that name.
func hasMethod(t types.Type, name string) bool {
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
