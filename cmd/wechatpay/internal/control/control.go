// Package control calls the control API of a sandbox that is being served.
package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/profile"
)

// prefix begins the paths of the control API.
const prefix = "/_sandbox/v1/"

// ErrNotServed means that no sandbox is served from the folder.
var ErrNotServed = errors.New("no sandbox is served")

// A Client calls the control API. It is safe for concurrent use.
type Client struct {
	BaseURL string
	token   string
	from    string // where both are from: a folder, or the environment
	http    *http.Client
}

// Open returns a client for the sandbox that is served from a folder, without calling it. Its
// error is a failure.UsageError that wraps ErrNotServed if the folder has no credentials.
func Open(dir string) (*Client, error) {
	settings, err := profile.FromFolder(dir)
	if err != nil {
		return nil, notServed(dir, err)
	}
	base, _ := settings.Lookup("WECHATPAY_BASE_URL")
	token, _ := settings.Lookup("WECHATPAY_CONTROL_TOKEN")
	return client(base, token, dir), nil
}

// Find returns a client for the sandbox of the environment, whose env.sh was read, without calling
// it. It returns false if the environment has none.
func Find(getenv func(name string) (value string, ok bool)) (*Client, bool) {
	base, _ := getenv("WECHATPAY_BASE_URL")
	token, _ := getenv("WECHATPAY_CONTROL_TOKEN")
	if base == "" || token == "" {
		return nil, false
	}
	return client(base, token, "the environment (WECHATPAY_BASE_URL and WECHATPAY_CONTROL_TOKEN)"), true
}

func client(base, token, from string) *Client {
	const longest = 30 * time.Second // it sends webhooks, and waits for their answers
	return &Client{
		BaseURL: strings.TrimSuffix(base, "/"), token: token, from: from,
		http: &http.Client{Timeout: longest, Transport: &http.Transport{DisableKeepAlives: true}},
	}
}

// Serves returns nil if the sandbox of the folder answers to its token.
func (c *Client) Serves(ctx context.Context) error {
	_, err := c.Do(ctx, http.MethodGet, "", nil)
	return err
}

// Do runs an action, such as "pay", and returns its result. A refusal of the sandbox, such as of
// an order that it does not have, is a plain error; what is wrong with the call, and a sandbox that
// is not there, is a failure.UsageError.
func (c *Client) Do(ctx context.Context, method, action string, params map[string]any) (json.RawMessage, error) {
	var body io.Reader = http.NoBody
	if len(params) > 0 {
		data, err := json.Marshal(params)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.BaseURL+prefix+action, body)
	if err != nil {
		return nil, &failure.UsageError{Err: fmt.Errorf("%s: base_url: %w", c.from, err)}
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	reply, err := c.http.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, notServed(c.from, err)
	}
	defer func() { _ = reply.Body.Close() }()
	const largest = 64 << 20 // a thousand exchanges of 16 KB
	data, err := io.ReadAll(io.LimitReader(reply.Body, largest))
	if err != nil {
		return nil, fmt.Errorf("the sandbox at %s: %w", c.BaseURL, err)
	}
	return c.result(reply.StatusCode, data)
}

func (c *Client) result(status int, data []byte) (json.RawMessage, error) {
	if status == http.StatusOK && json.Valid(data) {
		return data, nil
	}
	var refusal struct{ Error string }
	switch err := json.Unmarshal(data, &refusal); {
	case err != nil || refusal.Error == "":
		return nil, notServed(c.from, fmt.Errorf("%s is something else, which answers %d", c.BaseURL, status))
	case status == http.StatusForbidden:
		return nil, failure.Usagef("the sandbox at %s does not take the token of %s: it is probably served from another folder; name that with --dir (%s)", c.BaseURL, c.from, refusal.Error)
	case status == http.StatusConflict:
		return nil, errors.New(refusal.Error)
	}
	return nil, failure.Usagef("%s", refusal.Error)
}

func notServed(dir string, cause error) error {
	return failure.Usagef("%w from %s; start one with: wechatpay sandbox serve (%w)", ErrNotServed, dir, cause)
}
