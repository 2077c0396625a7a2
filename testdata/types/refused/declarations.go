// Package refused declares caches of types that cannot be stored.
package refused

import (
	"bytes"
	"container/list"
	"context"
	"go/ast"
	"log/slog"
	"net/http"
	"net/mail"
	"net/url"
	"sync/atomic"
	"time"
	"unique"

	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/bwmarrin/discordgo"
	"github.com/miekg/dns"
	"github.com/slack-go/slack"
)

//cachegen:cache key="refused:location:{id}" ttl=1h name=LocationCache
type loadLocation func(ctx context.Context, id string) (*time.Location, error)

//cachegen:cache key="refused:userinfo:{id}" ttl=1h name=UserinfoCache
type loadUserinfo func(ctx context.Context, id string) (*url.Userinfo, error)

//cachegen:cache key="refused:response:{id}" ttl=1h name=ResponseCache
type loadResponse func(ctx context.Context, id string) (*http.Response, error)

//cachegen:cache key="refused:request:{id}" ttl=1h name=RequestCache
type loadRequest func(ctx context.Context, id string) (*http.Request, error)

//cachegen:cache key="refused:mailmessage:{id}" ttl=1h name=MailMessageCache
type loadMailMessage func(ctx context.Context, id string) (*mail.Message, error)

//cachegen:cache key="refused:astfile:{id}" ttl=1h name=ASTFileCache
type loadASTFile func(ctx context.Context, id string) (*ast.File, error)

//cachegen:cache key="refused:slogrecord:{id}" ttl=1h name=SlogRecordCache
type loadSlogRecord func(ctx context.Context, id string) (slog.Record, error)

//cachegen:cache key="refused:buffer:{id}" ttl=1h name=BufferCache
type loadBuffer func(ctx context.Context, id string) (*bytes.Buffer, error)

//cachegen:cache key="refused:list:{id}" ttl=1h name=ListCache
type loadList func(ctx context.Context, id string) (*list.List, error)

//cachegen:cache key="refused:atomicint:{id}" ttl=1h name=AtomicIntCache
type loadAtomicInt func(ctx context.Context, id string) (*atomic.Int64, error)

//cachegen:cache key="refused:handle:{id}" ttl=1h name=HandleCache
type loadHandle func(ctx context.Context, id string) (unique.Handle[string], error)

//cachegen:cache key="refused:slackmessage:{id}" ttl=1h name=SlackMessageCache
type loadSlackMessage func(ctx context.Context, id string) (*slack.Message, error)

//cachegen:cache key="refused:slackchannel:{id}" ttl=1h name=SlackChannelCache
type loadSlackChannel func(ctx context.Context, id string) (*slack.Channel, error)

//cachegen:cache key="refused:discordmessage:{id}" ttl=1h name=DiscordMessageCache
type loadDiscordMessage func(ctx context.Context, id string) (*discordgo.Message, error)

//cachegen:cache key="refused:attributevalue:{id}" ttl=1h name=AttributeValueCache
type loadAttributeValue func(ctx context.Context, id string) (ddb.AttributeValue, error)

//cachegen:cache key="refused:dnsmessage:{id}" ttl=1h name=DNSMessageCache
type loadDNSMessage func(ctx context.Context, id string) (*dns.Msg, error)
