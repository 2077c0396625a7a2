package patterns

import "context"

// Post is a row of the table of posts.
type Post struct {
	ID    int64
	Title string
	Views int64
}

// PopularPosts runs a query whose result is the same for everybody: the key has no part.
//
//cachegen:cache key="posts:popular" ttl=10m name=PopularCache
type PopularPosts func(ctx context.Context) ([]Post, error)

// Front returns the posts of the front page.
func Front(ctx context.Context, popular *PopularCache, query PopularPosts) ([]Post, error) {
	return popular.RememberE(ctx, query)
}
