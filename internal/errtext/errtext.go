// Package errtext makes the texts of errors safe to print: without URLs, whose paths and
// queries may hold order numbers and tokens, and of limited length.
package errtext

import (
	"net/url"
	"strconv"
	"strings"
)

// longest is the limit of the text of a cause, in bytes. The longest texts of this library
// list several invalid fields.
const longest = 4000

// Of returns the text of err. Each URL of a [*url.Error] below it, such as an http.Client
// adds, is replaced by its scheme and host. A text beyond the limit is cut.
func Of(err error) string {
	if err == nil {
		return "unknown error"
	}
	return Cut(withoutURLs(err.Error(), err), longest)
}

// withoutURLs replaces the URLs of all errors of the tree.
func withoutURLs(text string, err error) string {
	switch e := err.(type) { //nolint:errorlint // it walks the tree of errors itself
	case nil:
		return text
	case *url.Error:
		if e == nil {
			return text
		}
		if e.URL != "" {
			text = strings.ReplaceAll(text, strconv.Quote(e.URL), strconv.Quote(Origin(e.URL)))
		}
		return withoutURLs(text, e.Err)
	case interface{ Unwrap() error }:
		return withoutURLs(text, e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			text = withoutURLs(text, one)
		}
	}
	return text
}

// Without returns text with the route of a call in place of its URL, whose path and query
// hold values. Transports and middleware of users print it.
func Without(text string, u *url.URL, route string) string {
	if u == nil {
		return text
	}
	target := u.RequestURI()
	if target == "/" || target == "/"+strings.TrimPrefix(route, "/") {
		return text
	}
	text = strings.ReplaceAll(text, u.String(), route)
	path := route
	if !strings.Contains(path, "://") {
		path = "/" + strings.TrimPrefix(path, "/")
	}
	for _, form := range []string{target, u.EscapedPath(), u.Path} {
		if len(form) > 1 && form != path {
			text = strings.ReplaceAll(text, form, path)
		}
	}
	if u.RawQuery != "" {
		text = strings.ReplaceAll(text, "?"+u.RawQuery, "")
	}
	return text
}

// Origin returns the scheme and host of a URL, or "…" for a malformed URL.
func Origin(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return "…"
	}
	return u.Scheme + "://" + u.Host
}

// Cut limits s to a number of bytes, and marks that it was cut.
func Cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}

// Printable returns the text of a server for one line of a log: without control characters,
// and cut.
func Printable(s string) string {
	const limit = 300
	count := 0
	return strings.Map(func(c rune) rune {
		switch count++; {
		case count == limit:
			return '…'
		case count > limit:
			return -1
		case c < ' ' || c >= 0x7f && c < 0xa0: // C1 too: 0x9b alone begins a command to a terminal
			return ' '
		}
		return c
	}, s)
}

// Hidden returns an error with the text, which wraps cause without printing it.
func Hidden(text string, cause error) error { return &hidden{text, cause} }

type hidden struct {
	text  string
	cause error
}

func (e *hidden) Error() string { return e.text }
func (e *hidden) Unwrap() error { return e.cause }
