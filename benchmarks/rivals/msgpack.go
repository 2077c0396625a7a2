package rivals

import (
	"bytes"
	"sync"

	"github.com/vmihailenco/msgpack/v5"
)

// vmihailenco is what most code that stores values in Redis calls.
func vmihailenco[T any]() Codec[T] {
	return Codec[T]{
		Name:   "vmihailenco",
		Encode: func(_ []byte, v T) ([]byte, error) { return msgpack.Marshal(v) },
		Decode: decodeMsgpack[T],
	}
}

func decodeMsgpack[T any](b []byte) (v T, err error) {
	err = msgpack.Unmarshal(b, &v)
	return v, err
}

// vmihailencoPooled keeps its encoders and their buffers.
func vmihailencoPooled[T any]() Codec[T] {
	pool := sync.Pool{New: func() any {
		p := new(pooledEncoder)
		p.encoder = msgpack.NewEncoder(&p.buffer)
		return p
	}}
	return Codec[T]{
		Name: "vmihailenco-pooled",
		Encode: func(dst []byte, v T) ([]byte, error) {
			p := pool.Get().(*pooledEncoder)
			defer pool.Put(p)
			p.buffer.Reset()
			err := p.encoder.Encode(v)
			return append(dst[:0], p.buffer.Bytes()...), err
		},
		Decode: decodeMsgpack[T],
	}
}

type pooledEncoder struct {
	buffer  bytes.Buffer
	encoder *msgpack.Encoder
}
