//go:build generated

package values

import (
	"testing"

	"github.com/cachegen/cachegen/testdata/types/matrix"
)

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
		matrix.Of(NewDecimal128Cache),
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
		matrix.Of(NewStructCache),
		matrix.Of(NewStringValueCache),
		matrix.Of(NewGormModelCache),
		matrix.Of(NewYAMLNodeCache),
		matrix.Of(NewPolygonCache),
		matrix.Of(NewFeatureCache),
		matrix.Of(NewNullableCache),
	)
}
