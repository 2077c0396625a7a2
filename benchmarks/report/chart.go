package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
)

// panel is one bar chart: a bar for each contender, the best first. Less is better in all of them.
type panel struct {
	title, unit string
	rows        string // of which benchmark there are bars
	value       column
}

func panels() []panel {
	return []panel{
		{"Hit in memory, shared value", "ns", "Shared/lib=*/keys=zipf", column{name: "SharedPaired/keys=zipf", unit: "*-p50-ns", scale: 1}},
		{"Hit in memory, value of one's own", "ns", "Copying/lib=*/keys=zipf", column{name: "Copying/lib=*/keys=zipf", unit: nsOp, scale: 1}},
		{"Hit in Redis, one caller", "µs", "RedisHit/lib=*/callers=1", column{name: "RedisHitPaired", unit: "*-p50-ns", scale: 1e-3}},
		{"A hundred hits in Redis by one call", "µs", "Many100/lib=*", column{name: "Many100Paired", unit: "*-p50-ns", scale: 1e-3}},
		{"Encode a User of 300 bytes", "ns", "Encode/type=User/lib=*", column{name: "Encode/type=User/lib=*", unit: nsOp, scale: 1}},
		{"Decode a User of 300 bytes", "ns", "Decode/type=User/lib=*", column{name: "Decode/type=User/lib=*", unit: nsOp, scale: 1}},
	}
}

// Measures of the chart, in pixels.
const (
	panelWidth = 460
	gap        = 24
	labelWidth = 150 // of the names, left of the bars
	valueWidth = 70  // of the figures, right of the bars
	barHeight  = 14
	lineHeight = 20
	titleSpace = 34
	barSpace   = panelWidth - labelWidth - valueWidth
	width      = 2*panelWidth + 3*gap
	lineLength = 150 // of the caption, in characters
)

const style = `
text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f }
.title { font-size: 14px; font-weight: 600 }
.caption { font-size: 11px; fill: #57606a }
.paper { fill: #ffffff }
.bar { fill: #b7c0cb }
.ours { fill: #0969da }
.own { font-weight: 600 }
@media (prefers-color-scheme: dark) {
	text { fill: #e6edf3 }
	.caption { fill: #9198a1 }
	.paper { fill: #0d1117 }
	.bar { fill: #4b5563 }
	.ours { fill: #4493f8 }
}
`

// Chart returns an SVG of the results that matter most.
func (r *Results) Chart() string {
	var body strings.Builder
	y := gap
	all := panels()
	for i := 0; i < len(all); i += 2 {
		left := r.panel(&body, all[i], gap, y)
		right := r.panel(&body, all[i+1], panelWidth+2*gap, y)
		y += max(left, right) + gap
	}
	for _, line := range append([]string{"Less is better. " + strings.Join(r.caption(), ". ") + "."}, footnote) {
		for _, part := range wrap(line, lineLength) {
			text(&body, gap, y, `class="caption"`, part)
			y += lineHeight - 4
		}
	}
	return fmt.Sprintf("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%[1]d\" height=\"%[2]d\" viewBox=\"0 0 %[1]d %[2]d\" role=\"img\">\n"+
		"<title>cachegen and its rivals</title>\n<style>%[3]s</style>\n<rect class=\"paper\" width=\"%[1]d\" height=\"%[2]d\" rx=\"6\"/>\n%[4]s</svg>\n",
		width, y+gap/2, style, body.String())
}

const footnote = "cachegen-codec is the emitted codec alone. Encoding and decoding by cachegen include its envelope with a checksum, and the call through the cache to a store that does nothing."

// bar is a contender with its value.
type bar struct {
	name  string
	value float64
}

func (r *Results) bars(p panel) []bar {
	var bars []bar
	for _, name := range r.matches(p.rows) {
		if v, ok := r.value(p.value, name); ok {
			bars = append(bars, bar{name, v})
		}
	}
	slices.SortFunc(bars, func(a, b bar) int {
		return cmp.Or(cmp.Compare(a.value, b.value), strings.Compare(a.name, b.name))
	})
	return bars
}

// panel draws p at x, y, and returns how high it is.
func (r *Results) panel(b *strings.Builder, p panel, x, y int) int {
	bars := r.bars(p)
	text(b, x, y+14, `class="title"`, p.title+", "+p.unit)
	for i, c := range bars {
		top := y + titleSpace + i*lineHeight
		fill, label := "bar", ""
		if strings.HasPrefix(c.name, "cachegen") {
			fill, label = "bar ours", "own"
		}
		length := max(1, int(barSpace*c.value/bars[len(bars)-1].value))
		text(b, x+labelWidth-8, top+barHeight-3, fmt.Sprintf(`class="%s" text-anchor="end"`, label), c.name)
		fmt.Fprintf(b, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\"/>\n", fill, x+labelWidth, top, length, barHeight)
		text(b, x+labelWidth+length+6, top+barHeight-3, fmt.Sprintf(`class="%s"`, label), number(c.value))
	}
	return titleSpace + len(bars)*lineHeight
}

func text(b *strings.Builder, x, y int, attributes, s string) {
	fmt.Fprintf(b, "<text x=\"%d\" y=\"%d\" %s>", x, y, attributes)
	_ = xml.EscapeText(b, []byte(s)) // a Builder does not fail
	b.WriteString("</text>\n")
}

// wrap breaks s at spaces into lines of at most n characters where that is possible.
func wrap(s string, n int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && len(line)+1+len(word) > n {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}
