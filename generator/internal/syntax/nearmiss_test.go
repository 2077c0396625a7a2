package syntax

import "testing"

func TestNearMisses(t *testing.T) {
	mistakes{
		{`// cachegen:cache key="user:{ID}" ttl=15m`, []string{`3:1: "// cachegen:cache" is no directive and would be ignored: write //cachegen:cache`}},
		{`//	cachegen:cache`, []string{`3:1: "//\tcachegen:cache" is no directive and would be ignored: write //cachegen:cache`}},
		{`//cachegen: cache key="a"`, []string{`3:1: "//cachegen: cache" is no directive and would be ignored: write //cachegen:cache`}},
		{`// cachegen: cache key="a"`, []string{`3:1: "// cachegen: cache" is no directive and would be ignored: write //cachegen:cache`}},
		{"// cachegen: a typed cache", []string{}},
		{"// cachegen: cache", []string{`3:1: "// cachegen: cache" is no directive and would be ignored: write //cachegen:cache`}},
		{"// cachegen: cache layers", []string{}},
		{`/*cachegen:cache key="a"*/`, []string{`3:1: "/*cachegen:cache" is no directive and would be ignored: write //cachegen:cache`}},
		{"/* cachegen:counter */", []string{`3:1: "/* cachegen:counter" is no directive and would be ignored: write //cachegen:counter`}},
		{"//Cachegen:cache ttl=1m", []string{`3:1: "//Cachegen:cache" is no directive and would be ignored: write //cachegen:cache`}},
		{"//cachegen:Cache ttl=1m", []string{`3:1: "//cachegen:Cache" is no directive and would be ignored: write //cachegen:cache`}},
		{"//CACHEGEN:cache", []string{`3:1: "//CACHEGEN:cache" is no directive and would be ignored: write //cachegen:cache`}},
		{"//cachgen:cache", []string{`3:1: "//cachgen:cache" is no directive and would be ignored: write //cachegen:cache`}},
		{"//cachegn:cache", []string{`3:1: "//cachegn:cache" is no directive and would be ignored: write //cachegen:cache`}},
		{"//cahcegen:cache", []string{`3:1: "//cahcegen:cache" is no directive and would be ignored: write //cachegen:cache`}},
		{"//cache-gen:counter", []string{`3:1: "//cache-gen:counter" is no directive and would be ignored: write //cachegen:counter`}},
		{"//cachegen :cache", []string{`3:1: "//cachegen :cache" is no directive and would be ignored: write //cachegen:cache`}},
		{"//cachegens:defaults", []string{`3:1: "//cachegens:defaults" is no directive and would be ignored: write //cachegen:defaults`}},
		{"//cachekey:x", []string{}},
		{"// cachegun: cache", []string{`3:1: "// cachegun: cache" is no directive and would be ignored: write //cachegen:cache`}},
		{"//cachegen:", []string{`3:1: "//cachegen:" is no directive and would be ignored: write //cachegen:cache, //cachegen:counter, //cachegen:defaults, //cachegen:limit`}},
		{"// cachegen:", []string{}},
	}.test(t)
}

func TestOneEdit(t *testing.T) {
	for written, near := range map[string]bool{
		"cachegen": true, "cachegn": true, "cachegenn": true, "xcachegen": true, "cachefen": true, "cachegne": true, "CACHEGNE": true, "Cachgen": true,
		"acchegen": true, "cacheegn": true, "cachekey": false, "cache": false, "cachegenx1": false, "achcegen": false, "": false,
	} {
		if oneEdit(written, tool) != near {
			t.Errorf("%s: %v", written, !near)
		}
	}
}
