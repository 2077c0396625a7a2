package emit

import (
	"fmt"
	"go/types"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/internal/model"
)

// RenderTests returns the tests of a package's generated file.
func RenderTests(p *model.Package) ([]byte, error) {
	f := newFile(p)
	f.nameImport(testingPath, "testing")
	f.nameImport(codectestPath, "codectest")
	for _, c := range p.Codecs {
		f.codecTest(c)
	}
	for _, c := range p.Caches {
		f.keyTest(c)
		f.end()
	}
	src, err := f.render()
	if err != nil {
		return nil, fmt.Errorf("cachegen/generator: format the tests for %s: %w", p.Path, err)
	}
	return src, nil
}

// codecTest adds the test of a codec. Where vmihailenco/msgpack has other ideas of the type, it is not
// asked.
func (f *file) codecTest(c *model.Codec) {
	if c.Shape == nil {
		return
	}
	l := &locals{file: f, taken: map[string]bool{}}
	t := l.pick("t")
	check := func(name string) jen.Code {
		return f.qual(codectestPath, name).Index(f.typ(c.Value)).Call(jen.Id(t))
	}
	body := []jen.Code{check("RoundTrip")}
	if !c.Shape.Apart {
		body = append(body, check("Agreement"))
	}
	body = append(body, check("Independence"))
	f.add(jen.Func().Id(c.Test).Params(jen.Id(t).Op("*").Add(f.qual(testingPath, "T"))).Block(body...), jen.Line())
}

// A keyTest is the fuzz test of one cache's keys while it is written: that each key can be taken apart
// again, and so belongs to its parts alone.
type keyTest struct {
	*accessor
	l                *locals
	f, t, seed       string
	args, values     []jen.Code // of the fuzz target, and of the corpus
	prepare, differs []jen.Code
	got              []jen.Code
	names            []string // of got
}

func (f *file) keyTest(c *model.Cache) {
	if len(c.Parts()) == 0 || !c.Parsable() {
		return
	}
	k := &keyTest{accessor: f.newAccessor(c)}
	k.l = &locals{file: f, taken: map[string]bool{k.c: true, k.key: true, k.ok: true, k.err: true, k.r: true}}
	for _, name := range k.params {
		k.l.taken[name] = true
	}
	k.f, k.t, k.seed = k.l.pick("f"), k.l.pick("t"), k.l.pick("seed")
	for i, p := range k.parts {
		k.part(i, p)
	}
	k.add(jen.Func().Id(c.Fuzz).Params(jen.Id(k.f).Op("*").Add(k.qual(testingPath, "F"))).Block(
		jen.For(jen.Id(k.seed).Op(":=").Range().Uint64().Call(k.qual(codectestPath, "Seeds"))).Block(jen.Id(k.f).Dot("Add").Call(k.values...)),
		jen.Id(k.f).Dot("Fuzz").Call(jen.Func().Params(with(jen.Id(k.t).Op("*").Add(k.qual(testingPath, "T")), k.args...)...).Block(k.body()...)),
	), jen.Line())
}

// part adds what the test needs for one part. A basic type is fuzzed as such, another by the number of
// one of its values.
func (k *keyTest) part(i int, p *model.Param) {
	name, got := k.params[p], k.l.pick("got"+p.Field)
	k.got, k.names = append(k.got, jen.Id(got)), append(k.names, got)
	basic, isBasic := p.Type.Underlying().(*types.Basic)
	switch {
	case !isBasic || p.Kind == model.MarshalText || p.Kind == model.AppendText:
		seed := k.l.pick(name + "Seed")
		k.args = append(k.args, jen.Id(seed).Uint64())
		k.values = append(k.values, jen.Id(k.seed))
		k.prepare = append(k.prepare, jen.Id(name).Op(":=").Add(k.qual(codectestPath, "Value")).Index(k.typ(p.Type)).Call(jen.Id(seed)))
	case types.Identical(p.Type, basic):
		k.args = append(k.args, jen.Id(name).Add(k.typ(p.Type)))
		k.values = append(k.values, k.value(i, basic))
	default:
		plain := k.l.pick(name + upper(basic.Name()))
		k.args = append(k.args, jen.Id(plain).Add(k.typ(basic)))
		k.values = append(k.values, k.value(i, basic))
		k.prepare = append(k.prepare, jen.Id(name).Op(":=").Add(k.convert(jen.Id(plain), basic, p.Type)))
	}
	differs := jen.Id(got).Op("!=").Id(name)
	if p.Kind == model.Time {
		differs = jen.Op("!").Id(got).Dot("Equal").Call(jen.Id(name))
	}
	k.differs = append(k.differs, differs)
}

// value is the part's value of a seed; no two parts have the same.
func (k *keyTest) value(i int, t types.Type) jen.Code {
	seed := jen.Id(k.seed)
	if i > 0 {
		seed.Op("+").Add(number(i))
	}
	return k.qual(codectestPath, "Value").Index(k.typ(t)).Call(seed)
}

func (k *keyTest) body() []jen.Code {
	body := append([]jen.Code{jen.Var().Id(k.c).Id(k.cache.Name)}, k.prepare...)
	call := jen.Id(k.c).Dot("Key").Call(k.keyArgs()...)
	if k.cache.Fallible() {
		body = append(body, jen.List(jen.Id(k.key), jen.Id(k.err)).Op(":=").Add(call),
			jen.If(jen.Id(k.err).Op("!=").Nil()).Block(jen.Id(k.t).Dot("Skip").Call(jen.Id(k.err))))
	} else {
		body = append(body, jen.Id(k.key).Op(":=").Add(call))
	}
	if k.cache.Value == nil {
		return append(body, k.readBack()...)
	}
	return append(body,
		jen.List(append(k.got, jen.Id(k.ok))...).Op(":=").Id(k.c).Dot("ParseKey").Call(jen.Id(k.key)),
		k.compare(jen.Id(k.ok), "ParseKey(%q) does not give back what Key was given"))
}

// compare fails the test unless what was read is good and the parts are those that Key was given.
func (k *keyTest) compare(good jen.Code, message string) jen.Code {
	fails := jen.Op("!").Add(good)
	for _, differs := range k.differs {
		fails.Op("||").Add(differs)
	}
	return jen.If(fails).Block(jen.Id(k.t).Dot("Errorf").Call(jen.Lit(message), jen.Id(k.key)))
}
