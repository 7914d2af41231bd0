package middleware_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/middleware"
)

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
			require.ErrorContains(t, tc.err, `no "x" in the stack: start → a2 → b → b2 → c → end → transport`, tc.name)
		})
	}
	require.ErrorContains(t, s.Replace("b", nil), `"b" is nil`)
	require.ErrorContains(t, s.After("b", "c", none), `"c" is in the stack already`)
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
