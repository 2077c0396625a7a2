package syntax

import "testing"

func TestDurationMistakes(t *testing.T) {
	mistakes{
		{"//cachegen:cache key=user ttl=0", []string{"3:31: ttl=0 is not a positive duration: write a positive one, or ttl=forever for what never expires"}},
		{"//cachegen:cache key=user ttl=0s", []string{"3:31: ttl=0s is not a positive duration: write a positive one, or ttl=forever for what never expires"}},
		{"//cachegen:cache key=user ttl=-5m", []string{"3:31: ttl=-5m is not a positive duration: write a positive one, or ttl=forever for what never expires"}},
		{"//cachegen:cache key=user ttl=1d", []string{"3:31: ttl=1d is not a duration: the longest unit is the hour; write 24h"}},
		{"//cachegen:cache key=user ttl=1w2d12h", []string{"3:31: ttl=1w2d12h is not a duration: the longest unit is the hour; write 228h"}},
		{"//cachegen:cache key=user ttl=0d", []string{"3:31: ttl=0d is not a duration: write one such as 500ms, 15m or 1h30m, of at most 292 years"}},
		{"//cachegen:cache key=user ttl=15", []string{"3:31: ttl=15 is not a duration: it lacks a unit; write 15s for seconds or 15m for minutes"}},
		{"//cachegen:cache key=user ttl=15M", []string{"3:31: ttl=15M is not a duration: write 15m"}},
		{"//cachegen:cache key=user ttl=forver", []string{"3:31: ttl=forver is not a duration: did you mean forever?"}},
		{"//cachegen:cache key=user ttl=15min", []string{"3:31: ttl=15min is not a duration: write 15m"}},
		{"//cachegen:cache key=user ttl=2Days", []string{"3:31: ttl=2Days is not a duration: write 48h"}},
		{"//cachegen:cache key=user ttl=15m, store=api", []string{"3:31: ttl=15m, is not a duration: write 15m"}},
		{"//cachegen:cache key=user ttl=15; store=api", []string{"3:31: ttl=15; is not a duration: it lacks a unit; write 15s for seconds or 15m for minutes"}},
		{"//cachegen:cache key=user ttl=ms", []string{"3:31: ttl=ms is not a duration: write 1ms"}},
		{"//cachegen:cache key=user ttl=xs", []string{"3:31: ttl=xs is not a duration: write one such as 500ms, 15m or 1h30m, of at most 292 years"}},
		{"//cachegen:cache key=user ttl=hour", []string{"3:31: ttl=hour is not a duration: write 1h"}},
		{"//cachegen:cache key=user ttl=0min", []string{"3:31: ttl=0min is not a duration: write one such as 500ms, 15m or 1h30m, of at most 292 years"}},
		{"//cachegen:cache key=user ttl=soon", []string{"3:31: ttl=soon is not a duration: write one such as 500ms, 15m or 1h30m, of at most 292 years"}},
		{`//cachegen:cache key=user ttl=""`, []string{"3:32: ttl= is not a duration: write one such as 500ms, 15m or 1h30m, of at most 292 years"}},
		{"//cachegen:cache key=user ttl=1us", []string{"3:31: ttl=1us is too short: write at least 1ms"}},
		{"//cachegen:cache key=user ttl=9999999h", []string{"3:31: ttl=9999999h is not a duration: write one such as 500ms, 15m or 1h30m, of at most 292 years"}},
		{"//cachegen:cache key=user ttl=1m timeout=forever", []string{"3:42: timeout=forever: a load must end; write a duration, such as 30s"}},
		{"//cachegen:cache key=user ttl=1m timeout=0", []string{"3:42: timeout=0 is not a positive duration: write a positive one, or leave timeout out"}},
	}.test(t)
}
