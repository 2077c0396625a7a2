package drivers

import "strings"

// DefaultPrefix is the prefix of a shared backend for which none is configured.
const DefaultPrefix = "cachegen"

// Namespace is where the keys of one store stand in a backend that is shared with other stores and
// other programs. With the prefix app:
//
//	app:user:42           a key of the default store
//	app!s!session:user:42 the same key in the store named session
//	app!k:{app:user:42}   the lock named user:42 of the default store; k is the kind
//
// Prefix and store name are escaped, so none of these can spell another, and a user's key never
// leaves its place. Braces in keys are escaped too, so that a key cannot choose a cluster slot,
// and an internal key, whose tag is the whole stored key, has the slot of that key.
type Namespace struct {
	root string // "app" or "app!s!session"
	kind string // "app" + "!": what internal keys begin with; named stores: "app!"
}

// Namespace returns the place of the store's keys. An empty Prefix is replaced by [DefaultPrefix].
func (c StoreConfig) Namespace() Namespace {
	prefix := c.Prefix
	if prefix == "" {
		prefix = DefaultPrefix
	}
	root := nameEscaper.Replace(prefix)
	n := Namespace{root: root, kind: root + "!"}
	if c.Name != "" {
		n.root = root + "!s!" + nameEscaper.Replace(c.Name)
	}
	return n
}

// Key returns the stored form of a user's key.
func (n Namespace) Key(key string) string { return n.root + ":" + EscapeKey(key) }

// AppendKey appends the stored form of a user's key.
func (n Namespace) AppendKey(dst []byte, key string) []byte {
	return append(append(append(dst, n.root...), ':'), EscapeKey(key)...)
}

// AllKeys returns the stored forms of keys, which are parts of one string.
func (n Namespace) AllKeys(keys []string) []string {
	var all strings.Builder
	ends := make([]int, len(keys))
	for i, key := range keys {
		all.WriteString(n.root)
		all.WriteByte(':')
		all.WriteString(EscapeKey(key))
		ends[i] = all.Len()
	}
	stored, start := make([]string, len(keys)), 0
	for i, end := range ends {
		stored[i] = all.String()[start:end]
		start = end
	}
	return stored
}

// CutKey is the inverse of Key. It reports false for a stored key of another namespace.
func (n Namespace) CutKey(stored string) (string, bool) {
	key, ok := strings.CutPrefix(stored, n.root+":")
	return keyUnescaper.Replace(key), ok
}

// Keys returns what all stored keys of this namespace begin with, and no other key does.
func (n Namespace) Keys() string { return n.root + ":" }

// Internal returns the stored name of something that belongs to key but is no value, such as a
// lock. kind is one lower-case letter that is not s.
func (n Namespace) Internal(kind, key string) string {
	return n.kind + kind + ":{" + n.Key(key) + "}"
}

// Internals returns what all internal names of one kind begin with in this namespace.
func (n Namespace) Internals(kind string) string { return n.kind + kind + ":{" + n.root + ":" }

var (
	nameEscaper  = strings.NewReplacer("%", "%25", ":", "%3A", "{", "%7B", "}", "%7D", "!", "%21")
	keyUnescaper = strings.NewReplacer("%7B", "{", "%7D", "}", "%25", "%")
	// A percent sign is escaped only where it would otherwise read as an escape, so that keys
	// which hold escapes of their own (%3A) stay readable.
	keyEscaper = strings.NewReplacer("{", "%7B", "}", "%7D", "%7B", "%257B", "%7D", "%257D", "%25", "%2525")
)

// EscapeKey returns key without braces. It is injective, and most keys are returned as they are.
func EscapeKey(key string) string {
	for i := range len(key) {
		if c := key[i]; c == '%' || c == '{' || c == '}' {
			return keyEscaper.Replace(key)
		}
	}
	return key
}
