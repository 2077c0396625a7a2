// Package services caches what clients of services return.
package services

import (
	"context"

	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	sqs "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/bwmarrin/discordgo"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/miekg/dns"
	"github.com/mmcdole/gofeed"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/sashabaranov/go-openai"
	"github.com/slack-go/slack"
)

//cachegen:cache key="services:slackuser:{id}" ttl=1h name=SlackUserCache
type loadSlackUser func(ctx context.Context, id string) (*slack.User, error)

//cachegen:cache key="services:discorduser:{id}" ttl=1h name=DiscordUserCache
type loadDiscordUser func(ctx context.Context, id string) (*discordgo.User, error)

//cachegen:cache key="services:tabledescription:{id}" ttl=1h name=TableDescriptionCache
type loadTableDescription func(ctx context.Context, id string) (*ddb.TableDescription, error)

//cachegen:cache key="services:sqsmessage:{id}" ttl=1h name=SQSMessageCache
type loadSQSMessage func(ctx context.Context, id string) (*sqs.Message, error)

//cachegen:cache key="services:dnsa:{id}" ttl=1h name=DNSACache
type loadDNSA func(ctx context.Context, id string) (*dns.A, error)

//cachegen:cache key="services:manifest:{id}" ttl=1h name=ManifestCache
type loadManifest func(ctx context.Context, id string) (*ocispec.Manifest, error)

//cachegen:cache key="services:image:{id}" ttl=1h name=ImageCache
type loadImage func(ctx context.Context, id string) (*ocispec.Image, error)

//cachegen:cache key="services:index:{id}" ttl=1h name=IndexCache
type loadIndex func(ctx context.Context, id string) (*ocispec.Index, error)

//cachegen:cache key="services:feed:{id}" ttl=1h name=FeedCache
type loadFeed func(ctx context.Context, id string) (*gofeed.Feed, error)

//cachegen:cache key="services:openapi:{id}" ttl=1h name=OpenAPICache
type loadOpenAPI func(ctx context.Context, id string) (*openapi3.T, error)

//cachegen:cache key="services:completion:{id}" ttl=1h name=CompletionCache
type loadCompletion func(ctx context.Context, id string) (*openai.ChatCompletionResponse, error)

//cachegen:cache key="services:embedding:{id}" ttl=1h name=EmbeddingCache
type loadEmbedding func(ctx context.Context, id string) (*openai.EmbeddingResponse, error)
