// Package saved reads HTTP messages that somebody saved: from a log, a proxy, curl -i, or a browser.
package saved

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
)

// A Message is a request, a reply, or a part of one.
type Message struct {
	Method, Target string // of a request
	Status         int    // of a reply
	Header         http.Header
	Body           []byte
}

var (
	requestLine = regexp.MustCompile(`^([A-Z]{3,7}) (\S+)(?: HTTP/[0-9.]+)?$`)
	statusLine  = regexp.MustCompile(`^HTTP/[0-9.]+ ([0-9]{3})(?: .*)?$`)
	headerLine  = regexp.MustCompile(`^([!#$%&'*+.^_|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$`)
)

// Errors of a text that is no message.
var (
	ErrNoMessage = errors.New("not an HTTP message: it begins with a request line, a status line or a header")
	ErrHeader    = errors.New("not a header")
)

// Parse reads a message: its first line, which may be missing, its header, an empty line, and its
// body. Lines may end in LF alone. Where Content-Length tells the length of the body, a line break
// more, which editors add, is cut; a chunked body is joined.
func Parse(data []byte) (*Message, error) {
	m := &Message{Header: http.Header{}}
	data = bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\ufeff")), "\r\n")
	for first := true; len(data) > 0; first = false {
		line, rest, _ := bytes.Cut(data, []byte("\n"))
		text := string(bytes.TrimSuffix(line, []byte("\r")))
		data = rest
		if text == "" {
			m.Body = data
			break
		}
		if first && m.start(text) {
			continue
		}
		if err := addHeader(m.Header, text); err != nil {
			if first {
				return nil, ErrNoMessage
			}
			return nil, err
		}
	}
	m.Body = framed(m.Header, m.Body)
	return m, nil
}

// start reads the first line.
func (m *Message) start(line string) bool {
	if found := requestLine.FindStringSubmatch(line); found != nil {
		m.Method, m.Target = found[1], found[2]
		return true
	}
	if found := statusLine.FindStringSubmatch(line); found != nil {
		m.Status, _ = strconv.Atoi(found[1])
		return true
	}
	return false
}

// addHeader adds a line; that of a pseudo header of HTTP/2 is left out.
func addHeader(header http.Header, line string) error {
	if strings.HasPrefix(line, ":") {
		return nil
	}
	found := headerLine.FindStringSubmatch(line)
	if found == nil {
		return fmt.Errorf("%w: a line has no name and colon; between header and body stands an empty line", ErrHeader)
	}
	name := textproto.CanonicalMIMEHeaderKey(found[1])
	header[name] = append(header[name], found[2])
	return nil
}

// framed is the body without what is not of it.
func framed(header http.Header, body []byte) []byte {
	if strings.EqualFold(header.Get("Transfer-Encoding"), "chunked") {
		if joined, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(body))); err == nil {
			return joined
		}
		return body // joined when it was saved
	}
	length, err := strconv.Atoi(header.Get("Content-Length"))
	if err != nil || length < 0 || length >= len(body) || strings.Trim(string(body[length:]), "\r\n") != "" {
		return body
	}
	return body[:length]
}

// ParseHeader reads a header alone: lines, or a JSON object of names with a value or a list.
func ParseHeader(data []byte) (http.Header, error) {
	text := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	if !bytes.HasPrefix(text, []byte("{")) {
		m, err := Parse(text)
		if err != nil {
			return nil, err
		}
		return m.Header, nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(text, &object); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHeader, err)
	}
	header := http.Header{}
	for name, raw := range object {
		var one string
		var list []string
		if json.Unmarshal(raw, &one) == nil {
			list = []string{one}
		} else if err := json.Unmarshal(raw, &list); err != nil {
			return nil, fmt.Errorf("%w: %.40q is neither a text nor a list of texts", ErrHeader, name)
		}
		name = textproto.CanonicalMIMEHeaderKey(name)
		header[name] = append(header[name], list...)
	}
	return header, nil
}

// Bodies are the bodies that may have been meant, the likeliest first: editors add a line break at
// the end, and change those within.
func (m *Message) Bodies() [][]byte {
	list := [][]byte{m.Body}
	for _, other := range [][]byte{
		bytes.TrimRight(m.Body, "\r\n"),
		bytes.ReplaceAll(m.Body, []byte("\r\n"), []byte("\n")),
		bytes.TrimRight(bytes.ReplaceAll(m.Body, []byte("\r\n"), []byte("\n")), "\n"),
	} {
		if !bytes.Equal(other, list[len(list)-1]) {
			list = append(list, other)
		}
	}
	return list
}
