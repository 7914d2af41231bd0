package wechatpay

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/httprule"
	"github.com/wechatpay-chain/wechatpay/internal/target"
)

// A Chain is a client and a path to call. It is a small immutable value, which can be
// extended and shared between goroutines. The zero Chain has no client, and its calls fail.
type Chain struct {
	client *Client
	path   string    // a path, a template, or an absolute URL; as written
	base   string    // see WithBaseURL
	vars   *variable // see WithVar
	err    error     // the first error of building it; every call returns it

	browser bool // its URL is for a browser
}

// A variable is the value of a path variable, in a linked list.
type variable struct {
	name, value string
	next        *variable
}

// merge adds the variables to those of a call.
func (v *variable) merge(vars M) (M, error) {
	merged := make(M, len(vars)+2)
	maps.Copy(merged, vars)
	for ; v != nil; v = v.next {
		if _, twice := merged[v.name]; twice {
			return nil, fmt.Errorf("Options.Vars: %q is already set by Chain.WithVar; remove it", v.name)
		}
		merged[v.name] = v.value
	}
	return merged, nil
}

// Chain starts a chain with a path or an RFC 6570 template, exactly as WeChat Pay documents
// it. A trailing slash is kept. An absolute URL, such as the download_url of a reply, is
// used verbatim.
func (c *Client) Chain(path string) Chain { return Chain{client: c}.Chain(path) }

// At starts a chain with names, like the properties of the PHP SDK. See [Chain.At].
func (c *Client) At(names ...string) Chain { return Chain{client: c}.At(names...) }

// Chain appends a literal path.
func (ch Chain) Chain(path string) Chain {
	switch {
	case ch.err != nil:
		return ch
	case path == "":
		ch.err = errors.New("Chain: the path is empty")
	case ch.path == "":
		ch.path = path
	case target.HasScheme(path):
		ch.err = errors.New("Chain: an absolute URL can only be the start of a chain")
	case strings.ContainsAny(ch.path, "?#"):
		ch.err = errors.New("Chain: the path already has a query; nothing can be appended to it")
	default:
		ch.path = strings.TrimSuffix(ch.path, "/") + "/" + strings.TrimPrefix(path, "/")
	}
	return ch
}

// At appends names. Each slash-separated segment of a name is converted like a property of
// the PHP SDK: a leading capital is lowered, any other capital becomes a hyphen and the
// lower-case letter (jsapiWithContract is jsapi-with-contract), and _name_ becomes the
// variable {name}. Text in braces is not changed, nor are the capitals that a path of APIv2 has.
//
// Values belong in [Options].Vars. What is plainly one is refused: no name has two capitals
// in a row, or one behind a sign.
func (ch Chain) At(names ...string) Chain {
	if len(names) == 0 && ch.err == nil {
		ch.err = errors.New("At: no names; pass at least one")
	}
	for _, name := range names {
		if ch.err != nil {
			return ch
		}
		if target.HasScheme(name) || strings.Contains(name, "?") {
			ch.err = errors.New("At: takes names only; pass a URL to Chain, and a query in Options.Query")
			return ch
		}
		if name == "" {
			ch.err = errors.New("At: a name is empty")
			return ch
		}
		if i := target.ValueAt(name); i >= 0 {
			ch.err = fmt.Errorf("At: %s has two capitals in a row, a capital behind a sign, or a percent sign, as no name has; for a value write {variable}, and pass it in Options.Vars", ch.whatFollows(name[:i]))
			return ch
		}
		var keeps func(segment string) bool
		if ch.isV2() || strings.HasPrefix(name, "v2/") {
			keeps = endpoint.KeepsCapitals
		}
		ch = ch.Chain(target.Kebab(name, keeps))
	}
	return ch
}

// whatFollows describes a segment by the one before it, since it may be secret itself.
func (ch Chain) whatFollows(names string) string {
	before := strings.Split(strings.Trim(ch.path+"/"+names, "/"), "/")
	if last := before[len(before)-1]; last != "" {
		return fmt.Sprintf("the segment behind %q", last)
	}
	return "the first segment"
}

// WithVar sets the value of a path variable, like [Options].Vars, for all calls of the
// returned chain. The call encodes and validates the value. It is refused if the variable
// is set twice or is not in the path.
func (ch Chain) WithVar(name, value string) Chain {
	ch.vars = &variable{name, value, ch.vars}
	return ch
}

// WithBaseURL sets the documented base URL of an endpoint that is not at [DefaultBaseURL],
// such as https://apihk.mch.weixin.qq.com/. The chains of package openapi set it. A prefix
// in it, such as /global/, is added to a path that does not begin with it.
//
// It takes precedence over [Config].BaseURL, unless that is a sandbox or a proxy, or a
// mirror of base ([middleware.Mainland], [middleware.Overseas]). [Options].BaseURL takes
// precedence over both. The call refuses an invalid base.
func (ch Chain) WithBaseURL(base string) Chain {
	ch.base = base
	return ch
}

// String returns the path as written, without the query and, of an absolute URL, without
// user name and password.
func (ch Chain) String() string {
	path := ch.path[:target.PathEnd(ch.path)]
	if target.HasScheme(path) {
		scheme, rest, _ := strings.Cut(path, "://")
		if _, err := url.Parse(path); err != nil {
			return scheme + "://…" // a user name or a password may be anywhere in it
		}
		host, tail, _ := strings.Cut(rest, "/")
		if at := strings.LastIndexByte(host, '@'); at >= 0 {
			path = scheme + "://" + host[at+1:] + "/" + tail
		}
	}
	return path
}

// route returns the path as written, without the query and, of an absolute URL, without
// the host.
func (ch Chain) route() string {
	path := ch.path[:target.PathEnd(ch.path)]
	if !target.HasScheme(path) {
		return path
	}
	_, rest, _ := strings.Cut(path, "://")
	_, path, _ = strings.Cut(rest, "/")
	return "/" + path
}

