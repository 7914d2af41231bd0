package wechatpay_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// TestABodyThatAMiddlewareChangesIsSignedAsItGoesOut: the gateway would refuse it.
func TestABodyThatAMiddlewareChangesIsSignedAsItGoesOut(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
		cfg.Stack = func(s *middleware.Stack) error {
			return s.Unshift("change", func(next http.RoundTripper) http.RoundTripper {
				return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
					changed := r.Clone(r.Context())
					changed.Body = io.NopCloser(strings.NewReader(`{"b":22}`))
					return next.RoundTrip(changed)
				})
			})
		}
	})
	resp, err := c.Chain("v3/x").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{"a": 1}})
	require.NoError(t, err)
	assert.Equal(t, `{"b":22}`, resp.Get("body").String())
}

func TestTheStackCanBeAddedTo(t *testing.T) {
	t.Parallel()
	var order []string
	note := func(name string) middleware.Middleware {
		return func(next http.RoundTripper) http.RoundTripper {
			return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				order = append(order, fmt.Sprint(name, " ", r.Header.Get("Authorization") != "", " ", middleware.CallOf(r.Context()).Route))
				return next.RoundTrip(r)
			})
		}
	}
	c, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
		cfg.Stack = func(s *middleware.Stack) error {
			return errors.Join(s.Unshift("outer", note("outer")), s.Push("inner", note("inner")))
		}
	})
	assert.Contains(t, c.String(), "outer → verify → sign → inner → transport")
	_, err := c.Chain("v3/x/{id}").Get(t.Context(), &wechatpay.Options{Vars: wechatpay.M{"id": "secret"}})
	require.NoError(t, err)
	assert.Equal(t, []string{"outer false v3/x/{id}", "inner true v3/x/{id}"}, order)
}

// TestTheDefaultStack is the order that users lean on: it changes on purpose only.
func TestTheDefaultStack(t *testing.T) {
	t.Parallel()
	const base = "https://api.mch.weixin.qq.com"
	for _, tc := range []struct {
		name   string
		want   string
		change func(*wechatpay.Config)
	}{
		{"the default", "retry → verify → sign → transport", func(*wechatpay.Config) {}},
		{"one attempt", "verify → sign → transport", func(cfg *wechatpay.Config) { cfg.Retry.Attempts = 1 }},
		{"failover and a log", "retry → failover → verify → log → sign → transport", func(cfg *wechatpay.Config) {
			cfg.Failover, cfg.Logger = middleware.Mainland(), slog.New(slog.DiscardHandler)
		}},
		{"layers of the user's own", "limit → retry → verify → debug → sign → wire → transport", func(cfg *wechatpay.Config) {
			cfg.Stack = func(s *middleware.Stack) error {
				return errors.Join(
					s.Unshift("limit", middleware.Limit(middleware.LimitConfig{InFlight: 1})),
					s.Before("sign", "debug", pass), s.Push("wire", pass))
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg := config(base)
			cfg.Retry = middleware.RetryConfig{}
			tc.change(&cfg)
			c, err := wechatpay.New(cfg)
			require.NoError(t, err)
			assert.Equal(t, "wechatpay.Client("+base+", "+tc.want+")", c.String())
		})
	}
}

func pass(next http.RoundTripper) http.RoundTripper { return next }

func header(name, value string) middleware.Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			r = r.Clone(r.Context())
			r.Header.Set(name, value)
			return next.RoundTrip(r)
		})
	}
}

func TestAClientIsDerivedWithAnotherStack(t *testing.T) {
	c, w := sandboxClient(t, nil)
	derived, err := c.With(func(s *middleware.Stack) error { return s.Before("sign", "tag", header("X-Tag", "1")) })
	require.NoError(t, err)
	for _, tc := range []struct {
		name   string
		client *wechatpay.Client
		want   string
	}{
		{"the derived one", derived, "1"},
		{"the original", c, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err = tc.client.Chain("v3/x").Get(t.Context(), nil)
			require.NoError(t, err)
			assert.Equal(t, tc.want, w.last(t).Header.Get("X-Tag"))
		})
	}
	assert.Contains(t, derived.String(), "verify → tag → sign → transport")
	assert.Contains(t, c.String(), "verify → sign → transport")

	_, err = c.With(func(s *middleware.Stack) error { return s.Remove("retry") })
	require.ErrorContains(t, err, `the stack has no "retry": verify → sign → transport`)
	_, err = c.With(nil)
	require.ErrorContains(t, err, "change is nil")
}

func TestACallAddsToTheStack(t *testing.T) {
	t.Parallel()
	c, w := sandboxClient(t, nil)
	tag := func(s *middleware.Stack) error { return s.Unshift("tag", header("X-Tag", "once")) }
	_, err := c.Chain("v3/x").Post(t.Context(), &wechatpay.Options{Stack: tag})
	require.NoError(t, err)
	assert.Equal(t, "once", w.last(t).Header.Get("X-Tag"))
	_, err = c.Chain("v3/x").Post(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, w.last(t).Header.Get("X-Tag"))

	_, err = c.Chain("v3/x").Post(t.Context(), &wechatpay.Options{Stack: func(s *middleware.Stack) error { return s.Remove("x") }})
	require.ErrorIs(t, err, wechatpay.ErrInvalid)
	require.ErrorContains(t, err, `the stack has no "x"`)
}
