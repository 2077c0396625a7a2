package patterns

import "context"

// Weather is what an API that is slow, and counts our calls, says of a city.
type Weather struct {
	City    string
	Celsius float64
	Sky     string
}

// FetchWeather calls that API. The signature is the cache's specification, so the value needs no field
// for each part of the key, and may be of any package.
//
//cachegen:cache key="weather:{city}:{units}" ttl=15m timeout=5s name=WeatherCache
type FetchWeather func(ctx context.Context, city, units string) (*Weather, error)

// Forecast is fetch behind the cache: a function of the same signature.
func Forecast(weather *WeatherCache, fetch FetchWeather) FetchWeather {
	return weather.Wrap(fetch)
}
