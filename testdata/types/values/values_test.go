//go:build generated

package values

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/Masterminds/semver/v3"
	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/prometheus/common/model"
	"github.com/shopspring/decimal"
	"go.mongodb.org/mongo-driver/v2/bson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/cachegen/cachegen/testdata/types/matrix"
)

func init() {
	matrix.Make(func(r *rand.Rand) decimal.Decimal { return decimal.New(r.Int64(), -r.Int32N(20)) })
	matrix.Make(func(r *rand.Rand) semver.Version { return *semver.New(r.Uint64N(100), 2, 3, "rc.1", "build.5") })
	matrix.Make(func(r *rand.Rand) bson.Decimal128 { return bson.NewDecimal128(0x3040000000000000, r.Uint64N(1000)) })
	// What is not valid has no value: their own encodings are right to drop it.
	matrix.Make(func(r *rand.Rand) uuid.NullUUID { return uuid.NullUUID{UUID: uuid.UUID{byte(r.Int())}, Valid: true} })
	matrix.Make(func(r *rand.Rand) decimal.NullDecimal { return decimal.NewNullDecimal(decimal.New(r.Int64(), -2)) })
	matrix.Make(func(r *rand.Rand) geojson.Feature { return *geojson.NewFeature(orb.Point{r.NormFloat64(), 2}) })
	matrix.Make(func(r *rand.Rand) orb.Point { return orb.Point{r.NormFloat64(), r.NormFloat64()} })
	// To their method Equal a NaN differs from itself.
	matrix.Make(func(r *rand.Rand) model.SampleValue { return model.SampleValue(r.NormFloat64()) })
	matrix.Make(func(r *rand.Rand) model.FloatString { return model.FloatString(r.NormFloat64()) })
	matrix.Make(newStruct)
	// Its own encoding fills in the Type that an empty one lacks.
	matrix.Equal(func(a, b geojson.Feature) bool { return reflect.DeepEqual(a.Geometry, b.Geometry) })
	matrix.Equal(func(a, b *structpb.Struct) bool { return proto.Equal(a, b) })
	matrix.Equal(func(a, b *timestamppb.Timestamp) bool { return proto.Equal(a, b) })
	matrix.Equal(func(a, b *wrapperspb.StringValue) bool { return proto.Equal(a, b) })
}

func newStruct(r *rand.Rand) structpb.Struct {
	return structpb.Struct{Fields: map[string]*structpb.Value{
		"number": structpb.NewNumberValue(r.NormFloat64()),
		"list":   structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{structpb.NewNullValue(), structpb.NewBoolValue(true)}}),
	}}
}

func TestTypes(t *testing.T) {
	matrix.Run(t,
		matrix.Of(NewUUIDCache),
		matrix.Of(NewNullUUIDCache),
		matrix.Of(NewUUIDsCache),
		matrix.Of(NewDecimalCache),
		matrix.Of(NewNullDecimalCache),
		matrix.Of(NewDecimalsCache),
		matrix.Of(NewTextCache),
		matrix.Of(NewTimestamptzCache),
		matrix.Of(NewNumericCache),
		matrix.Of(NewPgUUIDCache),
		matrix.Of(NewIntervalCache),
		matrix.Of(NewRangeCache),
		matrix.Of(NewTextArrayCache),
		matrix.Of(NewSemverCache),
		matrix.Of(NewULIDCache),
		matrix.Of(NewNullIntCache),
		matrix.Of(NewNullValueCache),
		matrix.Of(NewObjectIDCache),
		matrix.Of(NewDecimal128Cache).Lost("reads back as zero"),
		matrix.Of(NewBSONDocumentCache),
		matrix.Of(NewBSONMapCache),
		matrix.Of(NewBSONRawCache),
		matrix.Of(NewSampleCache),
		matrix.Of(NewVectorCache),
		matrix.Of(NewMatrixCache),
		matrix.Of(NewTokenCache),
		matrix.Of(NewClaimsCache),
		matrix.Of(NewMapClaimsCache),
		matrix.Of(NewTimestampCache),
		matrix.Of(NewStructCache).Lost("panics when it decodes"),
		matrix.Of(NewStringValueCache),
		matrix.Of(NewGormModelCache),
		matrix.Of(NewYAMLNodeCache),
		matrix.Of(NewPolygonCache),
		matrix.Of(NewFeatureCache).Lost("panics when it decodes"),
		matrix.Of(NewNullableCache),
	)
}
