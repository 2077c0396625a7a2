package main

//cachegen:cache key="same:{ID}" ttl=1h
type Same struct {
	ID   int64
	Name string
}

func loadSame(id int64) *Same { return &Same{id, name(id)} }

//cachegen:cache key="added:{ID}" ttl=1h
type Added struct {
	ID    int64
	Name  string
	Email string
}

func loadAdded(id int64) *Added { return &Added{id, name(id), email(id)} }

//cachegen:cache key="optional:{ID}" ttl=1h
type Optional struct {
	ID    int64
	Name  string
	Email string `msgpack:",omitempty"`
}

func loadOptional(id int64) *Optional { return &Optional{ID: id, Name: name(id)} }

//cachegen:cache key="removed:{ID}" ttl=1h
type Removed struct {
	ID   int64
	Name string
}

func loadRemoved(id int64) *Removed { return &Removed{id, name(id)} }

//cachegen:cache key="renamed:{ID}" ttl=1h
type Renamed struct {
	ID       int64
	FullName string
}

func loadRenamed(id int64) *Renamed { return &Renamed{id, name(id)} }

//cachegen:cache key="tagged:{ID}" ttl=1h
type Tagged struct {
	ID       int64
	FullName string `msgpack:"Name"`
}

func loadTagged(id int64) *Tagged { return &Tagged{id, name(id)} }

//cachegen:cache key="retyped:{ID}" ttl=1h
type Retyped struct {
	ID    int64
	Phone string
}

func loadRetyped(id int64) *Retyped { return &Retyped{id, name(id)} }

//cachegen:cache key="widened:{ID}" ttl=1h
type Widened struct {
	ID    int64
	Count int64
}

func loadWidened(id int64) *Widened { return &Widened{id, id << 8} }

//cachegen:cache key="pointer:{ID}" ttl=1h
type Pointer struct {
	ID   int64
	Name *string
}

func loadPointer(id int64) *Pointer {
	n := name(id)
	return &Pointer{id, &n}
}

//cachegen:cache key="omitted:{ID}" ttl=1h
type Omitted struct {
	ID    int64
	Notes string `msgpack:",omitempty"`
}

func loadOmitted(id int64) *Omitted { return &Omitted{id, notes(id)} }

//cachegen:cache key="nested:{ID}" ttl=1h
type Nested struct {
	ID    int64
	Lines []Line
	ByZip map[string]*Line
}

type Line struct {
	Text  string
	Cents int64
}

func loadNested(id int64) *Nested {
	return &Nested{id, []Line{{name(id), id}, {email(id), id}}, map[string]*Line{"1": {name(id), id}}}
}

//cachegen:cache key="embedded:{ID}" ttl=1h
type Embedded struct {
	ID int64
	Contact
}

type Contact struct {
	Name  string
	Email string
}

func loadEmbedded(id int64) *Embedded { return &Embedded{id, Contact{name(id), email(id)}} }

//cachegen:cache key="reordered:{ID}" ttl=1h
type Reordered struct {
	Email string
	Name  string
	ID    int64
}

func loadReordered(id int64) *Reordered { return &Reordered{email(id), name(id), id} }

//cachegen:cache key="tuple:{ID}" ttl=1h
type Tuple struct {
	_msgpack struct{} `msgpack:",as_array"`
	ID       int64
	Email    string
	Name     string
}

func loadTuple(id int64) *Tuple { return &Tuple{ID: id, Name: name(id), Email: email(id)} }

//cachegen:cache key="dynamic:{ID}" ttl=1h
type Dynamic struct {
	_msgpack struct{} `msgpack:",as_array"`
	ID       int64
	Email    string
	Name     string
	Extra    any
}

func loadDynamic(id int64) *Dynamic {
	return &Dynamic{ID: id, Name: name(id), Email: email(id), Extra: id}
}

//cachegen:cache key="versioned:{ID}" ttl=1h version=2
type Versioned struct {
	ID   int64
	Name string
}

func loadVersioned(id int64) *Versioned { return &Versioned{id, name(id)} }
