package wechatpay

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/internal/target"
)

// A Chain is a path on its way to a call. It is an immutable small value: keep
// one, extend it, share it between goroutines. The zero Chain belongs to no
// client, and its calls fail.
type Chain struct {
	client *Client
	path   string    // a path, a template, or an absolute URL; as written
	base   string    // see WithBaseURL
	vars   *variable // see WithVar
	err    error     // what was wrong while it was built; every call returns it
}

// A variable is a placeholder that is filled, linked to those filled before it.
type variable struct {
	name, value string
	next        *variable
}

// merge adds the filled placeholders to those of a call.
func (v *variable) merge(vars M) (M, error) {
	merged := make(M, len(vars)+2)
	maps.Copy(merged, vars)
	for ; v != nil; v = v.next {
		if _, twice := merged[v.name]; twice {
			return nil, fmt.Errorf("Options.Vars: %q is already filled by the chain; remove it", v.name)
		}
		merged[v.name] = v.value
	}
	return merged, nil
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
	case target.HasScheme(path):
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
// braces is kept as it is. Values belong in [Options].Vars.
func (ch Chain) At(names ...string) Chain {
	if len(names) == 0 && ch.err == nil {
		ch.err = errors.New("At: no name given")
	}
	for _, name := range names {
		if ch.err != nil {
			return ch
		}
		if target.HasScheme(name) || strings.Contains(name, "?") {
			ch.err = errors.New("At: takes names; give a URL to Chain, and a query to Options.Query")
			return ch
		}
		if name == "" {
			ch.err = errors.New("At: a name is empty")
			return ch
		}
		ch = ch.Chain(target.Kebab(name))
	}
	return ch
}

// WithVar fills a placeholder of the path, as [Options].Vars does, but for all calls of the
// chain that it returns. The value is encoded, and judged, as one of Vars is: at the
// call, which is refused too if the name is filled twice, or is not a placeholder of the path.
func (ch Chain) WithVar(name, value string) Chain {
	ch.vars = &variable{name, value, ch.vars}
	return ch
}

// WithBaseURL says which base URL the documentation of an endpoint gives it, where that is
// not [DefaultBaseURL], such as https://apihk.mch.weixin.qq.com/. The chains of package
// openapi do so by themselves. A prefix in it, such as /global/, belongs to the path, and
// is added to one that does not begin with it.
//
// It replaces a [Config].BaseURL, unless that is a sandbox or a proxy of the caller's, or
// a mirror of base ([middleware.Mainland], [middleware.Overseas]). An [Options].BaseURL
// is stronger than both. The call refuses an invalid base.
func (ch Chain) WithBaseURL(base string) Chain {
	ch.base = base
	return ch
}

// String is the path as it was written, up to the query. Of an absolute URL it
// leaves out a user name and a password as well.
func (ch Chain) String() string {
	path := ch.path[:target.PathEnd(ch.path)]
	if target.HasScheme(path) {
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
	path := ch.path[:target.PathEnd(ch.path)]
	if !target.HasScheme(path) {
		return path
	}
	_, rest, _ := strings.Cut(path, "://")
	_, path, _ = strings.Cut(rest, "/")
	return "/" + path
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
// [OutcomeUnknown] reports which of them may have taken effect.
func (ch Chain) Do(ctx context.Context, method string, opts *Options) (*Response, error) {
	call, err := ch.prepare(ctx, method, opts)
	if err != nil {
		return nil, err
	}
	return call.run()
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
