package rivals

import (
	"encoding/json"

	"github.com/bytedance/sonic"
)

func standardJSON[T any]() Codec[T] {
	return Codec[T]{
		Name:   "encoding-json",
		Encode: func(_ []byte, v T) ([]byte, error) { return json.Marshal(v) },
		Decode: func(b []byte) (v T, err error) {
			err = json.Unmarshal(b, &v)
			return v, err
		},
	}
}

func sonicJSON[T any]() Codec[T] {
	return Codec[T]{
		Name:   "sonic",
		Encode: func(_ []byte, v T) ([]byte, error) { return sonic.Marshal(v) },
		Decode: func(b []byte) (v T, err error) {
			err = sonic.Unmarshal(b, &v)
			return v, err
		},
	}
}
