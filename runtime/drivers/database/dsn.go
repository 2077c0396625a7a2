package database

import (
	"net"
	"net/url"
	"regexp"
	"strings"
)

// target reads Path or DSN.
func (o Options) target() (target, error) {
	switch {
	case o.Path != "":
		return o.sqliteTarget(o.Path, nil)
	case o.Dialect != "":
		return o.verbatim(), nil
	}
	scheme, rest, ok := strings.Cut(o.DSN, ":")
	switch {
	case !ok || !schemePattern.MatchString(scheme):
		return target{}, configError("DSN", "it does not begin with a scheme; "+schemes)
	case scheme == "postgres" || scheme == "postgresql":
		return postgresTarget(o.DSN)
	case scheme == "mysql" && !strings.HasPrefix(rest, "//"):
		return mysqlTarget(rest), nil
	case scheme == "mysql" || scheme == "mariadb":
		return mysqlURL(o.DSN)
	case scheme == "sqlite" || scheme == "file":
		return o.sqliteDSN(scheme, rest)
	case !strings.HasPrefix(rest, "//"): // what stands before the colon may be a user
		return target{}, configError("DSN", "it does not begin with a scheme that is known; "+schemes)
	}
	return target{}, configError("DSN", "its scheme "+scheme+" is unknown; "+schemes)
}

const schemes = "begin with postgres://, mysql://, mariadb://, mysql:, sqlite:// or file:"

var schemePattern = regexp.MustCompile(`\A[a-z][a-z0-9+.-]{0,31}\z`)

// verbatim is a DSN in a form of its client's. What may be the password in one of the known forms is kept
// secret.
func (o Options) verbatim() target {
	t := target{dialect: o.Dialect, dsn: o.DSN, place: "the server of the DSN", secrets: append(mysqlSecrets(o.DSN), o.DSN)}
	if u, err := url.Parse(o.DSN); err == nil {
		t.secrets = append(t.secrets, urlSecrets(u)...)
	}
	for _, found := range passwordPattern.FindAllStringSubmatch(o.DSN, -1) {
		t.secrets = appendSecret(t.secrets, strings.Trim(found[1], "'"))
	}
	return t
}

// passwordPattern finds the password among PostgreSQL's keyword=value pairs.
var passwordPattern = regexp.MustCompile(`password\s*=\s*('(?:[^'\\]|\\.)*'|\S+)`)

// parseURL parses a DSN that is a URL. Its errors repeat nothing of it.
func parseURL(dsn string) (*url.URL, error) {
	u, err := url.Parse(dsn)
	if err != nil || u.Host == "" && u.RawQuery == "" || u.Fragment != "" {
		return nil, configError("DSN", "it is not a URL; write scheme://user:password@host:port/database, with special characters of the password as %XX")
	}
	return u, nil
}

func postgresTarget(dsn string) (target, error) {
	u, err := parseURL(dsn)
	if err != nil {
		return target{}, err
	}
	return target{dialect: PostgreSQL, dsn: dsn, place: u.Host, secrets: append(urlSecrets(u), dsn)}, nil
}

// urlSecrets returns the password of a URL as it was written and as it is meant, and what stands in
// parameters for it.
func urlSecrets(u *url.URL) (secrets []string) {
	if password, ok := u.User.Password(); ok {
		_, escaped, _ := strings.Cut(u.User.String(), ":")
		secrets = appendSecret(secrets, password)
		secrets = appendSecret(secrets, escaped)
	}
	for name, values := range u.Query() {
		if strings.Contains(strings.ToLower(name), "password") {
			for _, v := range values {
				secrets = appendSecret(secrets, v)
			}
		}
	}
	return secrets
}

func appendSecret(secrets []string, s string) []string {
	if s == "" {
		return secrets
	}
	return append(secrets, s)
}

// mysqlURL writes a URL in the form of the client: user:password@tcp(host:port)/database?parameters.
func mysqlURL(dsn string) (target, error) {
	u, err := parseURL(dsn)
	if err != nil {
		return target{}, err
	}
	host, port := u.Hostname(), u.Port()
	if port == "" {
		port = "3306"
	}
	login := ""
	if u.User != nil {
		login = u.User.Username()
		if password, ok := u.User.Password(); ok {
			login += ":" + password
		}
		login += "@"
	}
	name := url.PathEscape(strings.TrimPrefix(u.Path, "/"))
	own := login + "tcp(" + net.JoinHostPort(host, port) + ")/" + name
	if u.RawQuery != "" {
		own += "?" + u.Query().Encode()
	}
	return target{dialect: MySQL, dsn: own, place: u.Host, secrets: append(urlSecrets(u), dsn, own)}, nil
}

// mysqlTarget is a DSN in the form of the client.
func mysqlTarget(dsn string) target {
	t := target{dialect: MySQL, dsn: dsn, place: "the server of the DSN", secrets: append(mysqlSecrets(dsn), dsn)}
	if at := strings.LastIndexByte(dsn[:max(0, strings.LastIndexByte(dsn, '/'))], '@'); at >= 0 {
		t.place, _, _ = strings.Cut(dsn[at+1:], "/")
	}
	return t
}

// mysqlSecrets returns the password of a DSN in the form of the client, which looks for the last slash
// and the last @ before it.
func mysqlSecrets(dsn string) []string {
	login := dsn[:max(0, strings.LastIndexByte(dsn, '/'))]
	login = login[:max(0, strings.LastIndexByte(login, '@'))]
	_, password, _ := strings.Cut(login, ":")
	return appendSecret(nil, password)
}
