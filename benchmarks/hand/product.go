package hand

import "github.com/cachegen/cachegen/benchmarks/payload"

// AppendProduct appends the encoding of p.
func AppendProduct(dst []byte, p *payload.Product) []byte {
	dst = append(dst, fixmap|13)
	dst = appendInt64(append(dst, "\xa2ID"...), p.ID)
	dst = appendString(append(dst, "\xa3SKU"...), p.SKU)
	dst = appendString(append(dst, "\xa4Name"...), p.Name)
	dst = appendString(append(dst, "\xa5Brand"...), p.Brand)
	dst = appendInt64(append(dst, "\xa5Cents"...), p.Cents)
	dst = appendString(append(dst, "\xa8Currency"...), p.Currency)
	dst = appendFloat64(append(dst, "\xa6Weight"...), p.Weight)
	dst = appendInt32(append(dst, "\xa5Stock"...), p.Stock)
	dst = appendFloat32(append(dst, "\xa6Rating"...), p.Rating)
	dst = appendBool(append(dst, "\xa6Active"...), p.Active)
	dst = appendTime(append(dst, "\xa7Created"...), p.Created)
	dst = appendTime(append(dst, "\xa7Updated"...), p.Updated)
	return appendVariants(append(dst, "\xa8Variants"...), p.Variants)
}

func appendVariants(dst []byte, vs []payload.Variant) []byte {
	if vs == nil {
		return append(dst, null)
	}
	dst = appendArrayLen(dst, len(vs))
	for i := range vs {
		v := &vs[i]
		dst = append(dst, fixmap|6)
		dst = appendString(append(dst, "\xa3SKU"...), v.SKU)
		dst = appendString(append(dst, "\xa5Color"...), v.Color)
		dst = appendString(append(dst, "\xa4Size"...), v.Size)
		dst = appendInt64(append(dst, "\xa5Cents"...), v.Cents)
		dst = appendInt32(append(dst, "\xa5Stock"...), v.Stock)
		dst = appendBool(append(dst, "\xa6Active"...), v.Active)
	}
	return dst
}

// DecodeProduct decodes what AppendProduct appended.
func DecodeProduct(b []byte) (*payload.Product, error) {
	r := reader{b: b}
	p := new(payload.Product)
	for range r.mapLen() {
		switch string(r.bytes()) {
		case "ID":
			p.ID = r.int()
		case "SKU":
			p.SKU = r.string()
		case "Name":
			p.Name = r.string()
		case "Brand":
			p.Brand = r.string()
		case "Cents":
			p.Cents = r.int()
		case "Currency":
			p.Currency = r.string()
		case "Weight":
			p.Weight = r.float64()
		case "Stock":
			p.Stock = int32(r.int())
		case "Rating":
			p.Rating = r.float32()
		case "Active":
			p.Active = r.bool()
		case "Created":
			p.Created = r.time()
		case "Updated":
			p.Updated = r.time()
		case "Variants":
			p.Variants = r.variants()
		default:
			r.fail()
		}
	}
	return p, r.done()
}

func (r *reader) variants() []payload.Variant {
	if r.null() {
		return nil
	}
	vs := make([]payload.Variant, r.arrayLen())
	for i := range vs {
		r.variant(&vs[i])
	}
	return vs
}

func (r *reader) variant(v *payload.Variant) {
	for range r.mapLen() {
		switch string(r.bytes()) {
		case "SKU":
			v.SKU = r.string()
		case "Color":
			v.Color = r.string()
		case "Size":
			v.Size = r.string()
		case "Cents":
			v.Cents = r.int()
		case "Stock":
			v.Stock = int32(r.int())
		case "Active":
			v.Active = r.bool()
		default:
			r.fail()
		}
	}
}
