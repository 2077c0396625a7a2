//go:build generated

package services

import (
	"testing"

	"github.com/cachegen/cachegen/testdata/types/matrix"
)

func TestTypes(t *testing.T) {
	matrix.Run(t,
		matrix.Of(NewSlackUserCache),
		matrix.Of(NewDiscordUserCache),
		matrix.Of(NewTableDescriptionCache),
		matrix.Of(NewSQSMessageCache),
		matrix.Of(NewDNSACache),
		matrix.Of(NewManifestCache),
		matrix.Of(NewImageCache),
		matrix.Of(NewIndexCache),
		matrix.Of(NewFeedCache),
		matrix.Of(NewOpenAPICache),
	)
}
