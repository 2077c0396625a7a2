package emit

import (
	"bytes"
	"runtime"
	"sync"

	"github.com/dave/jennifer/jen"
)

// sections renders the declarations of a file, some at a time, while later ones are still being put
// together: formatting is the larger half of a run, and what is formatted needs no tree any more. No
// declaration is broken over two sections, and so all is formatted if each of them is.
type sections struct {
	pkg   string
	turns chan struct{} // as many as run at once
	all   []*section
	work  sync.WaitGroup
}

// A section is there when the work is done.
type section struct {
	src []byte
	err error
}

func newSections(pkg string) *sections {
	return &sections{pkg: pkg, turns: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// add renders code, which is the caller's no more.
func (s *sections) add(code []jen.Code) {
	if len(code) == 0 {
		return
	}
	next := &section{}
	s.all = append(s.all, next)
	s.work.Go(func() {
		s.turns <- struct{}{}
		defer func() { <-s.turns }()
		next.render(s.pkg, code)
	})
}

// render formats code as a file of its own, and cuts off the package clause.
func (s *section) render(pkg string, code []jen.Code) {
	out := jen.NewFile(pkg)
	for _, c := range code {
		out.Add(c)
	}
	var b bytes.Buffer
	s.err = out.Render(&b)
	s.src = bytes.TrimSpace(bytes.TrimPrefix(b.Bytes(), []byte("package "+pkg)))
}

// join waits for the sections and appends them to head, with a blank line before each.
func (s *sections) join(head []byte) ([]byte, error) {
	s.work.Wait()
	for _, next := range s.all {
		if next.err != nil {
			return nil, next.err
		}
		head = append(append(head, '\n'), next.src...)
		head = append(head, '\n')
	}
	return head, nil
}
