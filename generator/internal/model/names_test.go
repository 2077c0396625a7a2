package model

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLowerCamel(t *testing.T) {
	for name, want := range map[string]string{
		"ID": "id", "TenantID": "tenantID", "URL": "url", "HTTPServer": "httpServer", "Name": "name", "ID2": "id2",
		"X": "x", "XKey": "xKey", "already": "already", "Ärger": "ärger", "A1B": "a1B",
	} {
		require.Equal(t, want, LowerCamel(name), name)
	}
}

func TestUpperCamel(t *testing.T) {
	for name, want := range map[string]string{
		"id": "ID", "tenantID": "TenantID", "url": "URL", "idHash": "IDHash", "ideal": "Ideal", "owner": "Owner", "_x": "X", "ärger": "Ärger", "id2": "ID2",
	} {
		require.Equal(t, want, upperCamel(name), name)
	}
}

func TestFieldNamesDiffer(t *testing.T) {
	c := &Cache{Params: []*Param{
		{Base: "zip", Path: []string{"A", "Zip"}},
		{Base: "zip", Path: []string{"B", "Zip"}},
		{Base: "bZip", Path: []string{"BZip"}},
	}}
	nameFields(c)
	require.Equal(t, "Zip", c.Params[0].Field)
	require.Equal(t, "BZip", c.Params[1].Field)
	require.Equal(t, "bZip", c.Params[1].Base)
	require.Equal(t, "BZip_", c.Params[2].Field)
}

func TestFirstSentence(t *testing.T) {
	for doc, want := range map[string]string{
		"":                                "",
		"User is a user.\n":               "User is a user.",
		"User is\na user. It is more.\n":  "User is a user.",
		"User is a user\n\nIt is more.\n": "User is a user",
		"Version 1.2 is out. Yes.\n":      "Version 1.2 is out.",
	} {
		require.Equal(t, want, firstSentence(doc))
	}
}

func TestInternalPackages(t *testing.T) {
	for _, c := range []struct {
		from, path string
		want       bool
	}{
		{"a/b", "a/c", true},
		{"a/b", "a/internal/c", true},
		{"a", "a/internal", true},
		{"ab", "a/internal", false},
		{"b", "a/internal/c", false},
		{"a/x/y", "a/x/internal/c", true},
		{"a/y", "a/x/internal/c", false},
		{"a", "internal/abi", false},
		{"a", "a/internals", true},
	} {
		require.Equal(t, c.want, mayImport(c.from, c.path), "%s imports %s", c.from, c.path)
	}
}

func TestNamesOfAccessors(t *testing.T) {
	for _, c := range []struct {
		declared        string
		form            Form
		name, keyStruct string
	}{
		{"User", Struct, "UserCache", "UserKey"},
		{"UserRate", Counter, "UserRateCounter", "UserRateKey"},
		{"API", Limit, "APILimit", "APIKey"},
		{"APILimit", Limit, "APILimiter", "APIKey"},
		{"apiLimit", Limit, "apiLimiter", "apiKey"},
		{"limit", Limit, "limiter", "limiterKey"},
		{"CallCache", Limit, "CallCacheLimit", "CallCacheKey"},
		{"HitsCounter", Counter, "HitsCounterCounter", "HitsCounterKey"},
	} {
		name := defaultName(c.declared, c.form)
		require.Equal(t, c.name, name)
		require.Equal(t, c.keyStruct, (&Cache{Name: name, Form: c.form}).KeyStruct(), name)
	}
}
