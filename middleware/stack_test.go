package middleware_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestHalfConfiguredMiddlewareRefuses(t *testing.T) {
	t.Parallel()
	r := request(t, "GET", "https://api.mch.weixin.qq.com/v3/x", nil)
	for _, m := range []middleware.Middleware{middleware.Sign(middleware.SignConfig{}), middleware.Verify(middleware.VerifyConfig{})} {
		_, err := m(nil).RoundTrip(r)
		require.ErrorIs(t, err, middleware.ErrNotSent)
	}
	_, err := middleware.Sign(middleware.SignConfig{Credential: credential(t)})(nil).RoundTrip(&http.Request{})
	require.ErrorContains(t, err, "no URL")

	var s middleware.Stack
	require.NoError(t, s.Push("void", func(http.RoundTripper) http.RoundTripper { return nil }))
	_, err = s.Around(nil).RoundTrip(r)
	require.ErrorContains(t, err, `"void" returned a nil RoundTripper`)
}

func TestStackRunsInTheOrderOfWriting(t *testing.T) {
	t.Parallel()
	var ran []string
	layer := func(name string) middleware.Middleware {
		return func(next http.RoundTripper) http.RoundTripper {
			return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				ran = append(ran, name)
				return next.RoundTrip(r)
			})
		}
	}
	var s middleware.Stack
	require.NoError(t, s.Push("b", layer("b")))
	require.NoError(t, s.Push("c", layer("c")))
	require.NoError(t, s.Unshift("a", layer("a")))
	assert.Equal(t, []string{"a", "b", "c"}, s.Names())
	assert.Equal(t, "a → b → c → transport", s.String())

	resp, err := s.Around(middleware.RoundTripperFunc(func(*http.Request) (*http.Response, error) {
		ran = append(ran, "transport")
		return &http.Response{}, nil
	})).RoundTrip(request(t, "GET", "https://example.com/", nil))
	require.NoError(t, err)
	assert.Equal(t, http.NoBody, resp.Body, "a reply always has a Body")
	assert.Equal(t, []string{"a", "b", "c", "transport"}, ran)

	require.ErrorContains(t, s.Push("b", layer("b")), "a → b → c")
	require.ErrorContains(t, s.Push("", layer("b")), "name")
	require.ErrorContains(t, s.Unshift("d", nil), `"d" is nil`)
	assert.Equal(t, []string{"a", "b", "c"}, s.Names())
}

func TestStackHoldsItsLayersToTheContract(t *testing.T) {
	closed := false
	for _, tc := range []struct {
		name   string
		want   string
		answer middleware.RoundTripperFunc
		closes bool
	}{
		{"neither reply nor error", `"odd" returned neither`, func(*http.Request) (*http.Response, error) { return nil, nil }, false},
		{"a reply and an error", `"odd" returned both a reply and an error`, func(*http.Request) (*http.Response, error) {
			return &http.Response{Body: body{nil, &closed}}, io.ErrClosedPipe
		}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			closed = false
			var s middleware.Stack
			require.NoError(t, s.Push("verify", middleware.Verify(middleware.VerifyConfig{Verifier: signer.NewVerifier(nil, nil)})))
			require.NoError(t, s.Push("odd", func(http.RoundTripper) http.RoundTripper { return tc.answer }))
			resp, err := s.Around(http.DefaultTransport).RoundTrip(request(t, "GET", "https://example.com/", nil))
			require.ErrorContains(t, err, tc.want)
			assert.Nil(t, resp)
			assert.Equal(t, tc.closes, closed)
		})
	}
}

func none(next http.RoundTripper) http.RoundTripper { return next }

func TestStackIsRearrangedByName(t *testing.T) {
	t.Parallel()
	var s middleware.Stack
	for _, name := range []string{"a", "b", "c"} {
		require.NoError(t, s.Push(name, none))
	}
	before := s
	require.NoError(t, s.Before("a", "start", none))
	require.NoError(t, s.Before("c", "b2", none))
	require.NoError(t, s.After("c", "end", none))
	require.NoError(t, s.After("a", "a2", none))
	require.NoError(t, s.Replace("b", none))
	require.NoError(t, s.Remove("a"))
	assert.Equal(t, "start → a2 → b → b2 → c → end → transport", s.String())
	assert.Equal(t, "a → b → c → transport", before.String(), "a copy is a stack of its own")
	require.NoError(t, before.Push("d", none))
	assert.Equal(t, []string{"start", "a2", "b", "b2", "c", "end"}, s.Names())

	for _, tc := range []struct {
		name string
		err  error
	}{
		{"Before", s.Before("x", "y", none)},
		{"After", s.After("x", "y", none)},
		{"Replace", s.Replace("x", none)},
		{"Remove", s.Remove("x")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, tc.err, `the stack has no "x": start → a2 → b → b2 → c → end → transport`, tc.name)
		})
	}
	require.ErrorContains(t, s.Replace("b", nil), `"b" is nil`)
	require.ErrorContains(t, s.After("b", "c", none), `"c" is already in the stack`)
	require.ErrorContains(t, s.Before("b", "y", nil), `"y" is nil`)
}

func TestReplaceKeepsTheOtherStack(t *testing.T) {
	t.Parallel()
	ran := ""
	layer := func(name string) middleware.Middleware {
		return func(next http.RoundTripper) http.RoundTripper {
			return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) { ran += name; return next.RoundTrip(r) })
		}
	}
	var s middleware.Stack
	require.NoError(t, s.Push("x", layer("old")))
	other := s
	require.NoError(t, other.Replace("x", layer("new")))
	end := middleware.RoundTripperFunc(func(*http.Request) (*http.Response, error) { return response(200, ""), nil })
	for _, stack := range []middleware.Stack{s, other} {
		_, err := stack.Around(end).RoundTrip(request(t, "GET", "https://x/", nil))
		require.NoError(t, err)
	}
	assert.Equal(t, "oldnew", ran)
}
