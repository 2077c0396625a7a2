//go:build generated

package models

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/cachegen/cachegen/testdata/types/matrix"
)

func init() {
	matrix.Make(func(r *rand.Rand) decimal.Decimal { return decimal.New(r.Int64(), -r.Int32N(20)) })
	matrix.Make(func(r *rand.Rand) decimal.NullDecimal { return decimal.NewNullDecimal(decimal.New(r.Int64(), -2)) })
	matrix.Make(func(r *rand.Rand) uuid.NullUUID { return uuid.NullUUID{UUID: uuid.UUID{byte(r.Int())}, Valid: true} })
	matrix.Make(newMessage)
}

func newMessage(r *rand.Rand) (m Message) {
	const message = `{"type": "message", "channel": "C1", "ts": "%d.5", "text": "hello",
		"blocks": [{"type": "section", "block_id": "1", "text": {"type": "mrkdwn", "text": "*hello*"}}]}`
	if err := m.UnmarshalBinary(fmt.Appendf(nil, message, r.Int32())); err != nil {
		panic(err)
	}
	return m
}

func TestTypes(t *testing.T) {
	matrix.Run(t,
		matrix.Of(NewAccountCache),
		matrix.Of(NewProjectCache),
		matrix.Of(NewPairCache),
		matrix.Of(NewMessageCache),
	)
}
