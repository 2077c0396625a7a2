package report

import (
	"fmt"
	"strings"
)

// Marks around the part of a document that Insert replaces.
const (
	begin = "<!-- results: written by benchmarks/cmd/compare -->\n"
	end   = "<!-- end of results -->\n"
)

// Insert returns document with its results replaced by those of r.
func (r *Results) Insert(document string) (string, error) {
	before, rest, ok := strings.Cut(document, begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return "", fmt.Errorf("cachegen/benchmarks: the document has no place for the results; put the lines %q and %q where they belong", begin, end)
	}
	return before + begin + "\n" + r.Markdown() + "\n" + end + after, nil
}

// caption says where the results come from, in sentences without their stops.
func (r *Results) caption() []string {
	var lines []string
	if note := r.config["note"]; note != "" {
		lines = append(lines, note)
	}
	return append(lines,
		fmt.Sprintf("Medians of %s on %s, on %s, %s/%s, %s", passes(r.Passes()), r.config["date"],
			r.config["machine"], r.config["goos"], r.config["goarch"], r.config["go"]),
		fmt.Sprintf("cachegen at commit %s, with %s", r.config["commit"], r.config["libraries"]))
}

func passes(n int) string {
	if n == 1 {
		return "1 pass"
	}
	return fmt.Sprintf("%d passes", n)
}
