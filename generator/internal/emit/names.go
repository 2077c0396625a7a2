package emit

import (
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// reserved reports whether a name means something in every package.
func reserved(name string) bool {
	return token.IsKeyword(name) || types.Universe.Lookup(name) != nil
}

// free returns name, or name with the least number behind it that is not taken.
func free(name string, taken func(string) bool) string {
	if !taken(name) {
		return name
	}
	for i := 2; ; i++ {
		if numbered := name + strconv.Itoa(i); !taken(numbered) {
			return numbered
		}
	}
}

// locals gives names to the parameters and variables of one accessor's methods. No two have the
// same, and none hides an import, a type, or anything else that the methods refer to.
type locals struct {
	*file
	taken map[string]bool
}

func (l *locals) isTaken(name string) bool {
	at, known := l.pkg.Taken[name]
	_, isType := l.pkg.Types.Scope().Lookup(name).(*types.TypeName)
	return l.taken[name] || reserved(name) || l.isImport(name) || isType || known && !at.IsValid()
}

// pick returns a name that is not taken, and takes it.
func (l *locals) pick(name string) string {
	name = free(name, l.isTaken)
	l.taken[name] = true
	return name
}

// key returns the name of a part's parameter, and takes it.
func (l *locals) key(name string) string {
	if l.isTaken(name) {
		name += "Key"
	}
	return l.pick(name)
}

// plural makes the name of a list of a name for one thing.
func plural(name string) string {
	switch {
	case strings.HasSuffix(name, "s"), strings.HasSuffix(name, "x"), strings.HasSuffix(name, "ch"), strings.HasSuffix(name, "sh"):
		return name + "es"
	case len(name) > 1 && strings.HasSuffix(name, "y") && !strings.ContainsAny(name[len(name)-2:len(name)-1], "aeiou"):
		return name[:len(name)-1] + "ies"
	}
	return name + "s"
}
