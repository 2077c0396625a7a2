package syntax

import (
	"go/token"
	"testing"
	"time"
)

func TestUnknownAndMissing(t *testing.T) {
	mistakes{
		{`//cachegen:cash key="a" ttl=1m`, []string{"3:12: there is no directive //cachegen:cash; there are cache, counter, defaults, limit"}},
		{"//cachegen:decorate", []string{"3:12: there is no directive //cachegen:decorate; there are cache, counter, defaults, limit"}},
		{`//cachegen:evict key="a"`, []string{"3:12: there is no directive //cachegen:evict; there are cache, counter, defaults, limit"}},
		{"//cachegen:cache", []string{
			`3:12: //cachegen:cache needs a key: write key="user:{ID}"`,
			"3:12: //cachegen:cache needs a ttl: write ttl=15m or ttl=forever, here or in //cachegen:defaults",
		}},
		{"//cachegen:cache key=user tll=5m", []string{"3:27: //cachegen:cache has no argument tll; did you mean ttl?"}},
		{`//cachegen:cache key=user ttl=5m stale=1h negative=3s softtimeout=1s refresh jitter=1 tags="x"`, []string{
			"3:34: //cachegen:cache has no argument stale; it has key, ttl, store, name, by, copy, timeout, version, sync, ignore",
			"3:43: //cachegen:cache has no argument negative; it has key, ttl, store, name, by, copy, timeout, version, sync, ignore",
			"3:55: //cachegen:cache has no argument softtimeout; it has key, ttl, store, name, by, copy, timeout, version, sync, ignore",
			"3:70: //cachegen:cache has no argument refresh; it has key, ttl, store, name, by, copy, timeout, version, sync, ignore",
			"3:78: //cachegen:cache has no argument jitter; it has key, ttl, store, name, by, copy, timeout, version, sync, ignore",
			"3:87: //cachegen:cache has no argument tags; it has key, ttl, store, name, by, copy, timeout, version, sync, ignore",
		}},
		{"//cachegen:counter key=user ttl=5m by=value", []string{"3:36: //cachegen:counter has no argument by: a counter's value is an int64"}},
		{"//cachegen:defaults key=user", []string{"3:21: //cachegen:defaults has no argument key; it has ttl, store, by, copy, timeout, sync"}},
	}.test(t)
}

func TestValueMistakes(t *testing.T) {
	mistakes{
		{"//cachegen:cache key=user ttl=1m by=vlaue", []string{`3:37: by has no value "vlaue": write pointer or value`}},
		{"//cachegen:cache key=user ttl=1m by=reference copy=deep copy=x", []string{
			"3:57: copy is repeated: write it once",
			`3:37: by has no value "reference": write pointer or value`,
			`3:52: copy has no value "deep": write clone or share`,
		}},
		{`//cachegen:cache key=user ttl=1m store="a b" version="" name=type`, []string{
			"3:42: store=a b: write one word of letters, digits, dots, dashes and underscores",
			"3:55: version=: write one word of letters, digits, dots, dashes and underscores",
			"3:62: name=type is not a Go identifier: write one, such as UserCache",
		}},
		{`//cachegen:cache key=user ttl=1m ignore="a, ,a,b c,a"`, []string{
			`3:45: "" in ignore is not a Go identifier: write the names of parameters, with commas between`,
			"3:46: a is repeated in ignore: write it once",
			`3:48: "b c" in ignore is not a Go identifier: write the names of parameters, with commas between`,
			"3:52: a is repeated in ignore: write it once",
		}},
	}.test(t)
}

// options checks a comment that has no mistake, without defaults.
func options(t *testing.T, comment string) (source, Options) {
	t.Helper()
	s := parseComment(t, comment)
	directives, errs := Directives(s.file)
	if len(errs) > 0 || len(directives) != 1 {
		t.Fatalf("%s: %d directives, %v", comment, len(directives), s.print(errs))
	}
	o, errs := Check(directives[0])
	if len(errs) > 0 {
		t.Fatalf("%s: %v", comment, s.print(errs))
	}
	return s, o
}

