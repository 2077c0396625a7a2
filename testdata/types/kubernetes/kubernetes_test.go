//go:build generated

package kubernetes

import (
	"math/rand/v2"
	"testing"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/cachegen/cachegen/testdata/types/matrix"
)

func init() {
	matrix.Make(func(r *rand.Rand) resource.Quantity {
		return *resource.NewMilliQuantity(r.Int64N(1e6), resource.DecimalSI)
	})
}

func TestTypes(t *testing.T) {
	matrix.Run(t,
		matrix.Of(NewPodCache).Lost("each Quantity reads back as 0"),
		matrix.Of(NewPodListCache).Lost("each Quantity reads back as 0"),
		matrix.Of(NewServiceCache),
		matrix.Of(NewNodeCache).Lost("each Quantity reads back as 0"),
		matrix.Of(NewSecretCache),
		matrix.Of(NewDeploymentCache).Lost("each Quantity reads back as 0"),
		matrix.Of(NewCronJobCache).Lost("each Quantity reads back as 0"),
		matrix.Of(NewObjectMetaCache),
		matrix.Of(NewTimeCache),
		matrix.Of(NewMicroTimeCache),
		matrix.Of(NewDurationCache),
		matrix.Of(NewQuantityCache).Lost("reads back as 0"),
		matrix.Of(NewIntOrStringCache),
	)
}
