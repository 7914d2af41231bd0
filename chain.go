package wechatpay

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// A Chain is a path on its way to a call. It is an immutable small value: keep
// one, extend it, share it between goroutines. The zero Chain belongs to no
// client, and its calls fail.
type Chain struct {
	client *Client
	path   string   // a path, a template, or an absolute URL; as written
	base   string   // see WithBaseURL
	bound  *binding // see WithVar
	err    error    // what was wrong while it was built; every call returns it
}

// Chain starts a chain with a path or an RFC 6570 template, exactly as WeChat
// Pay documents it: no letter is changed, a trailing slash is kept. An absolute
// URL, such as a download_url out of a reply, is used verbatim.
func (c *Client) Chain(path string) Chain { return Chain{client: c}.Chain(path) }

// At starts a chain with names, as the PHP SDK's properties are written. See
// [Chain.At].
func (c *Client) At(names ...string) Chain { return Chain{client: c}.At(names...) }

// Chain goes deeper, by a path that is taken literally.
func (ch Chain) Chain(path string) Chain {
	switch {
	case ch.err != nil:
		return ch
	case path == "":
		ch.err = errors.New("Chain: the path is empty")
	case ch.path == "":
		ch.path = path
	case hasScheme(path):
		ch.err = errors.New("Chain: an absolute URL can only be the start of a chain")
	case strings.ContainsAny(ch.path, "?#"):
		ch.err = errors.New("Chain: the path has a query already; nothing can be chained behind it")
	default:
		ch.path = strings.TrimSuffix(ch.path, "/") + "/" + strings.TrimPrefix(path, "/")
	}
	return ch
}

// At goes deeper by names. Each slash-separated segment of a name is spelled as
// a property of the PHP SDK: a leading capital is lowered, any other capital
// becomes a hyphen and its small letter (jsapiWithContract is
// jsapi-with-contract), and _name_ becomes the placeholder {name}. What stands in
// braces is kept as it is. Values do not belong here, only into [Options].Vars.
func (ch Chain) At(names ...string) Chain {
	if len(names) == 0 && ch.err == nil {
		ch.err = errors.New("At: no name given")
	}
	for _, name := range names {
		if ch.err != nil {
			return ch
		}
		if hasScheme(name) || strings.Contains(name, "?") {
			ch.err = errors.New("At: takes names; give a URL to Chain, and a query to Options.Query")
			return ch
		}
		if name == "" {
			ch.err = errors.New("At: a name is empty")
			return ch
		}
		ch = ch.Chain(spell(name))
	}
	return ch
}

// String is the path as it was written, up to the query. Of an absolute URL it
// leaves out a user name and a password as well.
func (ch Chain) String() string {
	path := ch.path[:pathEnd(ch.path)]
	if hasScheme(path) {
		scheme, rest, _ := strings.Cut(path, "://")
		host, tail, _ := strings.Cut(rest, "/")
		if at := strings.LastIndexByte(host, '@'); at >= 0 {
			path = scheme + "://" + host[at+1:] + "/" + tail
		}
	}
	return path
}

// route is the path as it was written, without query and, of an absolute URL, host.
func (ch Chain) route() string {
	path := ch.path[:pathEnd(ch.path)]
	if !hasScheme(path) {
		return path
	}
	_, rest, _ := strings.Cut(path, "://")
	_, path, _ = strings.Cut(rest, "/")
	return "/" + path
}

// pathEnd is where the query or fragment of a path begins; within braces both are
// operators of a template.
func pathEnd(path string) int {
	braces := 0
	for i, c := range []byte(path) {
		switch c {
		case '{':
			braces++
		case '}':
			braces--
		case '?', '#':
			if braces <= 0 {
				return i
			}
		}
	}
	return len(path)
}

// Get calls with GET. See [Chain.Do].
func (ch Chain) Get(ctx context.Context, opts *Options) (*Response, error) {
	return ch.Do(ctx, http.MethodGet, opts)
}

// Post calls with POST. See [Chain.Do].
func (ch Chain) Post(ctx context.Context, opts *Options) (*Response, error) {
	return ch.Do(ctx, http.MethodPost, opts)
}

// Put calls with PUT. See [Chain.Do].
func (ch Chain) Put(ctx context.Context, opts *Options) (*Response, error) {
	return ch.Do(ctx, http.MethodPut, opts)
}

// Patch calls with PATCH. See [Chain.Do].
func (ch Chain) Patch(ctx context.Context, opts *Options) (*Response, error) {
	return ch.Do(ctx, http.MethodPatch, opts)
}

// Delete calls with DELETE. See [Chain.Do].
func (ch Chain) Delete(ctx context.Context, opts *Options) (*Response, error) {
	return ch.Do(ctx, http.MethodDelete, opts)
}

// Do calls with any method, and returns once the reply has been read and
// verified. Only a 2xx reply is returned without an error.
//
// Errors, all found by errors.As and errors.Is at any depth:
//
//   - a [*CallError] that wraps [ErrInvalid]: the call was refused before
//     anything was sent;
//   - an [*APIError]: WeChat Pay answered with an error;
//   - a [*CallError] that wraps a [*VerifyError]: the reply cannot be trusted;
//   - a [*CallError] that wraps anything else: the network, the context, a
//     middleware.
//
// [OutcomeUnknown] tells which of them may have taken effect.
func (ch Chain) Do(ctx context.Context, method string, opts *Options) (*Response, error) {
	call, err := ch.prepare(ctx, method, opts)
	if err != nil {
		return nil, err
	}
	return call.Run()
}

// spell applies the naming rules of At to each segment of a name.
func spell(name string) string {
	var b strings.Builder
	b.Grow(len(name) + 8) // and a few hyphens
	for start := 0; start <= len(name); {
		end := segmentEnd(name, start)
		spellSegment(&b, name[start:end])
		if end < len(name) {
			b.WriteByte('/')
		}
		start = end + 1
	}
	return b.String()
}

// segmentEnd finds the slash that ends a segment, or the end of the name. A slash
// in braces belongs to the template: {/id}.
func segmentEnd(name string, from int) int {
	braces := 0
	for i := from; i < len(name); i++ {
		switch name[i] {
		case '{':
			braces++
		case '}':
			braces--
		case '/':
			if braces <= 0 {
				return i
			}
		}
	}
	return len(name)
}

func spellSegment(b *strings.Builder, segment string) {
	if n := len(segment); n > 2 && segment[0] == '_' && segment[n-1] == '_' {
		b.WriteByte('{')
		b.WriteString(segment[1 : n-1])
		b.WriteByte('}')
		return
	}
	braces := 0
	for i, c := range []byte(segment) {
		switch {
		case c == '{':
			braces++
		case c == '}':
			braces--
		case 'A' <= c && c <= 'Z' && braces <= 0:
			if i > 0 {
				b.WriteByte('-')
			}
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
}
