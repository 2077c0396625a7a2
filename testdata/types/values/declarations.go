// Package values caches types that stand for single values: identifiers, numbers, versions, columns.
package values

import (
	"context"

	"github.com/Masterminds/semver/v3"
	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/guregu/null/v6"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/oapi-codegen/nullable"
	"github.com/oklog/ulid/v2"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/prometheus/common/model"
	"github.com/shopspring/decimal"
	"go.mongodb.org/mongo-driver/v2/bson"
	"golang.org/x/oauth2"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	"gopkg.in/yaml.v3"
	"gorm.io/gorm"
)

//cachegen:cache key="values:uuid:{id}" ttl=1h name=UUIDCache
type loadUUID func(ctx context.Context, id string) (uuid.UUID, error)

//cachegen:cache key="values:nulluuid:{id}" ttl=1h name=NullUUIDCache
type loadNullUUID func(ctx context.Context, id string) (uuid.NullUUID, error)

//cachegen:cache key="values:uuids:{id}" ttl=1h name=UUIDsCache
type loadUUIDs func(ctx context.Context, id string) (map[uuid.UUID][]uuid.UUID, error)

//cachegen:cache key="values:decimal:{id}" ttl=1h name=DecimalCache
type loadDecimal func(ctx context.Context, id string) (decimal.Decimal, error)

//cachegen:cache key="values:nulldecimal:{id}" ttl=1h name=NullDecimalCache
type loadNullDecimal func(ctx context.Context, id string) (decimal.NullDecimal, error)

//cachegen:cache key="values:decimals:{id}" ttl=1h name=DecimalsCache
type loadDecimals func(ctx context.Context, id string) (map[string]decimal.Decimal, error)

//cachegen:cache key="values:text:{id}" ttl=1h name=TextCache
type loadText func(ctx context.Context, id string) (pgtype.Text, error)

//cachegen:cache key="values:timestamptz:{id}" ttl=1h name=TimestamptzCache
type loadTimestamptz func(ctx context.Context, id string) (pgtype.Timestamptz, error)

//cachegen:cache key="values:numeric:{id}" ttl=1h name=NumericCache
type loadNumeric func(ctx context.Context, id string) (pgtype.Numeric, error)

//cachegen:cache key="values:pguuid:{id}" ttl=1h name=PgUUIDCache
type loadPgUUID func(ctx context.Context, id string) (pgtype.UUID, error)

//cachegen:cache key="values:interval:{id}" ttl=1h name=IntervalCache
type loadInterval func(ctx context.Context, id string) (pgtype.Interval, error)

//cachegen:cache key="values:range:{id}" ttl=1h name=RangeCache
type loadRange func(ctx context.Context, id string) (pgtype.Range[pgtype.Int4], error)

//cachegen:cache key="values:textarray:{id}" ttl=1h name=TextArrayCache
type loadTextArray func(ctx context.Context, id string) (pgtype.FlatArray[string], error)

//cachegen:cache key="values:semver:{id}" ttl=1h name=SemverCache
type loadSemver func(ctx context.Context, id string) (*semver.Version, error)

//cachegen:cache key="values:ulid:{id}" ttl=1h name=ULIDCache
type loadULID func(ctx context.Context, id string) (ulid.ULID, error)

//cachegen:cache key="values:nullint:{id}" ttl=1h name=NullIntCache
type loadNullInt func(ctx context.Context, id string) (null.Int, error)

//cachegen:cache key="values:nullvalue:{id}" ttl=1h name=NullValueCache
type loadNullValue func(ctx context.Context, id string) (null.Value[string], error)

//cachegen:cache key="values:objectid:{id}" ttl=1h name=ObjectIDCache
type loadObjectID func(ctx context.Context, id string) (bson.ObjectID, error)

//cachegen:cache key="values:decimal128:{id}" ttl=1h name=Decimal128Cache
type loadDecimal128 func(ctx context.Context, id string) (bson.Decimal128, error)

//cachegen:cache key="values:bsondocument:{id}" ttl=1h name=BSONDocumentCache
type loadBSONDocument func(ctx context.Context, id string) (bson.D, error)

//cachegen:cache key="values:bsonmap:{id}" ttl=1h name=BSONMapCache
type loadBSONMap func(ctx context.Context, id string) (bson.M, error)

//cachegen:cache key="values:bsonraw:{id}" ttl=1h name=BSONRawCache
type loadBSONRaw func(ctx context.Context, id string) (bson.Raw, error)

//cachegen:cache key="values:sample:{id}" ttl=1h name=SampleCache
type loadSample func(ctx context.Context, id string) (*model.Sample, error)

//cachegen:cache key="values:vector:{id}" ttl=1h name=VectorCache
type loadVector func(ctx context.Context, id string) (model.Vector, error)

//cachegen:cache key="values:matrix:{id}" ttl=1h name=MatrixCache
type loadMatrix func(ctx context.Context, id string) (model.Matrix, error)

//cachegen:cache key="values:token:{id}" ttl=1h name=TokenCache
type loadToken func(ctx context.Context, id string) (*oauth2.Token, error)

//cachegen:cache key="values:claims:{id}" ttl=1h name=ClaimsCache
type loadClaims func(ctx context.Context, id string) (*jwt.RegisteredClaims, error)

//cachegen:cache key="values:mapclaims:{id}" ttl=1h name=MapClaimsCache
type loadMapClaims func(ctx context.Context, id string) (jwt.MapClaims, error)

//cachegen:cache key="values:timestamp:{id}" ttl=1h name=TimestampCache
type loadTimestamp func(ctx context.Context, id string) (*timestamppb.Timestamp, error)

//cachegen:cache key="values:struct:{id}" ttl=1h name=StructCache
type loadStruct func(ctx context.Context, id string) (*structpb.Struct, error)

//cachegen:cache key="values:stringvalue:{id}" ttl=1h name=StringValueCache
type loadStringValue func(ctx context.Context, id string) (*wrapperspb.StringValue, error)

//cachegen:cache key="values:gormmodel:{id}" ttl=1h name=GormModelCache
type loadGormModel func(ctx context.Context, id string) (gorm.Model, error)

//cachegen:cache key="values:yamlnode:{id}" ttl=1h name=YAMLNodeCache
type loadYAMLNode func(ctx context.Context, id string) (*yaml.Node, error)

//cachegen:cache key="values:polygon:{id}" ttl=1h name=PolygonCache
type loadPolygon func(ctx context.Context, id string) (orb.Polygon, error)

//cachegen:cache key="values:feature:{id}" ttl=1h name=FeatureCache
type loadFeature func(ctx context.Context, id string) (*geojson.Feature, error)

//cachegen:cache key="values:nullable:{id}" ttl=1h name=NullableCache
type loadNullable func(ctx context.Context, id string) (nullable.Nullable[int], error)
