package syntax

import "testing"

func TestLexerMistakes(t *testing.T) {
	mistakes{
		{`//cachegen:cache key="user:{ID}`, []string{"3:22: the quote that opens the value of key is not closed"}},
		{"//cachegen:cache key=`user ttl=5m", []string{"3:22: the quote that opens the value of key is not closed"}},
		{"//cachegen:cache key='us er' ttl=5m", []string{"3:22: the value of key stands in single quotes: write double quotes"}},
		{"//cachegen:cache key='user ttl=5m", []string{"3:22: the value of key stands in single quotes: write double quotes"}},
		{"//cachegen:cache key='user'x ttl=5m", []string{
			"3:22: the value of key stands in single quotes: write double quotes",
			"3:28: text is glued to the closing quote of key: put a space between",
		}},
		{`//cachegen:cache key="user"ttl=5m`, []string{"3:28: text is glued to the closing quote of key: put a space between"}},
		{`//cachegen:cache key="user"junk ttl=5m`, []string{"3:28: text is glued to the closing quote of key: put a space between"}},
		{`//cachegen:cache key="user" ttl=5m ttl=6m`, []string{"3:36: ttl is repeated: write it once"}},
		{`//cachegen:cache key="us\qer" ttl=5m`, []string{`3:25: bad escape in the value of key: write a backslash as \\`}},
		{`//cachegen:cache key="us\q\xzer" ttl=5m`, []string{
			`3:25: bad escape in the value of key: write a backslash as \\`,
			`3:27: bad escape in the value of key: write a backslash as \\`,
		}},
		{`//cachegen:cache key = "user" ttl=5m`, []string{"3:22: stray =: write name=value, without spaces"}},
		{`//cachegen:cache key= "user" ttl=5m`, []string{"3:21: stray =: key has no value right after it; write key=value, without spaces"}},
		{"//cachegen:cache key= ttl=5m", []string{"3:21: stray =: key has no value right after it; write key=value, without spaces"}},
		{"//cachegen:cache key ttl=5m", []string{`3:18: key needs a value: write key="user:{ID}"`}},
		{`//cachegen:cache key="user" ttl==5m`, []string{"3:33: stray = in the value of ttl: put the whole value into quotes"}},
		{`//cachegen:cache key="user" ttl=`, []string{"3:32: stray =: ttl has no value right after it; write ttl=value, without spaces"}},
		{`//cachegen:cache key="user" ="x" ttl=1m`, []string{"3:29: stray =: write name=value, without spaces"}},
		{`//cachegen:cache "user" ttl=5m`, []string{
			`3:18: "user" is no argument: write name=value`,
			`3:12: //cachegen:cache needs a key: write key="user:{ID}"`,
		}},
		{`//cachegen:cache key=us"er x" ttl=5m`, []string{`3:24: stray " in the value of key: put the whole value into quotes`}},
		{`//cachegen:cache key:"user" ttl=5m`, []string{`3:18: key:"user" is no argument: write name=value`}},
		{"//cachegen:cache key=user ttl=5m // note", []string{"3:34: a directive takes no comment: put it on a line of its own"}},
		{"//cachegen:cache key=é:{ID}:{A.B} ttl=1m by= copy=share", []string{"3:45: stray =: by has no value right after it; write by=value, without spaces"}},
	}.test(t)
}
