package payload

import "context"

// LoadShared declares a cache of the users that hands the same value to every caller.
//
//cachegen:cache key="shared:{id}" ttl=15m copy=share name=SharedUsers
type LoadShared func(ctx context.Context, id int64) (*User, error)

// LoadFeed declares a cache of large values.
//
//cachegen:cache key="feed:{id}" ttl=15m name=Feeds
type LoadFeed func(ctx context.Context, id int64) (Feed, error)

// LoadBlob declares a cache of bytes, which need no codec: what it costs is the way around the codec.
//
//cachegen:cache key="blob:{id}" ttl=15m name=Blobs
type LoadBlob func(ctx context.Context, id int64) ([]byte, error)
