package engine

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// awkwardKeys are keys around the limits, and keys that imitate the stored form of others.
func awkwardKeys() []string {
	long := strings.Repeat("k", MaxKey)
	keys := []string{"a", "user:7", "%", "~", "%7E", long, long[1:], long + "a", long + "b", strings.Repeat("é", MaxKey), strings.Repeat("%~", 300), strings.Repeat("%%~", 300)}
	for _, key := range keys[:len(keys):len(keys)] {
		keys = append(keys, StoredKey(key+hashMark), hashMark+key)
	}
	return append(keys, StoredKey(long+"a")+"x", StoredKey(StoredKey(long+"a")))
}

func TestStoredKeysAreDistinctAndShort(t *testing.T) {
	of := map[string]string{}
	for _, key := range awkwardKeys() {
		stored := StoredKey(key)
		require.LessOrEqual(t, len(stored), MaxKey)
		if other, taken := of[stored]; taken {
			require.Equal(t, other, key, "two keys are stored under %q", stored)
		}
		of[stored] = key
	}
}

func TestShortKeyIsStoredAsItIs(t *testing.T) {
	for _, key := range []string{"a", "user:7", strings.Repeat("k", MaxKey)} {
		require.False(t, Hashed(key))
		require.Equal(t, key, StoredKey(key))
	}
}

// TestNoKeySpellsTheStoredFormOfAnother holds since a key that holds the mark of a hash is hashed too.
func TestNoKeySpellsTheStoredFormOfAnother(t *testing.T) {
	stored := StoredKey(strings.Repeat("k", MaxKey+1))
	require.True(t, Hashed(stored))
	require.NotEqual(t, stored, StoredKey(stored))
}

func TestKeyIsChecked(t *testing.T) {
	require.NoError(t, CheckKey("k"))
	require.NoError(t, CheckKey(strings.Repeat("k", MaxKeyGiven)))
	require.ErrorContains(t, CheckKey(""), "empty")
	err := CheckKey(strings.Repeat("k", MaxKeyGiven+1))
	require.ErrorContains(t, err, "65537 bytes")
	require.Less(t, len(err.Error()), 300)
}
