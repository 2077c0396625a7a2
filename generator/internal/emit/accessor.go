package emit

import (
	"strconv"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/internal/model"
)

// An accessor is the code of one cache while it is written.
type accessor struct {
	*file
	cache  *model.Cache
	parts  []*model.Param
	params map[*model.Param]string // the names of the parameters

	// The names of what else the methods have: receiver, manager, context, loader, value, and so on.
	c, m, ctx, fn, value, values, ttl, forever, n string
	list, k, missing                              string // of key parts, of the key struct, of missing keys
	b, key, dst, r, v, x, ok, miss, err           string
}

// accessor adds everything that is emitted for one cache.
func (f *file) accessor(c *model.Cache) {
	a := f.newAccessor(c)
	if c.Form == model.Limit {
		a.limit()
		return
	}
	a.declareType()
	a.declareConstructor()
	a.declareKey()
	a.methodKey()
	if c.Form == model.Counter {
		a.counterMethods()
		return
	}
	a.methodParseKey()
	a.valueMethods()
	a.loadMethods()
	a.batchMethods()
	a.methodLock()
}

func (f *file) newAccessor(c *model.Cache) *accessor {
	a := &accessor{file: f, cache: c, parts: c.Parts(), params: map[*model.Param]string{}}
	l := &locals{file: f, taken: map[string]bool{}}
	for _, p := range c.Params {
		a.params[p] = l.key(p.Base)
	}
	a.c, a.m, a.ctx, a.fn = l.pick("c"), l.pick("m"), l.pick("ctx"), l.pick("fn")
	a.v = l.pick("v")
	a.value, a.values = a.v, l.pick("vs")
	if c.Form == model.Struct {
		a.value = l.pick(model.LowerCamel(c.Type.Name()))
		a.values = l.pick(plural(a.value))
	}
	a.ttl, a.forever, a.n = l.pick("ttl"), l.pick("forever"), l.pick("n")
	a.list, a.k, a.missing = l.pick(a.listName()), l.pick("k"), l.pick("missing")
	a.b, a.key, a.dst, a.r = l.pick("b"), l.pick("key"), l.pick("dst"), l.pick("r")
	a.x, a.ok, a.miss, a.err = l.pick("x"), l.pick("ok"), l.pick("miss"), l.pick("err")
	return a
}

func (a *accessor) listName() string {
	if len(a.parts) == 1 {
		return plural(a.params[a.parts[0]])
	}
	return plural(model.LowerCamel(a.cache.KeyStruct()))
}

// declareType adds the accessor's type.
func (a *accessor) declareType() {
	c := a.cache
	what := "counts"
	if c.Form != model.Counter {
		what = "caches " + a.spell(c.Value).text
	}
	prose := []string{c.Name + " " + what + " under " + strconv.Quote(c.Key) + a.lifetime() + " in " + a.storeProse() +
		". " + a.fleetProse() + "It holds no state of its own and is safe for concurrent use."}
	if c.Doc != "" {
		prose = append(prose, c.Doc)
	}
	a.comment(prose...)
	a.add(jen.Type().Id(c.Name).Struct(jen.Id("c").Op("*").Add(a.inner())), jen.Line())
}

// inner is the runtime's type that the accessor stands on.
func (a *accessor) inner() *jen.Statement {
	if a.cache.Form == model.Counter {
		return a.qual(runtimePath, "Counter").Index(a.keyType())
	}
	return a.qual(runtimePath, "Handle")
}

func (a *accessor) keyType() *jen.Statement {
	switch len(a.parts) {
	case 0:
		return jen.Struct()
	case 1:
		return a.typ(a.parts[0].Type)
	}
	return jen.Id(a.cache.KeyStruct())
}

func (a *accessor) valueType() *jen.Statement {
	if a.cache.Form == model.Counter {
		return jen.Int64()
	}
	return a.typ(a.cache.Value)
}

// declareConstructor adds the func that makes the accessor.
func (a *accessor) declareConstructor() {
	c := a.cache
	construct, spec := "NewHandle", jen.Op("&").Add(a.spec())
	if c.Form == model.Counter {
		construct, spec = "NewCounter", a.spec()
	}
	a.comment(c.Constructor() + " returns the accessor on the stores of " + a.m + ". It never fails: what is wrong with a store, the store's operations and the manager's Ready report.")
	a.add(jen.Func().Id(c.Constructor()).Params(jen.Id(a.m).Op("*").Add(a.qual(runtimePath, "Manager"))).Op("*").Id(c.Name).Block(
		jen.Return(jen.Op("&").Id(c.Name).Values(a.qual(runtimePath, construct).Call(jen.Id(a.m), spec))),
	), jen.Line())
}

// spec is the literal that tells the runtime about the cache.
func (a *accessor) spec() *jen.Statement {
	c := a.cache
	fields := []jen.Code{
		field("Name", jen.Lit(c.Name)),
		field("Pattern", jen.Lit(c.Pattern.String())),
	}
	if c.TTL > 0 {
		fields = append(fields, field("TTL", a.duration(c.TTL)))
	}
	if c.Store != "" {
		fields = append(fields, field("Store", jen.Lit(c.Store)))
	}
	if c.Share {
		fields = append(fields, field("Share", jen.True()))
	}
	if c.Timeout > 0 {
		fields = append(fields, field("Timeout", a.duration(c.Timeout)))
	}
	if c.Fleet {
		fields = append(fields, field("Fleet", jen.True()))
	}
	if c.Version != "" {
		fields = append(fields, field("Version", jen.Lit(c.Version)))
	}
	fields = append(fields, field("AppendKey", a.appendKeyFunc()))
	if a.hasKeyOf() {
		fields = append(fields, field("KeyOf", jen.Id(c.KeyOfFunc())))
	}
	return a.qual(runtimePath, "Spec").Index(jen.List(a.keyType(), a.valueType())).Custom(lines, fields...)
}

// lines lays out a composite literal with one field on each line.
var lines = jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}

func field(name string, value jen.Code) jen.Code { return jen.Id(name).Op(":").Add(value) }

// duration writes d as a multiple of the largest unit that divides it.
func (a *accessor) duration(d time.Duration) *jen.Statement {
	for _, unit := range units {
		switch n := d / unit.size; {
		case d == unit.size:
			return a.qual(timePath, unit.name)
		case d%unit.size == 0:
			return jen.Id(strconv.FormatInt(int64(n), 10)).Op("*").Add(a.qual(timePath, unit.name))
		}
	}
	return jen.Lit(0)
}

var units = []struct {
	size time.Duration
	name string
}{
	{time.Hour, "Hour"}, {time.Minute, "Minute"}, {time.Second, "Second"},
	{time.Millisecond, "Millisecond"}, {time.Microsecond, "Microsecond"}, {time.Nanosecond, "Nanosecond"},
}
