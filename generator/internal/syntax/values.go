package syntax

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/cachegen/cachegen/runtime/registry"
)

// parseWord parses a name that also environment variables and keys can carry.
func parseWord(a Arg) (string, []Error) {
	i := strings.IndexFunc(a.Value, func(r rune) bool {
		return r > 0x7f || r != '.' && !isNameByte(byte(r))
	})
	if i >= 0 || a.Value == "" {
		return "", a.errorf(max(i, 0), "%s=%s: write one word of letters, digits, dots, dashes and underscores", a.Name, a.Value)
	}
	return a.Value, nil
}

func parseIdentifier(a Arg) (string, []Error) {
	if !isIdentifier(a.Value) {
		return "", a.errorf(0, "%s=%s is not a Go identifier: write one, such as UserCache", a.Name, a.Value)
	}
	return a.Value, nil
}

// parseIdentifiers parses a list that is separated by commas.
func parseIdentifiers(a Arg) ([]Word, []Error) {
	var words []Word
	var errs []Error
	at := 0
	for elem := range strings.SplitSeq(a.Value, ",") {
		start, text := skipSpace(a.Value[:at+len(elem)], at), strings.TrimSpace(elem)
		switch {
		case !isIdentifier(text):
			errs = append(errs, a.errorf(start, "%q in %s is not a Go identifier: write the names of parameters, with commas between", text, a.Name)...)
		case slices.ContainsFunc(words, func(w Word) bool { return w.Text == text }):
			errs = append(errs, a.errorf(start, "%s is repeated in %s: write it once", text, a.Name)...)
		default:
			words = append(words, Word{text, a.PosAt(start)})
		}
		at += len(elem) + len(",")
	}
	return words, errs
}

// oneOf returns the parser of an argument that has these values.
func oneOf[T ~string](values ...T) func(Arg) (T, []Error) {
	return func(a Arg) (T, []Error) {
		if slices.Contains(values, T(a.Value)) {
			return T(a.Value), nil
		}
		var names []string
		for _, v := range values {
			names = append(names, string(v))
		}
		hint := "write " + strings.Join(names, " or ")
		if near := registry.Nearest(a.Value, names); near != "" {
			hint = fmt.Sprintf("did you mean %s?", near)
		}
		return "", a.errorf(0, "%s has no value %q: %s", a.Name, a.Value, hint)
	}
}

// errorf returns an error at byte i of the value.
func (a Arg) errorf(i int, format string, args ...any) []Error {
	return []Error{{a.PosAt(i), fmt.Sprintf(format, args...)}}
}

// isIdentifier reports whether s can name something: no keyword, not blank.
func isIdentifier(s string) bool { return token.IsIdentifier(s) && s != "_" }
