//go:build generated

package kubernetes

import (
	"testing"

	"github.com/cachegen/cachegen/testdata/types/matrix"
)

func TestTypes(t *testing.T) {
	matrix.Run(t,
		matrix.Of(NewPodCache),
		matrix.Of(NewPodListCache),
		matrix.Of(NewServiceCache),
		matrix.Of(NewNodeCache),
		matrix.Of(NewSecretCache),
		matrix.Of(NewDeploymentCache),
		matrix.Of(NewCronJobCache),
		matrix.Of(NewObjectMetaCache),
		matrix.Of(NewTimeCache),
		matrix.Of(NewMicroTimeCache),
		matrix.Of(NewDurationCache),
		matrix.Of(NewQuantityCache),
		matrix.Of(NewIntOrStringCache),
	)
}
