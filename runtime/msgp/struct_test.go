package msgp_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cachegen/cachegen/runtime/msgp"
)

// fieldsInOrder encodes an address whose fields are the given ones, in that order.
func fieldsInOrder(names ...string) []byte {
	b := msgp.AppendMapHeader(nil, len(names))
	for _, n := range names {
		b = msgp.AppendString(b, n)
		switch n {
		case "Unknown":
			b = append(b, 0x92, 0x81, 1, 2, 0xC0)
		case "City of two":
			b = append(b, 5)
		default:
			b = msgp.AppendString(b, "the "+n)
		}
	}
	return b
}

func readOneAddress(b []byte) (address, error) {
	var v address
	r := msgp.NewReader(b, true)
	readAddress(&r, &v)
	return v, r.Done()
}

func TestFieldsStandInAnyOrder(t *testing.T) {
	want := address{"the Street", "the City", "the Zip", "the Country"}
	for _, names := range permutations([]string{"Street", "City", "Zip", "Country", "Unknown"}) {
		v, err := readOneAddress(fieldsInOrder(names...))
		require.NoError(t, err, "%v", names)
		require.Equal(t, want, v, "%v", names)
	}
	v, err := readOneAddress(fieldsInOrder("Unknown", "City of two", "Street", "City", "Unknown", "Unknown", "Zip", "Country", "City of two"))
	require.NoError(t, err)
	require.Equal(t, want, v)
}

func permutations(s []string) (all [][]string) {
	if len(s) == 0 {
		return [][]string{{}}
	}
	for i := range s {
		rest := slices.Concat(s[:i], s[i+1:])
		for _, p := range permutations(rest) {
			all = append(all, append(p, s[i]))
		}
	}
	return all
}

func TestFieldsHaveToBeThereOnce(t *testing.T) {
	for message, names := range map[string][]string{
		"Street: the field is missing":  {},
		"Country: the field is missing": {"Street", "City", "Zip"},
		"City: the field is missing":    {"Street", "Unknown", "Zip", "Country"},
		"Zip: the field is missing":     {"Country", "City", "Street"},
		"a key stands twice":            {"Street", "City", "Zip", "Country", "Zip"},
		"a key stands twice; treat":     {"Street", "Street", "Zip", "Country"},
	} {
		_, err := readOneAddress(fieldsInOrder(names...))
		require.ErrorContains(t, err, message, "%v", names)
	}
}

func TestErrorsNameTheField(t *testing.T) {
	u := sampleUser()
	b := appendUser(nil, u)
	for want, replace := range map[string][2]string{
		"Name: unexpected":                             {"\xa4Name\xac", "\xa4Name\xc0"},
		"Address.City: unexpected":                     {"\xa4City\xab", "\xa4City\xc3"},
		"Address.Zip: the field is missing":            {"\xa3Zip", "\xa3zip"},
		"Roles: unexpected":                            {"\xa5Roles\x93", "\xa5Roles\x83"},
		"Address: unexpected type on the wire; treat ": {"\xa7Address\x84", "\xa7Address\x01"},
	} {
		damaged := bytes.Replace(b, []byte(replace[0]), []byte(replace[1]), 1)
		require.NotEqual(t, b, damaged)
		r := msgp.NewReader(damaged, true)
		readUserPtr(&r)
		require.ErrorContains(t, r.Done(), want)
	}
}

func TestLongPathsAreCut(t *testing.T) {
	r := msgp.NewReader(bytes.Repeat([]byte("\x81\xa4Next"), 1000), true)
	readNodePtr(&r)
	var e *msgp.DecodeError
	require.ErrorAs(t, r.Done(), &e)
	require.Regexp(t, `^…Next(\.Next)+$`, e.Path)
	require.Less(t, len(e.Path), 300)
}

func TestOffsetsAreThoseOfTheValue(t *testing.T) {
	b := appendUser(nil, sampleUser())
	at := bytes.Index(b, []byte("\xa5Email")) + len("\xa5Email")
	r := msgp.NewReader(b[:at+4], true)
	readUserPtr(&r)
	var e *msgp.DecodeError
	require.ErrorAs(t, r.Done(), &e)
	require.Equal(t, msgp.DecodeError{Offset: at, Path: "Email", Err: msgp.ErrShort}, *e)
}

// TestFieldsOfTheParentAreNotTakenForOnesOfTheChild ends a struct early where its parent goes on with
// a field of the same name.
func TestFieldsOfTheParentAreNotTakenForOnesOfTheChild(t *testing.T) {
	b := append(append([]byte{0x81}, "\xa1A\x05"...), "\xa2On\xc3"...)
	var v extra
	r := msgp.NewReader(b, true)
	readExtra(&r, &v)
	require.Equal(t, extra{A: 5}, v)
	require.Equal(t, 4, r.Offset())
}

func TestManyFields(t *testing.T) {
	var tags []string
	for i := range msgp.MaxFields {
		tags = append(tags, fmt.Sprintf("f%d", i))
	}
	fields := msgp.NewFields(tags...)
	read := func(b []byte) (got []int, err error) {
		r := msgp.NewReader(b, true)
		s := r.Struct(fields)
		for s.Next(&r) {
			require.Equal(t, s.Field(), r.Int())
			got = append(got, s.Field())
		}
		return got, r.Done()
	}
	b, want := msgp.AppendMapHeader(nil, len(tags)), []int(nil)
	for i, name := range tags {
		b, want = msgp.AppendInt(msgp.AppendString(b, name), int64(i)), append(want, i)
	}
	got, err := read(b)
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = read(bytes.Replace(b, []byte("\xa4f200"), []byte("\xa4none"), 1))
	require.ErrorContains(t, err, "f200: the field is missing")
	require.Panics(t, func() { msgp.NewFields(append(tags, "more")...) })
}
