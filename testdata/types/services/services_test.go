//go:build generated

package services

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/slack-go/slack"

	"github.com/cachegen/cachegen/testdata/types/matrix"
)

func init() {
	matrix.Make(newFields)
	matrix.Make(newDocument)
	matrix.Equal(sameJSON[slack.UserProfileCustomFields])
	matrix.Equal(sameJSON[openapi3.T])
}

func newFields(r *rand.Rand) (f slack.UserProfileCustomFields) {
	f.SetMap(map[string]slack.UserProfileCustomField{"Xf1": {Value: "value", Alt: "alt", Label: "label"}})
	return f
}

func newDocument(r *rand.Rand) openapi3.T {
	doc, err := openapi3.NewLoader().LoadFromData([]byte(document))
	if err != nil {
		panic(err)
	}
	doc.Info.Version = "1." + strconv.Itoa(r.IntN(10))
	return *doc
}

const document = `{
	"openapi": "3.0.3",
	"info": {"title": "Pets", "version": "1"},
	"paths": {"/pets": {"get": {"responses": {"200": {"description": "all", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pets"}}}}}}}},
	"components": {"schemas": {"Pets": {"type": "array", "items": {"type": "string"}}}},
	"x-extension": {"a": [1, 2]}
}`

// sameJSON compares values of types that encode themselves as JSON by just that.
func sameJSON[T any](a, b T) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

func TestTypes(t *testing.T) {
	matrix.Run(t,
		matrix.Of(NewCompletionCache).Lost("panics when it decodes"),
		matrix.Of(NewEmbeddingCache).Lost("panics when it decodes"),
		matrix.Of(NewSlackUserCache).Lost("Profile.Fields reads back empty"),
		matrix.Of(NewDiscordUserCache),
		matrix.Of(NewTableDescriptionCache),
		matrix.Of(NewSQSMessageCache),
		matrix.Of(NewDNSACache),
		matrix.Of(NewManifestCache),
		matrix.Of(NewImageCache),
		matrix.Of(NewIndexCache),
		matrix.Of(NewFeedCache),
		matrix.Of(NewOpenAPICache).Lost("loses its Paths"),
	)
}
