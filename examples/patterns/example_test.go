package patterns_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cachegen/cachegen/examples/patterns"
	cache "github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/cachetest"
)

// database stands for the slow thing behind the caches. It says when it is asked.
type database struct {
	users    map[int64]patterns.User
	products map[string]patterns.Product
}

func (db *database) FindUser(_ context.Context, id int64) (*patterns.User, error) {
	fmt.Println("database: find user", id)
	u := db.users[id]
	return &u, nil
}

func (db *database) UpdateUser(_ context.Context, u *patterns.User) error {
	db.users[u.ID] = *u
	return nil
}

func (db *database) FindProduct(_ context.Context, sku string) (*patterns.Product, error) {
	fmt.Println("database: find product", sku)
	p, ok := db.products[sku]
	if !ok {
		return nil, patterns.ErrNoProduct
	}
	return &p, nil
}

func (db *database) SaveProduct(_ context.Context, p *patterns.Product) error {
	db.products[p.SKU] = *p
	return nil
}

// stores is a manager with the stores of this package, all in memory.
func stores() *cache.Manager {
	memory := cache.StoreConfig{Driver: cache.DriverMemory}
	return cache.NewManager(&cache.Config{
		Default: "main",
		Stores:  map[string]cache.StoreConfig{"main": memory, "session": memory, "api": memory},
	})
}

func ExampleProfiles() {
	ctx := context.Background()
	m := stores()
	defer m.Shutdown(ctx)
	db := &database{users: map[int64]patterns.User{42: {ID: 42, Name: "Ada"}}}
	profiles := patterns.NewProfiles(db, patterns.NewUserCache(m))

	for range 2 {
		u, err := profiles.Profile(ctx, 42)
		fmt.Println(u.Name, err)
	}
	fmt.Println("update:", profiles.Update(ctx, &patterns.User{ID: 42, Name: "Ada Lovelace"}))
	u, err := profiles.Profile(ctx, 42)
	fmt.Println(u.Name, err)
	// Output:
	// database: find user 42
	// Ada <nil>
	// Ada <nil>
	// update: <nil>
	// database: find user 42
	// Ada Lovelace <nil>
}

func ExampleForecast() {
	ctx := context.Background()
	m := stores()
	defer m.Shutdown(ctx)
	forecast := patterns.Forecast(patterns.NewWeatherCache(m), func(_ context.Context, city, units string) (*patterns.Weather, error) {
		fmt.Println("API: weather of", city, "in", units)
		return &patterns.Weather{City: city, Celsius: 21.5, Sky: "clear"}, nil
	})
	for range 2 {
		w, err := forecast(ctx, "São Paulo", "metric")
		fmt.Println(w.City, w.Celsius, w.Sky, err)
	}
	// Output:
	// API: weather of São Paulo in metric
	// São Paulo 21.5 clear <nil>
	// São Paulo 21.5 clear <nil>
}

func ExampleCheckRate() {
	ctx := context.Background()
	m := stores()
	defer m.Shutdown(ctx)
	rate := patterns.NewUserRateCounter(m)
	for range 4 {
		fmt.Println(patterns.CheckRate(ctx, rate, 7, 3))
	}
	// Output:
	// <nil>
	// <nil>
	// <nil>
	// rate limit exceeded
}

// The clock of cachetest moves when it is told to, so what an Allowance says is the same every time.
func ExampleAPILimiter() {
	ctx, tb := context.Background(), &example{}
	defer tb.end()
	m := cachetest.New(tb)
	limit := patterns.NewAPILimiter(m.Manager)
	call := func() {
		a, err := limit.Allow(ctx, 7)
		fmt.Println(a.OK, "remaining", a.Remaining, "retry after", a.RetryAfter, err)
	}
	for range 4 {
		call()
	}
	m.Advance(time.Second)
	call()
	m.Advance(time.Minute)
	call()
	// Output:
	// true remaining 2 retry after 0s <nil>
	// true remaining 1 retry after 0s <nil>
	// true remaining 0 retry after 0s <nil>
	// false remaining 0 retry after 1s <nil>
	// true remaining 0 retry after 0s <nil>
	// true remaining 2 retry after 0s <nil>
}

func ExampleLimitCalls() {
	ctx, tb := context.Background(), &example{}
	defer tb.end()
	m := cachetest.New(tb)
	user := func(r *http.Request) int64 {
		id, _ := strconv.ParseInt(r.Header.Get("User"), 10, 64)
		return id
	}
	api := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "pong") })
	h := patterns.LimitCalls(patterns.NewAPILimiter(m.Manager), user, api)
	call := func(user string) {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/ping", nil)
		r.Header.Set("User", user)
		h.ServeHTTP(w, r)
		answer := strings.TrimSpace(w.Body.String())
		if after := w.Header().Get("Retry-After"); after != "" {
			answer += ", retry after " + after
		}
		fmt.Printf("user %s: %d %s\n", user, w.Code, answer)
	}
	for range 4 {
		call("7")
	}
	call("8")
	m.Advance(900 * time.Millisecond)
	call("7")
	fmt.Println(m.Shutdown(ctx)) // the store is gone, the API still there
	call("7")
	// Output:
	// user 7: 200 pong
	// user 7: 200 pong
	// user 7: 200 pong
	// user 7: 429 too many calls, retry after 1
	// user 8: 200 pong
	// user 7: 429 too many calls, retry after 1
	// <nil>
	// user 7: 200 pong
}