func TestCheckTypesEveryArgument(t *testing.T) {
	s, o := options(t, `//cachegen:cache key="user:{ID}" ttl=1h30m store=api-2 name=Users by=value copy=share timeout=5s version=v1.2 ignore="trace, span" sync=fleet`)
	expect(t, s, o.Key.Value.Source, "user:{ID}", o.Key.Pos, "3:23")
	expect(t, s, o.TTL.Value, 90*time.Minute, o.TTL.Pos, "3:38")
	expect(t, s, o.Store.Value, "api-2", o.Store.Pos, "3:50")
	expect(t, s, o.Name.Value, "Users", o.Name.Pos, "3:61")
	expect(t, s, o.By.Value, ByValue, o.By.Pos, "3:70")
	expect(t, s, o.Copy.Value, CopyShare, o.Copy.Pos, "3:81")
	expect(t, s, o.Timeout.Value, 5*time.Second, o.Timeout.Pos, "3:95")
	expect(t, s, o.Version.Value, "v1.2", o.Version.Pos, "3:106")
	expect(t, s, o.Ignore.Value[0].Text, "trace", o.Ignore.Value[0].Pos, "3:119")
	expect(t, s, o.Ignore.Value[1].Text, "span", o.Ignore.Value[1].Pos, "3:126")
	expect(t, s, o.Sync.Value, SyncFleet, o.Sync.Pos, "3:137")
	expect(t, s, o.Store.Set, true, o.Store.NamePos, "3:44")
	expect(t, s, o.Directive.Name, Cache, o.Directive.NamePos, "3:12")
}

func expect[T comparable](t *testing.T, s source, got, want T, pos token.Pos, at string) {
	t.Helper()
	if got != want || s.at(pos) != at {
		t.Errorf("got %v at %s, want %v at %s", got, s.at(pos), want, at)
	}
}

func TestRefusedValuesAreSetAndZero(t *testing.T) {
	s := parseComment(t, "//cachegen:cache key=a} ttl=soon store=api")
	directives, _ := Directives(s.file)
	o, errs := Check(directives[0])
	if len(errs) != 2 || !o.Key.Set || o.Key.Value.Segments != nil || !o.TTL.Set || o.TTL.Value != 0 {
		t.Errorf("%v, key %+v, ttl %+v", s.print(errs), o.Key, o.TTL)
	}
	if o.Store.Value != "api" || o.Name.Set {
		t.Errorf("store %+v, name %+v", o.Store, o.Name)
	}
}

func TestResolve(t *testing.T) {
	_, defaults := options(t, "//cachegen:defaults ttl=forever store=api by=value copy=share timeout=5s sync=fleet")
	s, cache := options(t, "//cachegen:cache key=a store=own")
	o, errs := cache.Resolve(defaults)
	if len(errs) > 0 || !o.TTL.Set || o.TTL.Value != 0 || o.TTL.Pos != defaults.TTL.Pos {
		t.Errorf("%v, ttl %+v", s.print(errs), o.TTL)
	}
	if o.Store.Value != "own" || o.By.Value != ByValue || o.Copy.Value != CopyShare || o.Timeout.Value != 5*time.Second || o.Sync.Value != SyncFleet {
		t.Errorf("%+v", o)
	}
	s, limit := options(t, "//cachegen:limit key=a rate=60/1m")
	o, errs = limit.Resolve(defaults)
	if len(errs) > 0 || o.Store.Value != "api" || o.TTL.Set || o.By.Set || o.Copy.Set || o.Timeout.Set || o.Sync.Set {
		t.Errorf("%v, %+v", s.print(errs), o)
	}
	_, process := options(t, "//cachegen:cache key=a sync=process")
	if o, _ = process.Resolve(defaults); o.Sync.Value != SyncProcess {
		t.Errorf("sync is %v", o.Sync.Value)
	}
	s, counter := options(t, "//cachegen:counter key=a ttl=1m")
	o, errs = counter.Resolve(defaults)
	if len(errs) > 0 || o.TTL.Value != time.Minute || o.Store.Value != "api" || o.By.Set || o.Copy.Set || o.Timeout.Set || o.Sync.Set {
		t.Errorf("%v, %+v", s.print(errs), o)
	}
	if _, errs = cache.Resolve(Options{}); len(errs) != 1 {
		t.Errorf("no ttl anywhere: %v", errs)
	}
}

// Every argument that a directive allows is known, and its example is right.
func TestExamplesAreRight(t *testing.T) {
	for _, directive := range directiveNames {
		comment := "//cachegen:" + directive
		for _, name := range allowed[directive] {
			comment += " " + arguments[name].example
		}
		options(t, comment)
	}
}
