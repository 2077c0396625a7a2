// Package standard caches types of the standard library.
package standard

import (
	"archive/tar"
	"archive/zip"
	"context"
	"crypto/x509/pkix"
	"database/sql"
	"debug/elf"
	"encoding/json"
	"encoding/xml"
	"go/build"
	"go/token"
	"html/template"
	"image"
	"image/color"
	"log/slog"
	"math/big"
	"mime/multipart"
	"net"
	"net/http"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"runtime/debug"
	"time"
)

//cachegen:cache key="standard:duration:{id}" ttl=1h name=DurationCache
type loadDuration func(ctx context.Context, id string) (time.Duration, error)

//cachegen:cache key="standard:time:{id}" ttl=1h name=TimeCache
type loadTime func(ctx context.Context, id string) (time.Time, error)

//cachegen:cache key="standard:timeptr:{id}" ttl=1h name=TimePtrCache
type loadTimePtr func(ctx context.Context, id string) (*time.Time, error)

//cachegen:cache key="standard:month:{id}" ttl=1h name=MonthCache
type loadMonth func(ctx context.Context, id string) (time.Month, error)

//cachegen:cache key="standard:weekdays:{id}" ttl=1h name=WeekdaysCache
type loadWeekdays func(ctx context.Context, id string) ([]time.Weekday, error)

//cachegen:cache key="standard:url:{id}" ttl=1h name=URLCache
type loadURL func(ctx context.Context, id string) (*url.URL, error)

//cachegen:cache key="standard:values:{id}" ttl=1h name=ValuesCache
type loadValues func(ctx context.Context, id string) (url.Values, error)

//cachegen:cache key="standard:addr:{id}" ttl=1h name=AddrCache
type loadAddr func(ctx context.Context, id string) (netip.Addr, error)

//cachegen:cache key="standard:addrport:{id}" ttl=1h name=AddrPortCache
type loadAddrPort func(ctx context.Context, id string) (netip.AddrPort, error)

//cachegen:cache key="standard:prefix:{id}" ttl=1h name=PrefixCache
type loadPrefix func(ctx context.Context, id string) (netip.Prefix, error)

//cachegen:cache key="standard:prefixes:{id}" ttl=1h name=PrefixesCache
type loadPrefixes func(ctx context.Context, id string) (map[netip.Prefix][]netip.Addr, error)

//cachegen:cache key="standard:int:{id}" ttl=1h name=IntCache
type loadInt func(ctx context.Context, id string) (*big.Int, error)

//cachegen:cache key="standard:rat:{id}" ttl=1h name=RatCache
type loadRat func(ctx context.Context, id string) (*big.Rat, error)

//cachegen:cache key="standard:bigfloat:{id}" ttl=1h name=BigFloatCache
type loadBigFloat func(ctx context.Context, id string) (*big.Float, error)

//cachegen:cache key="standard:ip:{id}" ttl=1h name=IPCache
type loadIP func(ctx context.Context, id string) (net.IP, error)

//cachegen:cache key="standard:ipnet:{id}" ttl=1h name=IPNetCache
type loadIPNet func(ctx context.Context, id string) (*net.IPNet, error)

//cachegen:cache key="standard:mac:{id}" ttl=1h name=MACCache
type loadMAC func(ctx context.Context, id string) (net.HardwareAddr, error)

//cachegen:cache key="standard:tcpaddr:{id}" ttl=1h name=TCPAddrCache
type loadTCPAddr func(ctx context.Context, id string) (*net.TCPAddr, error)

//cachegen:cache key="standard:nullstring:{id}" ttl=1h name=NullStringCache
type loadNullString func(ctx context.Context, id string) (sql.NullString, error)

//cachegen:cache key="standard:nulltime:{id}" ttl=1h name=NullTimeCache
type loadNullTime func(ctx context.Context, id string) (sql.NullTime, error)

//cachegen:cache key="standard:null:{id}" ttl=1h name=NullCache
type loadNull func(ctx context.Context, id string) (sql.Null[int64], error)

//cachegen:cache key="standard:header:{id}" ttl=1h name=HeaderCache
type loadHeader func(ctx context.Context, id string) (http.Header, error)

//cachegen:cache key="standard:cookie:{id}" ttl=1h name=CookieCache
type loadCookie func(ctx context.Context, id string) (*http.Cookie, error)

//cachegen:cache key="standard:mailaddress:{id}" ttl=1h name=MailAddressCache
type loadMailAddress func(ctx context.Context, id string) (*mail.Address, error)

//cachegen:cache key="standard:rawmessage:{id}" ttl=1h name=RawMessageCache
type loadRawMessage func(ctx context.Context, id string) (json.RawMessage, error)

//cachegen:cache key="standard:number:{id}" ttl=1h name=NumberCache
type loadNumber func(ctx context.Context, id string) (json.Number, error)

//cachegen:cache key="standard:xmlname:{id}" ttl=1h name=XMLNameCache
type loadXMLName func(ctx context.Context, id string) (xml.Name, error)

//cachegen:cache key="standard:regexp:{id}" ttl=1h name=RegexpCache
type loadRegexp func(ctx context.Context, id string) (*regexp.Regexp, error)

//cachegen:cache key="standard:pkixname:{id}" ttl=1h name=PKIXNameCache
type loadPKIXName func(ctx context.Context, id string) (*pkix.Name, error)

//cachegen:cache key="standard:buildpackage:{id}" ttl=1h name=BuildPackageCache
type loadBuildPackage func(ctx context.Context, id string) (*build.Package, error)

//cachegen:cache key="standard:buildinfo:{id}" ttl=1h name=BuildInfoCache
type loadBuildInfo func(ctx context.Context, id string) (*debug.BuildInfo, error)

//cachegen:cache key="standard:tokenposition:{id}" ttl=1h name=TokenPositionCache
type loadTokenPosition func(ctx context.Context, id string) (token.Position, error)

//cachegen:cache key="standard:sloglevel:{id}" ttl=1h name=SlogLevelCache
type loadSlogLevel func(ctx context.Context, id string) (slog.Level, error)

//cachegen:cache key="standard:rgba:{id}" ttl=1h name=RGBACache
type loadRGBA func(ctx context.Context, id string) (*image.RGBA, error)

//cachegen:cache key="standard:rectangle:{id}" ttl=1h name=RectangleCache
type loadRectangle func(ctx context.Context, id string) (image.Rectangle, error)

//cachegen:cache key="standard:color:{id}" ttl=1h name=ColorCache
type loadColor func(ctx context.Context, id string) (color.RGBA, error)

//cachegen:cache key="standard:html:{id}" ttl=1h name=HTMLCache
type loadHTML func(ctx context.Context, id string) (template.HTML, error)

//cachegen:cache key="standard:fileheader:{id}" ttl=1h name=FileHeaderCache
type loadFileHeader func(ctx context.Context, id string) (*multipart.FileHeader, error)

//cachegen:cache key="standard:elfsymbols:{id}" ttl=1h name=ELFSymbolsCache
type loadELFSymbols func(ctx context.Context, id string) ([]elf.Symbol, error)

//cachegen:cache key="standard:tarheader:{id}" ttl=1h name=TarHeaderCache
type loadTarHeader func(ctx context.Context, id string) (*tar.Header, error)

//cachegen:cache key="standard:zipheader:{id}" ttl=1h name=ZipHeaderCache
type loadZipHeader func(ctx context.Context, id string) (*zip.FileHeader, error)