// literalQuery returns the query in the path.
func (ch Chain) literalQuery() url.Values {
	_, raw, _ := strings.Cut(ch.path[target.PathEnd(ch.path):], "?")
	values, _ := url.ParseQuery(raw)
	return values
}

// Get sends a GET request. See [Chain.Do].
func (ch Chain) Get(ctx context.Context, opts *Options) (*Response, error) {
	return ch.Do(ctx, http.MethodGet, opts)
}

// Post sends a POST request. See [Chain.Do].
func (ch Chain) Post(ctx context.Context, opts *Options) (*Response, error) {
	return ch.Do(ctx, http.MethodPost, opts)
}

// Put sends a PUT request. See [Chain.Do].
func (ch Chain) Put(ctx context.Context, opts *Options) (*Response, error) {
	return ch.Do(ctx, http.MethodPut, opts)
}

// Patch sends a PATCH request. See [Chain.Do].
func (ch Chain) Patch(ctx context.Context, opts *Options) (*Response, error) {
	return ch.Do(ctx, http.MethodPatch, opts)
}

// Delete sends a DELETE request. See [Chain.Do].
func (ch Chain) Delete(ctx context.Context, opts *Options) (*Response, error) {
	return ch.Do(ctx, http.MethodDelete, opts)
}

// Do calls with any method, and returns after the reply has been read and verified. Only a
// 2xx reply is returned without an error. Errors:
//
//   - a [*CallError] that wraps [ErrInvalid]: the call is invalid, nothing was sent;
//   - an [*APIError]: WeChat Pay replied with an error;
//   - a [*CallError] that wraps a [*VerifyError]: the reply could not be verified;
//   - a [*CallError] that wraps an error of the network, the context or a middleware, or
//     the [*future.PanicError] of code of yours that the call ran after it was prepared.
//
// [OutcomeUnknown] reports whether the call may have taken effect.
func (ch Chain) Do(ctx context.Context, method string, opts *Options) (*Response, error) {
	call, err := ch.prepare(ctx, method, opts)
	if err != nil {
		return nil, err
	}
	return call.Run()
}

// A Future is a reply that is there or still to come; see package [future].
type Future = future.Future[*Response]

// GetAsync is [Chain.Get] in the background. See [Chain.DoAsync].
func (ch Chain) GetAsync(ctx context.Context, opts *Options) *Future {
	return ch.DoAsync(ctx, http.MethodGet, opts)
}

// PostAsync is [Chain.Post] in the background. See [Chain.DoAsync].
func (ch Chain) PostAsync(ctx context.Context, opts *Options) *Future {
	return ch.DoAsync(ctx, http.MethodPost, opts)
}

// PutAsync is [Chain.Put] in the background. See [Chain.DoAsync].
func (ch Chain) PutAsync(ctx context.Context, opts *Options) *Future {
	return ch.DoAsync(ctx, http.MethodPut, opts)
}

// PatchAsync is [Chain.Patch] in the background. See [Chain.DoAsync].
func (ch Chain) PatchAsync(ctx context.Context, opts *Options) *Future {
	return ch.DoAsync(ctx, http.MethodPatch, opts)
}

// DeleteAsync is [Chain.Delete] in the background. See [Chain.DoAsync].
func (ch Chain) DeleteAsync(ctx context.Context, opts *Options) *Future {
	return ch.DoAsync(ctx, http.MethodDelete, opts)
}

// DoAsync is [Chain.Do] in the background. The request is built before it
// returns, so that opts may be used for another call at once, and bad input gives
// a future that is rejected already; signing, sending and verifying happen on a
// goroutine for the call, which begins at once (PHP's begins at wait).
//
// The call ends with ctx, its timeout or [future.Future.Cancel]. The future's
// error is that of [Chain.Do]: ask [OutcomeUnknown] after cancelling, too.
func (ch Chain) DoAsync(ctx context.Context, method string, opts *Options) *Future {
	call, err := ch.prepare(ctx, method, opts)
	if err != nil {
		return future.Rejected[*Response](err)
	}
	return future.Start[*Response](call)
}

// resolve sets u to the URL of the call.
func (ch Chain) resolve(opts *Options, query M, u *url.URL) error {
	vars := opts.Vars
	if ch.vars != nil {
		var err error
		if vars, err = ch.vars.merge(opts.Vars); err != nil {
			return err
		}
	}
	path, _ := ch.v2Path()
	p := target.Plan{Path: path, Vars: vars, Query: query, Client: ch.client.base, Call: opts.BaseURL, Endpoint: ch.base}
	return p.Resolve(u)
}

// check refuses a call whose parts contradict each other.
func (ch Chain) check(ctx context.Context, method string, opts *Options) error {
	switch {
	case ch.client != nil && !ch.client.made():
		return errZeroClient
	case ch.client == nil:
		return errors.New("zero Chain, such as a map returns for an unknown path; start one with Client.Chain or Client.At")
	case ch.err != nil:
		return ch.err
	case ch.path == "":
		return errors.New("empty Chain; give it a path")
	case ctx == nil:
		return errors.New("the context is nil; use context.Background()")
	case !httprule.IsToken(method):
		return fmt.Errorf("invalid HTTP method %q; use GET, POST, PUT, PATCH or DELETE", method)
	case opts.JSON != nil && opts.Body != nil:
		return errors.New("Options: JSON and Body are mutually exclusive; set one of them")
	case (opts.JSON != nil || opts.Body != nil) && httprule.IsSafe(method):
		return fmt.Errorf("Options: a %s request must not have a body; use Query", method)
	}
	return ch.checkVersion(method, opts)
}