// example is what an Example gives to cachetest, since it has no testing.TB.
type example struct {
	testing.TB
	ends []func()
}

func (e *example) Helper()                           {}
func (e *example) Cleanup(f func())                  { e.ends = append(e.ends, f) }
func (e *example) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// end does what a test does when it ends.
func (e *example) end() {
	for _, f := range slices.Backward(e.ends) {
		f()
	}
}

func ExampleLoadSession() {
	ctx := context.Background()
	m := stores()
	defer m.Shutdown(ctx)
	sessions := patterns.NewSessionCache(m)

	fmt.Println(patterns.StoreSession(ctx, sessions, "abc123", map[string]any{"user": int64(7), "roles": []string{"admin"}}))
	data, err := patterns.LoadSession(ctx, sessions, "abc123")
	fmt.Printf("%T %v %T %v %v\n", data["user"], data["user"], data["roles"], data["roles"], err)

	fmt.Println(patterns.DestroySession(ctx, sessions, "abc123"))
	_, err = patterns.LoadSession(ctx, sessions, "abc123")
	fmt.Println(err)
	// Output:
	// <nil>
	// int64 7 []string [admin] <nil>
	// <nil>
	// session not found
}

func ExampleFront() {
	ctx := context.Background()
	m := stores()
	defer m.Shutdown(ctx)
	popular := patterns.NewPopularCache(m)
	query := func(context.Context) ([]patterns.Post, error) {
		fmt.Println("database: popular posts")
		return []patterns.Post{{ID: 1, Title: "Hello", Views: 900}}, nil
	}
	for range 2 {
		posts, err := patterns.Front(ctx, popular, query)
		fmt.Println(posts, err)
	}
	// Output:
	// database: popular posts
	// [{1 Hello 900}] <nil>
	// [{1 Hello 900}] <nil>
}

// Named stores can be used directly, too. Their keys are apart.
func Example_namedStores() {
	ctx := context.Background()
	m := stores()
	defer m.Shutdown(ctx)
	session, err := m.StoreWithContext(ctx, "session")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(session.PutCtx(ctx, "greeting", "hello", 30*time.Minute))
	fmt.Println(session.GetString("greeting"))
	fmt.Println(m.GetString("greeting"))
	_, err = m.StoreWithContext(ctx, "sesion")
	fmt.Println(err)
	// Output:
	// <nil>
	// hello true
	//  false
	// cachegen: no store "sesion"; did you mean "session"? (there are: api, main, session)
}

func ExampleNewProductHandler() {
	ctx := context.Background()
	m := stores()
	defer m.Shutdown(ctx)
	db := &database{products: map[string]patterns.Product{"A-1": {SKU: "A-1", Name: "Anvil", Cents: 9900}}}
	h := patterns.NewProductHandler(db, patterns.NewProductCache(m))

	request := func(method, path, body string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body)))
		fmt.Println(strings.TrimSpace(fmt.Sprint(method, " ", w.Code, " ", w.Body)))
	}
	request(http.MethodGet, "/products/A-1", "")
	request(http.MethodGet, "/products/A-1", "")
	request(http.MethodPut, "/products/A-1", `{"SKU":"A-1","Name":"Anvil","Cents":8900}`)
	request(http.MethodGet, "/products/A-1", "")
	request(http.MethodGet, "/products/none", "")
	// Output:
	// database: find product A-1
	// GET 200 {"SKU":"A-1","Name":"Anvil","Cents":9900}
	// GET 200 {"SKU":"A-1","Name":"Anvil","Cents":9900}
	// PUT 204
	// database: find product A-1
	// GET 200 {"SKU":"A-1","Name":"Anvil","Cents":8900}
	// database: find product none
	// GET 404 product not found
}

// TestRateWindowEnds moves the clock past the counter's time to live: the user may ask again.
func TestRateWindowEnds(t *testing.T) {
	m := cachetest.New(t)
	rate := patterns.NewUserRateCounter(m.Manager)
	for range 3 {
		if err := patterns.CheckRate(t.Context(), rate, 7, 3); err != nil {
			t.Fatal(err)
		}
	}
	m.Advance(59 * time.Second)
	if err := patterns.CheckRate(t.Context(), rate, 7, 3); err != patterns.ErrRateLimit {
		t.Fatalf("a fourth request within the minute: %v", err)
	}
	m.Advance(time.Second)
	if err := patterns.CheckRate(t.Context(), rate, 7, 3); err != nil {
		t.Fatalf("a request in the next minute: %v", err)
	}
}

// TestSessionEnds: a session that nobody stores again is gone after its time to live.
func TestSessionEnds(t *testing.T) {
	m := cachetest.New(t, "session")
	sessions := patterns.NewSessionCache(m.Manager)
	if err := patterns.StoreSession(t.Context(), sessions, "abc", map[string]any{"user": 7}); err != nil {
		t.Fatal(err)
	}
	m.Advance(30 * time.Minute)
	if _, err := patterns.LoadSession(t.Context(), sessions, "abc"); err != patterns.ErrNoSession {
		t.Fatalf("a session after its time: %v", err)
	}
}
