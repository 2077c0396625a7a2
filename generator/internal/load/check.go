package load

import (
	"errors"
	"fmt"
	"go/token"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/cachegen/cachegen/generator/internal/diag"
)

// check looks through what the go command and go/packages said about a package. Mistakes in the
// source go to problems; the error says why the package cannot be read at all.
func (r *reader) check(dir string, pkg *packages.Package, problems *diag.List) error {
	for _, e := range pkg.Errors {
		switch {
		case isVersionSkew(e.Msg):
			return fmt.Errorf("cachegen/generator: this cachegen was built for an older Go than %s, whose packages it cannot read: "+
				"run go get -tool github.com/cachegen/cachegen/cmd/cachegen@latest, or rebuild it with %[1]s (%s)", runtime.Version(), e.Msg)
		case e.Kind == packages.TypeError, strings.HasPrefix(e.Msg, "# "):
			// The compiler's output says again what go/types said, and that is advisory.
		case e.Pos == "" || e.Pos == "-":
			return listError(pkg, e.Msg)
		default:
			r.reportAt(position(dir, e.Pos), e.Msg, problems)
		}
	}
	return nil
}

// isVersionSkew recognises the errors of an x/tools that is older than the go command.
func isVersionSkew(message string) bool {
	return strings.Contains(message, "without types was imported from") ||
		strings.Contains(message, "unsupported version") && strings.Contains(message, "internal error in importing")
}

func listError(pkg *packages.Package, message string) error {
	if strings.HasPrefix(message, "found packages ") && pkg.Name != "" {
		message += "; if one of these names comes from a generated file alone, delete that file"
	}
	return errors.New("cachegen/generator: " + pkg.ID + ": " + message)
}

// reportAt reports a mistake in a file that the user wrote; what is wrong with our own old output
// does not matter.
func (r *reader) reportAt(pos token.Position, message string, problems *diag.List) {
	seen := r.seen(pos.Filename)
	switch {
	case seen == nil:
		problems.Add(pos, message)
	case seen.generated:
	case len(seen.errors) > 0:
		r.report(pos.Filename, problems)
	default:
		problems.Add(pos, message)
	}
}

// report reports the first syntax error of a file. Those that follow are mostly its consequences.
func (r *reader) report(name string, problems *diag.List) {
	if seen := r.seen(name); seen != nil && len(seen.errors) > 0 {
		first := seen.errors[0]
		problems.Add(first.Pos, "syntax error: "+first.Msg)
	}
}

// position parses the file:line:col of the go command, whose file is relative to dir.
func position(dir, text string) token.Position {
	var p token.Position
	rest, last := cutNumber(text)
	if file, line := cutNumber(rest); line > 0 {
		p = token.Position{Filename: file, Line: line, Column: last}
	} else {
		p = token.Position{Filename: rest, Line: last}
	}
	if !filepath.IsAbs(p.Filename) {
		p.Filename = filepath.Join(dir, p.Filename)
	}
	return p
}

// cutNumber cuts a number after the last colon off text.
func cutNumber(text string) (string, int) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return text, 0
	}
	n, err := strconv.Atoi(text[i+1:])
	if err != nil {
		return text, 0
	}
	return text[:i], n
}
