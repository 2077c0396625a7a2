package shape

import (
	"reflect"
	"strings"
)

// A tag is a parsed msgpack struct tag.
type tag struct {
	text    string
	name    string
	options map[string]string
	private bool // the field is kept out of JSON
}

// parseTag finds the msgpack tag among a field's tags.
func parseTag(all string) tag {
	tags := reflect.StructTag(all)
	t := tag{text: tags.Get("msgpack"), options: map[string]string{}, private: tags.Get("json") == "-"}
	for i, part := range strings.Split(t.text, ",") {
		key, value, isOption := strings.Cut(part, ":")
		key = strings.TrimSpace(key)
		if i == 0 && !isOption {
			t.name = key
			continue
		}
		t.options[key] = strings.TrimSpace(value)
	}
	return t
}

func (t tag) has(option string) bool {
	_, ok := t.options[option]
	return ok
}

// skips reports whether the tag leaves the field out.
func (t tag) skips() bool { return t.name == "-" }
