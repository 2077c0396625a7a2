package msgp

// The first bytes of msgpack values.
const (
	codeFixMap   = 0x80
	codeFixArray = 0x90
	codeFixStr   = 0xA0
	codeNil      = 0xC0
	codeReserved = 0xC1
	codeFalse    = 0xC2
	codeTrue     = 0xC3
	codeBin8     = 0xC4 // then bin 16, bin 32
	codeExt8     = 0xC7 // then ext 16, ext 32
	codeFloat32  = 0xCA // then float 64
	codeFloat64  = 0xCB
	codeUint8    = 0xCC // then uint 16, uint 32, uint 64
	codeInt8     = 0xD0 // then int 16, int 32, int 64
	codeFixExt1  = 0xD4 // then fixext 2, 4, 8, 16
	codeFixExt2  = 0xD5
	codeFixExt4  = 0xD6
	codeFixExt8  = 0xD7
	codeFixExt16 = 0xD8
	codeStr8     = 0xD9 // then str 16, str 32
	codeArray16  = 0xDC // then array 32
	codeMap16    = 0xDE // then map 32
	codeNegFix   = 0xE0 // the first negative fixint
)

// extTimestamp is the ext type that msgpack itself defines for instants.
const extTimestamp = -1
