package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

const (
	// MaxKey is the length up to which a key is stored as it is. Of a longer one the end is
	// replaced by a hash, and the whole key stands in the envelope of its value.
	MaxKey = 512
	// MaxKeyGiven is the length over which a key is refused.
	MaxKeyGiven = 64 << 10
	// hashMark begins the hash. Short keys that hold it are hashed too, so none spells the stored
	// form of a long one.
	hashMark = "%~"
)

// CheckKey refuses a key that is empty or over MaxKeyGiven bytes.
func CheckKey(key string) error {
	switch {
	case key == "":
		return &KeyError{Reason: "it is empty"}
	case len(key) > MaxKeyGiven:
		return &KeyError{Key: key[:64], Reason: fmt.Sprintf("its %d bytes are more than the %d allowed; hash it, or use a shorter name", len(key), MaxKeyGiven)}
	}
	return nil
}

// Hashed reports whether key is stored under a hash, so that its envelope must hold it.
func Hashed(key string) bool {
	return len(key) > MaxKey || strings.IndexByte(key, hashMark[0]) >= 0 && strings.Contains(key, hashMark)
}

// StoredKey returns the key under which a driver stores the value of key: key itself, or its
// beginning and the SHA-256 of all of it.
func StoredKey(key string) string {
	if !Hashed(key) {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	const room = MaxKey - len(hashMark) - 2*sha256.Size
	return strings.ReplaceAll(key[:min(len(key), room)], hashMark, "%") + hashMark + hex.EncodeToString(sum[:])
}
