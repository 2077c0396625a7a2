//go:build generated

package standard

import (
	"testing"

	"github.com/cachegen/cachegen/testdata/types/matrix"
)

func TestTypes(t *testing.T) {
	matrix.Run(t,
		matrix.Of(NewDurationCache),
		matrix.Of(NewTimeCache),
		matrix.Of(NewTimePtrCache),
		matrix.Of(NewMonthCache),
		matrix.Of(NewWeekdaysCache),
		matrix.Of(NewURLCache),
		matrix.Of(NewValuesCache),
		matrix.Of(NewAddrCache),
		matrix.Of(NewAddrPortCache),
		matrix.Of(NewPrefixCache),
		matrix.Of(NewPrefixesCache),
		matrix.Of(NewIntCache),
		matrix.Of(NewRatCache),
		matrix.Of(NewBigFloatCache),
		matrix.Of(NewIPCache),
		matrix.Of(NewIPNetCache),
		matrix.Of(NewMACCache),
		matrix.Of(NewTCPAddrCache),
		matrix.Of(NewNullStringCache),
		matrix.Of(NewNullTimeCache),
		matrix.Of(NewNullCache),
		matrix.Of(NewHeaderCache),
		matrix.Of(NewCookieCache),
		matrix.Of(NewMailAddressCache),
		matrix.Of(NewRawMessageCache),
		matrix.Of(NewNumberCache),
		matrix.Of(NewXMLNameCache),
		matrix.Of(NewRegexpCache),
		matrix.Of(NewPKIXNameCache),
		matrix.Of(NewBuildPackageCache),
		matrix.Of(NewBuildInfoCache),
		matrix.Of(NewTokenPositionCache),
		matrix.Of(NewSlogLevelCache),
		matrix.Of(NewRGBACache),
		matrix.Of(NewRectangleCache),
		matrix.Of(NewColorCache),
		matrix.Of(NewHTMLCache),
		matrix.Of(NewFileHeaderCache),
		matrix.Of(NewELFSymbolsCache),
		matrix.Of(NewTarHeaderCache),
		matrix.Of(NewZipHeaderCache),
	)
}
