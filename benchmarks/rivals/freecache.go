package rivals

import (
	"context"
	"testing"

	"github.com/coocood/freecache"

	"github.com/cachegen/cachegen/benchmarks/payload"
)

// userBytes is more than what freecache needs for a user with its key.
const userBytes = 1 << 10

func freecacheHand(_ testing.TB, load Get) Get { return freecacheGet(handUsers, load) }

func freecacheMsgp(_ testing.TB, load Get) Get { return freecacheGet(msgpUsers, load) }

func freecacheMsgpack(_ testing.TB, load Get) Get {
	return freecacheGet(vmihailenco[*payload.User](), load)
}

// freecacheGet keeps bytes. Callers that miss at the same time all load.
func freecacheGet(codec Codec[*payload.User], load Get) Get {
	c := freecache.NewCache(Capacity * userBytes)
	return func(ctx context.Context, id int64) (*payload.User, error) {
		k := bytesOf(key(id))
		if data, err := c.Get(k); err == nil {
			return codec.Decode(data)
		}
		u, err := load(ctx, id)
		if err != nil {
			return nil, err
		}
		data, err := codec.Encode(nil, u)
		if err != nil {
			return nil, err
		}
		return u, c.Set(k, data, int(TTL.Seconds()))
	}
}
