package syntax

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cachegen/cachegen/runtime/registry"
)

// directiveNames is the names of all directives, sorted.
var directiveNames = []string{Cache, Counter, Defaults, Limit}

// allowed is the arguments of each directive, in the order in which messages name them.
var allowed = map[string][]string{
	Cache:    {"key", "ttl", "store", "name", "by", "copy", "timeout", "version", "sync", "ignore"},
	Counter:  {"key", "ttl", "store", "name", "version", "ignore"},
	Defaults: {"ttl", "store", "by", "copy", "timeout", "sync"},
	Limit:    {"key", "rate", "algorithm", "burst", "store", "name", "ignore"},
}

// argument is what is known of the arguments of one name.
type argument struct {
	example string
	set     func(*Options, Arg) []Error
}

var arguments = map[string]argument{
	"key":     {`key="user:{ID}"`, func(o *Options, a Arg) []Error { return set(&o.Key, a, ParsePattern) }},
	"ttl":     {"ttl=15m", func(o *Options, a Arg) []Error { return set(&o.TTL, a, parseTTL) }},
	"store":   {"store=api", func(o *Options, a Arg) []Error { return set(&o.Store, a, parseWord) }},
	"name":    {"name=UserCache", func(o *Options, a Arg) []Error { return set(&o.Name, a, parseIdentifier) }},
	"by":      {"by=value", func(o *Options, a Arg) []Error { return set(&o.By, a, oneOf(ByPointer, ByValue)) }},
	"copy":    {"copy=share", func(o *Options, a Arg) []Error { return set(&o.Copy, a, oneOf(CopyClone, CopyShare)) }},
	"timeout": {"timeout=5s", func(o *Options, a Arg) []Error { return set(&o.Timeout, a, parseTimeout) }},
	"version": {"version=2", func(o *Options, a Arg) []Error { return set(&o.Version, a, parseWord) }},
	"sync":    {"sync=fleet", func(o *Options, a Arg) []Error { return set(&o.Sync, a, oneOf(SyncProcess, SyncFleet)) }},
	"ignore":  {"ignore=requestID", func(o *Options, a Arg) []Error { return set(&o.Ignore, a, parseIdentifiers) }},

	"rate":      {"rate=60/1m", func(o *Options, a Arg) []Error { return set(&o.Rate, a, parseRate) }},
	"algorithm": {"algorithm=gcra", func(o *Options, a Arg) []Error { return set(&o.Algorithm, a, oneOf(GCRA, Window)) }},
	"burst":     {"burst=10", func(o *Options, a Arg) []Error { return set(&o.Burst, a, parseBurst) }},
}

// Check checks a directive's name and arguments. The Options hold every value that is good, also
// when others are not; a Setting whose value was refused is Set with the zero Value. A missing ttl
// is not reported here, since it may come from the package's defaults: see [Options.Resolve].
func Check(d Directive) (Options, []Error) {
	o := Options{Directive: d}
	names, known := allowed[d.Name]
	if !known {
		return o, []Error{unknown(d)}
	}
	var errs []Error
	for _, a := range d.Args {
		errs = append(errs, o.apply(a, names)...)
	}
	if slices.Contains(names, "key") && !o.Key.Set {
		errs = append(errs, missing(d, "key", "")...)
	}
	if slices.Contains(names, "rate") && !o.Rate.Set {
		errs = append(errs, missing(d, "rate", "")...)
	}
	return o, append(errs, o.checkRate()...)
}

// Resolve returns o with the settings that it lacks, and its directive allows, taken from the
// package's defaults, and reports what is still missing. Zero defaults add nothing. A setting taken
// over keeps the position where the defaults have it.
func (o Options) Resolve(defaults Options) (Options, []Error) {
	inherit(&o.Store, defaults.Store)
	if o.Directive.Name == Limit {
		return o, nil
	}
	inherit(&o.TTL, defaults.TTL)
	if o.Directive.Name == Cache {
		inherit(&o.By, defaults.By)
		inherit(&o.Copy, defaults.Copy)
		inherit(&o.Timeout, defaults.Timeout)
		inherit(&o.Sync, defaults.Sync)
	}
	if !o.TTL.Set {
		return o, missing(o.Directive, "ttl", " or ttl=forever, here or in //cachegen:defaults")
	}
	return o, nil
}

// apply sets the option that a stands for.
func (o *Options) apply(a Arg, names []string) []Error {
	if !slices.Contains(names, a.Name) {
		return o.unknownArg(a, names)
	}
	known := arguments[a.Name]
	errs := known.set(o, a)
	if !a.HasValue {
		return []Error{{a.NamePos, fmt.Sprintf("%s needs a value: write %s", a.Name, example(o.Directive, a.Name))}}
	}
	return errs
}

// unknownArg reports an argument that the directive does not have. The one it was perhaps meant to
// be counts as given, so that it is not reported as missing too.
func (o *Options) unknownArg(a Arg, names []string) []Error {
	hint := "; it has " + strings.Join(names, ", ")
	if reason := elsewhere[o.Directive.Name][a.Name]; reason != "" {
		hint = ": " + reason
		if slices.Contains(allowed[Limit], a.Name) {
			o.TTL.Set = true // perhaps it was to be a limit, which has none
		}
	} else if near := registry.Nearest(a.Name, names); near != "" {
		hint = fmt.Sprintf("; did you mean %s?", near)
		arguments[near].set(o, Arg{NamePos: a.NamePos, Broken: true})
	}
	return []Error{{a.NamePos, fmt.Sprintf("//%s:%s has no argument %s%s", tool, o.Directive.Name, a.Name, hint)}}
}

// set parses the value of a into s.
func set[T any](s *Setting[T], a Arg, parse func(Arg) (T, []Error)) []Error {
	s.Set, s.NamePos, s.Pos = true, a.NamePos, a.ValuePos
	if a.Broken || !a.HasValue {
		return nil
	}
	value, errs := parse(a)
	if len(errs) == 0 {
		s.Value = value
	}
	return errs
}

func inherit[T any](s *Setting[T], from Setting[T]) {
	if !s.Set {
		*s = from
	}
}

func unknown(d Directive) Error {
	hint := "; there are " + strings.Join(directiveNames, ", ")
	if near := nearestDirective(d.Name); near != "" {
		hint = fmt.Sprintf("; did you mean //%s:%s?", tool, near)
	}
	return Error{d.NamePos, fmt.Sprintf("there is no directive //%s:%s%s", tool, d.Name, hint)}
}

// nearestDirective returns the directive that a wrong name was meant to be, or "": one it holds, such
// as limit in ratelimit, or one that is nearly it.
func nearestDirective(name string) string {
	for _, known := range directiveNames {
		if strings.Contains(strings.ToLower(name), known) {
			return known
		}
	}
	return registry.Nearest(name, directiveNames)
}

// missing reports a required argument, unless it may stand in what could not be read.
func missing(d Directive, name, or string) []Error {
	if slices.ContainsFunc(d.Args, func(a Arg) bool { return a.Broken }) {
		return nil
	}
	return []Error{{d.NamePos, fmt.Sprintf("//%s:%s needs a %s: write %s%s", tool, d.Name, name, example(d, name), or)}}
}

// example is an argument as it may stand in a directive. The keys of counters and limits are made of
// parameters.
func example(d Directive, name string) string {
	if name == "key" && d.Name != Cache {
		return `key="user:{userID}"`
	}
	return arguments[name].example
}
