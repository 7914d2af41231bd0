package callstate_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
)

type key struct{}

// newCall is a request of a new call, whose context holds a value of the caller's.
func newCall(t *testing.T, info callstate.Info) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", "https://api.mch.weixin.qq.com/v3/x?mchid=1", bytes.NewReader(info.Body))
	require.NoError(t, err)
	return callstate.New(context.WithValue(t.Context(), key{}, "mine"), r, info)
}

func TestStateIsFoundThroughItsContext(t *testing.T) {
	t.Parallel()
	info := callstate.Info{Route: "v3/{x}", CallerID: "1900000109", MaxReply: 7, Unsigned: true}
	own := newCall(t, info).Context()
	derived, cancel := context.WithCancel(context.WithValue(own, key{}, "another"))
	defer cancel()
	for _, row := range []struct {
		name  string
		ctx   context.Context
		info  callstate.Info
		value any
	}{
		{"of the call", own, info, "mine"},
		{"derived from the call's", derived, info, "another"},
		{"outside of a call", t.Context(), callstate.Info{}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.info.Route != "", callstate.From(row.ctx) != nil)
			assert.Equal(t, row.info, callstate.InfoOf(row.ctx))
			assert.Equal(t, row.value, row.ctx.Value(key{}))
		})
	}
	cancel()
	require.Error(t, derived.Err())
	require.NoError(t, own.Err())
}

func TestNewCallIsUnderItsContext(t *testing.T) {
	t.Parallel()
	r, err := http.NewRequestWithContext(t.Context(), "GET", "https://api.mch.weixin.qq.com/v3/x", nil)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	call := callstate.New(ctx, r, callstate.Info{})
	require.NotSame(t, r, call)
	require.Nil(t, callstate.From(r.Context()), "the request given is not changed")
	require.NoError(t, call.Context().Err())
	cancel()
	require.ErrorIs(t, call.Context().Err(), context.Canceled)
}

func TestBodyOf(t *testing.T) {
	t.Parallel()
	body := []byte(`{"a":1}`)
	for _, row := range []struct {
		name   string
		info   callstate.Info
		change func(r *http.Request) *http.Request
		want   []byte
		ok     bool
	}{
		{"as the call began", callstate.Info{Body: body}, func(r *http.Request) *http.Request { return r }, body, true},
		{"an empty one", callstate.Info{Body: []byte{}}, func(r *http.Request) *http.Request { return r }, []byte{}, true},
		{"of a clone", callstate.Info{Body: body}, func(r *http.Request) *http.Request { return r.Clone(r.Context()) }, body, true},
		{"not in memory", callstate.Info{}, func(r *http.Request) *http.Request { return r }, nil, false},
		{"replaced", callstate.Info{Body: body}, func(r *http.Request) *http.Request {
			r = r.Clone(r.Context())
			r.Body = io.NopCloser(bytes.NewReader(body))
			return r
		}, nil, false},
		{"removed", callstate.Info{Body: body}, func(r *http.Request) *http.Request {
			r = r.Clone(r.Context())
			r.Body = nil
			return r
		}, nil, false},
		{"outside of a call", callstate.Info{Body: body}, func(r *http.Request) *http.Request {
			return r.Clone(context.Background())
		}, nil, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			data, ok := callstate.BodyOf(row.change(newCall(t, row.info)))
			assert.Equal(t, row.want, data)
			assert.Equal(t, row.ok, ok)
		})
	}
}

func TestExpectsUnsigned(t *testing.T) {
	t.Parallel()
	to := func(target string) func(*http.Request) *http.Request {
		return func(r *http.Request) *http.Request {
			r = r.Clone(r.Context())
			r.URL, _ = url.Parse(target)
			return r
		}
	}
	for _, row := range []struct {
		name     string
		unsigned bool
		change   func(*http.Request) *http.Request
		want     bool
	}{
		{"the request of the call", true, func(r *http.Request) *http.Request { return r }, true},
		{"at another host, as after a failover", true, to("https://api2.wechatpay.cn/v3/x?mchid=1"), true},
		{"not expected", false, func(r *http.Request) *http.Request { return r }, false},
		{"another path", true, to("https://api.mch.weixin.qq.com/v3/y?mchid=1"), false},
		{"another query", true, to("https://api.mch.weixin.qq.com/v3/x?mchid=2"), false},
		{"no query", true, to("https://api.mch.weixin.qq.com/v3/x"), false},
		{"outside of a call", true, func(r *http.Request) *http.Request { return r.Clone(context.Background()) }, false},
		{"another method", true, func(r *http.Request) *http.Request {
			r = r.Clone(r.Context())
			r.Method = "POST"
			return r
		}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r := newCall(t, callstate.Info{Unsigned: row.unsigned})
			r.Method = "GET"
			assert.Equal(t, row.want, callstate.ExpectsUnsigned(row.change(r)))
		})
	}
}

func TestAttempts(t *testing.T) {
	t.Parallel()
	s := callstate.From(newCall(t, callstate.Info{}).Context())
	count, stopped := s.Attempts()
	assert.Equal(t, 1, count, "a call without a retry has one")
	assert.Empty(t, stopped)
	s.SetAttempt(1)
	count, _ = s.Attempts()
	assert.Equal(t, 1, count)
	s.SetAttempt(3)
	s.SetStopped("no attempts left")
	count, stopped = s.Attempts()
	assert.Equal(t, 3, count)
	assert.Equal(t, "no attempts left", stopped)
}

func TestIsVerified(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name      string
		status    int
		signature string
		data      string
		want      bool
	}{
		{"this very reply", 200, "c2ln", `{"a":1}`, true},
		{"another status", 204, "c2ln", `{"a":1}`, false},
		{"another signature", 200, "b3RoZXI", `{"a":1}`, false},
		{"another body", 200, "c2ln", `{"a":2}`, false},
		{"a body cut off", 200, "c2ln", `{"a":1`, false},
		{"nothing", 0, "", "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := callstate.From(newCall(t, callstate.Info{}).Context())
			assert.False(t, s.IsVerified(row.status, row.signature, []byte(row.data)), "before")
			s.SetVerified(200, "c2ln", []byte(`{"a":1}`))
			assert.Equal(t, row.want, s.IsVerified(row.status, row.signature, []byte(row.data)))
			s.ClearVerified()
			assert.False(t, s.IsVerified(row.status, row.signature, []byte(row.data)), "cleared")
		})
	}
}
