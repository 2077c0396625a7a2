package main

import (
	"fmt"
	"io"
	"strings"
)

func printPackage(w io.Writer, p *Package) {
	fmt.Fprintf(w, "package %s // import %q\n\n%s\n\n", p.Name, p.Path, p.Synopsis)
	for _, s := range p.Symbols {
		line, _, _ := strings.Cut(s.Decl, "\n")
		fmt.Fprintf(w, "  %-6s %-28s %s\n", s.Kind, s.Name, line)
	}
	fmt.Fprintf(w, "\n%d symbols in %d files ", len(p.Symbols), p.Files)
}

func printSymbol(w io.Writer, s Symbol) {
	fmt.Fprintf(w, "%s\n\n", s.Decl)
	for line := range strings.Lines(s.Doc) {
		fmt.Fprint(w, "    ", line)
	}
	fmt.Fprint(w, "\n\n")
}
