package model

import (
	"fmt"
	"go/token"
	"strconv"
	"strings"

	"github.com/cachegen/cachegen/generator/internal/diag"
	"github.com/cachegen/cachegen/generator/internal/load"
	"github.com/cachegen/cachegen/runtime/keys"
)

// A claim is a pattern that a declaration takes on a store.
type claim struct {
	key     string // as the user wrote it
	pattern keys.Pattern
	store   string
	limit   bool // of a limit: these are apart from caches and counters
	pos     token.Position
	outside bool // of a package that is not part of the run
	guessed bool // the kind of a part takes more than the source of its package to know
}

// checkOverlaps reports patterns on one store that may give the same key: those of the packages of
// this run against each other, and against the rest of their modules.
func checkOverlaps(p *load.Program, packages []*Package, problems *diag.List) error {
	claims := claimsOf(packages)
	if len(claims) == 0 {
		return nil
	}
	loaded := len(claims)
	elsewhere, err := claimsElsewhere(p)
	if err != nil {
		return err
	}
	claims = append(claims, elsewhere...)
	for i, a := range claims[:loaded] {
		for _, b := range claims[i+1:] {
			if witness, overlap := a.overlaps(b); overlap {
				reportOverlap(a, b, witness, problems)
			}
		}
	}
	return nil
}

func claimsOf(packages []*Package) []claim {
	var claims []claim
	for _, p := range packages {
		for _, c := range p.Caches {
			claims = append(claims, claim{key: c.Key, pattern: c.Pattern, store: c.Store, limit: c.Form == Limit, pos: c.Pos})
		}
	}
	return claims
}

// overlaps reports whether two claims are on one store, both of limits or both not, and may give one
// key. Most patterns differ in
// the text they begin with, which is quick to see.
func (a claim) overlaps(b claim) (witness string, overlap bool) {
	textA, _, _ := strings.Cut(a.key, "{")
	textB, _, _ := strings.Cut(b.key, "{")
	if a.store != b.store || a.limit != b.limit || !strings.HasPrefix(textA, textB) && !strings.HasPrefix(textB, textA) {
		return "", false
	}
	return keys.Overlap(a.pattern, b.pattern)
}

// reportOverlap reports an overlap at the later of two declarations, or at the one of this run.
func reportOverlap(a, b claim, witness string, problems *diag.List) {
	if !b.outside && diag.Compare(a.pos, b.pos) < 0 {
		a, b = b, a
	}
	note := "the other pattern"
	if b.guessed {
		note += ", a part of which has a type from another package and was taken for a string: run cachegen ./... to be sure"
	}
	store := "the default store"
	if a.store != "" {
		store = "the store " + strconv.Quote(a.store)
	}
	problems.Add(a.pos, fmt.Sprintf("the pattern %q overlaps with %q on %s: both can give the key %q; begin them with different text", a.key, b.key, store, witness),
		diag.Note{Pos: b.pos, Message: note})
}
