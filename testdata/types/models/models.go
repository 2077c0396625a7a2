// Package models caches structs as applications declare them: rows with columns of all kinds of
// libraries, by value, behind pointers, in slices and in maps.
package models

import (
	"context"
	"database/sql"
	"encoding/json"
	"math/big"
	"net/netip"
	"net/url"
	"time"

	"github.com/google/go-github/v74/github"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/shopspring/decimal"
	"github.com/slack-go/slack"
	"gorm.io/gorm"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

//cachegen:cache key="models:account:{id}" ttl=1h name=AccountCache
type loadAccount func(ctx context.Context, id string) (*Account, error)

// Account is a row as sqlc and pgx make it.
type Account struct {
	ID       uuid.UUID
	Email    sql.NullString
	Phone    *string
	Status   Status
	Balance  decimal.Decimal
	Credit   decimal.NullDecimal
	Limits   map[string]decimal.Decimal
	Settings []byte
	Tags     pgtype.FlatArray[string]
	Valid    pgtype.Range[pgtype.Timestamptz]
	Networks []netip.Prefix
	Home     *url.URL
	Created  time.Time
	Deleted  sql.NullTime
}

// Status is an enumeration of the database.
type Status string

//cachegen:cache key="models:project:{id}" ttl=1h name=ProjectCache
type loadProject func(ctx context.Context, id string) (Project, error)

// Project is a model of an application that puts what others declare into its own.
type Project struct {
	gorm.Model
	Meta     metav1.ObjectMeta `msgpack:",noinline"`
	Owner    github.User
	Repos    map[string]*github.Repository
	Releases []github.RepositoryRelease
	Supply   *big.Int
	ByHour   [24]int32 `msgpack:"h,omitempty"`
	Extra    map[string]any
	ParentID uuid.NullUUID `msgpack:",omitempty"`
	Secret   string        `msgpack:"-"`
}

//cachegen:cache key="models:pair:{id}" ttl=1h name=PairCache
type loadPair func(ctx context.Context, id string) (Pair[netip.AddrPort, []*Tuple], error)

// Pair is generic.
type Pair[A, B any] struct {
	First  A
	Second B
	Next   *Pair[A, B]
}

// Tuple is written as an array.
type Tuple struct {
	_msgpack struct{} `msgpack:",as_array"`
	X, Y     float32
	At       map[Point]string
}

// Point is a key of a map.
type Point struct{ X, Y int8 }

//cachegen:cache key="models:message:{id}" ttl=1h name=MessageCache
type loadMessage func(ctx context.Context, id string) (*Message, error)

// Message would be refused, for interfaces that are in it; it is stored as the JSON that it came as.
type Message struct{ slack.Message }

// MarshalBinary implements [encoding.BinaryMarshaler].
func (m *Message) MarshalBinary() ([]byte, error) { return json.Marshal(&m.Message) }

// UnmarshalBinary implements [encoding.BinaryUnmarshaler].
func (m *Message) UnmarshalBinary(b []byte) error { return json.Unmarshal(b, &m.Message) }
