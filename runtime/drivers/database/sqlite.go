package database

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

const inMemory = ":memory:"

// sqliteDSN reads sqlite://PATH, file://PATH or file:PATH, each with parameters after a question mark.
// The path after file: is escaped as in a URL.
func (o Options) sqliteDSN(scheme, rest string) (target, error) {
	path, query, _ := strings.Cut(strings.TrimPrefix(rest, "//"), "?")
	parameters, err := url.ParseQuery(query)
	if err == nil && scheme == "file" {
		path, err = url.PathUnescape(path)
	}
	if err != nil {
		return target{}, configError("DSN", "it is not a URL; write file:PATH?parameters, with special characters as %XX")
	}
	if parameters.Get("mode") == "memory" {
		path = inMemory
		parameters.Del("mode")
	}
	return o.sqliteTarget(path, parameters)
}

// sqliteTarget is the SQLite file at path, which is made if it is missing.
func (o Options) sqliteTarget(path string, parameters url.Values) (target, error) {
	t := target{dialect: SQLite, place: path}
	if path == inMemory {
		t.memory = true
		t.dsn = "file::memory:?" + o.pragmas(parameters).Encode()
		return t, nil
	}
	if path == "" || strings.ContainsRune(path, 0) {
		return t, configError("Path", "it is empty or holds a NUL; name a file")
	}
	var err error
	if t.file, err = filepath.Abs(path); err != nil {
		return t, configError("Path", "it is relative, and the working directory is unknown; name an absolute path")
	}
	if parameters.Get("mode") != "ro" && parameters.Get("immutable") == "" {
		err = makeFile(t.file)
	}
	u := url.URL{Path: filepath.ToSlash(t.file)}
	if !strings.HasPrefix(u.Path, "/") {
		u.Path = "/" + u.Path // a drive of Windows
	}
	t.dsn = "file:" + u.EscapedPath() + "?" + o.pragmas(parameters).Encode()
	return t, err
}

// pragmas adds to parameters what the store needs, where they do not say otherwise. A commit is
// appended to the write-ahead log; readers do not wait for writers.
func (o Options) pragmas(parameters url.Values) url.Values {
	all := url.Values{"_error_rc": {"1"}}
	for name, values := range parameters {
		all[name] = values
	}
	synchronous := "NORMAL"
	if o.Sync {
		synchronous = "FULL"
	}
	for _, p := range [][2]string{
		{"busy_timeout", strconv.FormatInt(max(1, o.timeout().Milliseconds()), 10)},
		{"journal_mode", "WAL"},
		{"journal_size_limit", strconv.Itoa(walLimit)},
		{"synchronous", synchronous},
	} {
		if !says(parameters, p[0]) {
			all.Add("_pragma", p[0]+"("+p[1]+")")
		}
	}
	return all
}

// walLimit is how much of the write-ahead log is kept when it begins anew.
const walLimit = 64 << 20

// says reports whether parameters set a pragma, in one of the client's two ways.
func says(parameters url.Values, pragma string) bool {
	for _, p := range parameters["_pragma"] {
		if strings.HasPrefix(strings.ToLower(strings.TrimSpace(p)), pragma) {
			return true
		}
	}
	return parameters.Has("_" + pragma)
}

// making is held while a file is made: closing it would end the locks that a connection of this process
// has on it.
var making sync.Mutex

// makeFile makes the file, and its directory, if they are missing. SQLite gives the files beside it the
// same rights. A file that is there is not touched.
func makeFile(path string) error {
	making.Lock()
	defer making.Unlock()
	refuse := func(reason string) error { return configError("Path", path+": "+reason) }
	switch info, err := os.Stat(path); {
	case err == nil && info.Mode().IsRegular():
		return nil
	case err == nil:
		return refuse("it is a directory or a device; name a file")
	}
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		var f *os.File
		if f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
			return f.Close()
		}
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil // another process was quicker
	case errors.Is(err, fs.ErrPermission):
		return refuse("this user may not make it; give it the right to write to the directory, or name another file")
	}
	return refuse(fmt.Sprintf("it cannot be made (%v); name another file", reasonOf(err)))
}

// reasonOf leaves the path out of an error that is told beside it.
func reasonOf(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}
