package report

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// two passes, as the go command prints them.
const sampled = `note: a trial run
date: 2026-11-23
machine: 2 processors
go: go1.26.8
commit: abc1234
libraries: otter v2.4.0
goos: linux
goarch: amd64
BenchmarkShared/lib=cachegen/keys=hot-2         	1000	        50.0 ns/op	       0 B/op	       0 allocs/op
BenchmarkShared/lib=cachegen/keys=zipf-2        	1000	       200 ns/op	       0 B/op	       0 allocs/op
BenchmarkShared/lib=otter-int/keys=hot-2        	1000	        70.25 ns/op	       0 B/op	       0 allocs/op
BenchmarkShared/lib=otter-int/keys=zipf-2       	1000	       300 ns/op	      16 B/op	       1 allocs/op
BenchmarkRedisHit/lib=cachegen/callers=1-2      	1000	     21000 ns/op	     900 B/op	      12 allocs/op
BenchmarkRedisHitPaired-2                       	1000	     20500 cachegen-p50-ns	     1.20 x-by-hand
BenchmarkSharedPaired/keys=hot-2                	  80	        50.0 cachegen-p50-ns	     70.25 otter-int-p50-ns
BenchmarkSharedPaired/keys=zipf-2               	  30	       200 cachegen-p50-ns	       300 otter-int-p50-ns
PASS
BenchmarkShared/lib=cachegen/keys=hot-2         	1000	        60.0 ns/op	       0 B/op	       0 allocs/op
BenchmarkShared/lib=cachegen/keys=zipf-2        	1000	       100 ns/op	       0 B/op	       0 allocs/op
BenchmarkShared/lib=otter-int/keys=hot-2        	1000	        70.25 ns/op	       0 B/op	       0 allocs/op
BenchmarkShared/lib=otter-int/keys=zipf-2       	1000	       310 ns/op	      16 B/op	       1 allocs/op
BenchmarkRedisHit/lib=cachegen/callers=1-2      	1000	     21000 ns/op	     900 B/op	      12 allocs/op
BenchmarkRedisHitPaired-2                       	1000	     20700 cachegen-p50-ns	     1.30 x-by-hand
BenchmarkSharedPaired/keys=hot-2                	  80	        60.0 cachegen-p50-ns	     70.25 otter-int-p50-ns
BenchmarkSharedPaired/keys=zipf-2               	  30	       100 cachegen-p50-ns	       310 otter-int-p50-ns
`

func results(t *testing.T) *Results {
	r := new(Results)
	require.NoError(t, r.Add(strings.NewReader(sampled)))
	return r
}

func TestMedians(t *testing.T) {
	r := results(t)
	hot, ok := r.median("Shared/lib=cachegen/keys=hot", "ns/op")
	require.True(t, ok)
	require.Equal(t, 55.0, hot)
	require.Equal(t, 2, r.Passes())

	require.NoError(t, r.Add(strings.NewReader("BenchmarkShared/lib=cachegen/keys=hot-2 1 999 ns/op\n")))
	hot, _ = r.median("Shared/lib=cachegen/keys=hot", "ns/op")
	require.Equal(t, 60.0, hot, "of three")
	_, ok = r.median("Shared/lib=cachegen/keys=hot", "loads")
	require.False(t, ok)
}

func TestMatches(t *testing.T) {
	r := results(t)
	require.Equal(t, []string{"cachegen", "otter-int"}, r.matches("Shared/lib=*/keys=hot"))
	require.Equal(t, []string{"cachegen"}, r.matches("RedisHit/lib=*/callers=1"))
	require.Empty(t, r.matches("Shared/lib=*"), "a star stands for no slash")
}

func TestMarkdown(t *testing.T) {
	text := results(t).Markdown()
	require.Contains(t, text, "a trial run.\nMedians of 2 passes on 2026-11-23, on 2 processors, linux/amd64, go1.26.8.\n"+
		"cachegen at commit abc1234, with otter v2.4.0.\n")
	require.Contains(t, text, "| cachegen | 55 | 150 |  | 0 | 0 |\n", "what was not measured stays empty")
	require.Contains(t, text, "| otter-int | 70.2 | 305 |  | 16 | 1 |\n")
	require.Contains(t, text, "| cachegen | 20.6 |  | 900 | 12 |\n", "scaled to microseconds")
	require.Contains(t, text, "cachegen takes 1.25 times as long as go-redis")
}

func TestRows(t *testing.T) {
	r := results(t)
	require.NoError(t, r.Add(strings.NewReader("BenchmarkShared/lib=best/keys=hot-2 1 1 ns/op\nBenchmarkShared/lib=worst/keys=hot-2 1 999 ns/op\n"+
		"BenchmarkShared/lib=unmeasured/keys=hot-2 1 5 B/op\nBenchmarkSharedPaired/keys=hot-2 1 1 best-p50-ns 999 worst-p50-ns\n")))
	require.Equal(t, []string{"best", "cachegen", "otter-int", "worst", "unmeasured"}, r.rows(tables()[0]))
}

func TestInsert(t *testing.T) {
	r := results(t)
	once, err := r.Insert("before\n" + begin + "replaced\n" + end + "after\n")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(once, "before\n"+begin+"\na trial run.\n"))
	require.True(t, strings.HasSuffix(once, end+"after\n"))
	require.NotContains(t, once, "replaced")
	twice, err := r.Insert(once)
	require.NoError(t, err)
	require.Equal(t, once, twice)

	for _, broken := range []string{"", begin, end, end + begin} {
		_, err = r.Insert(broken)
		require.Error(t, err, "%q", broken)
	}
}

func TestChart(t *testing.T) {
	r := results(t)
	r.config["note"] = `a <trial> & "more"`
	chart := r.Chart()
	require.NoError(t, wellFormed(chart))
	require.Contains(t, chart, `class="own">150</text>`)
	require.Contains(t, chart, ">305</text>")
	require.Contains(t, chart, "v2.4.0.</text>")
	require.Contains(t, chart, `<rect class="bar ours" x="174" y="58" width="118"`, "in proportion to the longest")
	require.Contains(t, chart, `<rect class="bar" x="174" y="78" width="240"`)
}

func wellFormed(document string) error {
	d := xml.NewDecoder(strings.NewReader(document))
	for {
		if _, err := d.Token(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

func TestWrap(t *testing.T) {
	require.Equal(t, []string{"one two", "three", "four"}, wrap("one two three four", 8))
	require.Equal(t, []string{"unbreakable", "x"}, wrap("unbreakable x", 4))
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	_, err := Read(dir)
	require.ErrorContains(t, err, "no results")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.txt"), []byte(sampled), 0o600))
	r, err := Read(dir)
	require.NoError(t, err)
	require.Equal(t, results(t), r)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b.txt"), []byte("goos: x\nBenchmarkX 1 fast ns/op\n"), 0o600))
	_, err = Read(dir)
	require.ErrorContains(t, err, "b.txt: line 2")
}
