package database

import (
	"database/sql"
	"strconv"
	"strings"
	"time"
)

// statement is the SQL of an operation, and the order in which its arguments go into it.
type statement struct {
	text  string
	order []int // indexes of arguments
	stmt  *sql.Stmt
}

// clock is the index of an argument that is no one's but the time.
const clock = -1

// writer makes a statement of a template, in which
//
//	{table}             is the table
//	{now}               the time
//	{mark}              see grammar
//	{an argument}       a parameter
//	{each} … {end}      repeated for each row, with commas between
//	{every} … {end}     the same without commas
//	{names}             the argument name of each row, with commas between
type writer struct {
	g     *grammar
	table string
	once  []string
	each  []string
	rows  int

	text    strings.Builder
	order   []int
	numbers map[int]int // of arguments that the text has already, where parameters have numbers
}

func (g *grammar) statement(op operation, table string, rows int) *statement {
	template := g.text[op]
	if rows > 1 && g.arrays[op] != "" {
		template, rows = g.arrays[op], 1
	}
	w := &writer{g: g, table: table, once: shapes[op].once, each: shapes[op].each, rows: rows, numbers: map[int]int{}}
	w.write(template, 0)
	return &statement{text: w.text.String(), order: w.order}
}

// write writes a part of a template for one row.
func (w *writer) write(template string, row int) {
	for template != "" {
		before, rest, found := cutPlaceholder(template)
		w.text.WriteString(before)
		if !found {
			return
		}
		name, after, _ := strings.Cut(rest, "}")
		template = after
		switch name {
		case "table":
			w.text.WriteString(w.table)
		case "mark":
			w.text.WriteString(w.g.mark)
		case "each", "every":
			var part string
			part, template, _ = strings.Cut(after, "{end}")
			w.repeat(part, map[string]string{"each": ",", "every": " "}[name])
		case "names":
			w.repeat("{name}", ",")
		default:
			w.argument(name, row)
		}
	}
}

// cutPlaceholder cuts at the next brace that begins a placeholder: those of regular expressions do not.
func cutPlaceholder(s string) (before, after string, found bool) {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '{' && s[i+1] >= 'a' && s[i+1] <= 'z' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

func (w *writer) repeat(part, between string) {
	for row := range w.rows {
		if row > 0 {
			w.text.WriteString(between)
		}
		w.write(part, row)
	}
}

func (w *writer) argument(name string, row int) {
	if name == "now" && w.g.now != "" {
		w.text.WriteString(w.g.now)
		return
	}
	index := w.index(name, row)
	if w.g.parameter == "" {
		w.order = append(w.order, index)
		w.text.WriteByte('?')
		return
	}
	number, known := w.numbers[index]
	if !known {
		w.order = append(w.order, index)
		number = len(w.order)
		w.numbers[index] = number
	}
	w.text.WriteString(w.g.parameter)
	w.text.WriteString(strconv.Itoa(number))
}

// index returns which argument name is. A name that the operation does not have is a mistake in a
// template, which every test finds.
func (w *writer) index(name string, row int) int {
	if name == "now" {
		return clock
	}
	for i, n := range w.once {
		if n == name {
			return i
		}
	}
	for i, n := range w.each {
		if n == name {
			return len(w.once) + row*len(w.each) + i
		}
	}
	panic("cachegen/drivers/database: a template names the unknown argument " + name)
}

// bind puts args into the statement's order.
func (s *statement) bind(args []any) []any {
	bound := make([]any, len(s.order))
	for i, index := range s.order {
		if index == clock {
			bound[i] = time.Now().UnixMicro()
		} else {
			bound[i] = args[index]
		}
	}
	return bound
}
