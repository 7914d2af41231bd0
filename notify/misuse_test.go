package notify_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"fmt"
	"log/slog"
	"math"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestWhatSeenIsToldIsWhatWeChatPayIsTold, whatever status a function replies with.
func TestWhatSeenIsToldIsWhatWeChatPayIsTold(t *testing.T) {
	for _, status := range []int{-1, 1, 100, 103, 199, 200, 201, 204, 304, 500, 599, 600, 1000} {
		calls := 0
		h, f := handler(t, func(c *notify.HandlerConfig) {
			c.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) {
				calls++
				return &notify.Reply{Status: status, Body: []byte("{}")}, nil
			}
		})
		attempts, _ := deliver(t, h, sandbox.Delivery{Duplicates: 1}, paid)
		acknowledged := status == 200 || status == 204
		assert.Equal(t, acknowledged, attempts[0].Acknowledged(), status)
		assert.Equal(t, acknowledged, calls == 1, "%d: one that was not acknowledged is handled again", status)
		if status < 200 || status > 599 {
			assert.Equal(t, 500, attempts[0].Status)
			require.ErrorIs(t, f.last(t), notify.ErrStatus)
		}
	}
}

type oddStore struct {
	begin func()
	end   func(context.Context)
}

func (s oddStore) Begin(context.Context, string) (notify.Progress, error) {
	s.begin()
	return notify.New, nil
}
func (s oddStore) End(ctx context.Context, _ string, _ bool) error { s.end(ctx); return ctx.Err() }

func TestHooksThatPanicAre500(t *testing.T) {
	nothing := func() {}
	for name, change := range map[string]func(*notify.HandlerConfig){
		"Key":        func(c *notify.HandlerConfig) { c.Key = func(*notify.Event) string { panic("key") } },
		"Seen.Begin": func(c *notify.HandlerConfig) { c.Seen = oddStore{func() { panic("begin") }, func(context.Context) {}} },
		"Seen.End":   func(c *notify.HandlerConfig) { c.Seen = oddStore{nothing, func(context.Context) { panic("end") }} },
	} {
		h, f := handler(t, func(c *notify.HandlerConfig) {
			c.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) { return nil, nil }
			change(c)
		})
		assert.Equal(t, 500, h.Serve(t.Context(), request(t, paid)).Status, name)
		var panicked *notify.PanicError
		require.ErrorAs(t, f.last(t), &panicked, name)
	}
}

func TestAStoreThatHangsHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, err := sandbox.New(sandbox.Config{})
		require.NoError(t, err)
		h, err := notify.NewHandler(notify.HandlerConfig{
			Config:   notify.Config{Keys: g.Credentials().PlatformKeys(), APIv3Key: g.Credentials().APIv3Key},
			Fallback: func(context.Context, *notify.Event) (*notify.Reply, error) { return nil, nil },
			Seen:     oddStore{func() {}, func(ctx context.Context) { <-ctx.Done() }},
			OnError:  func(context.Context, *notify.Event, error) {},
		})
		require.NoError(t, err)
		r, err := g.WebhookRequest(t.Context(), "/notify", paid, "")
		require.NoError(t, err)
		began := time.Now()
		assert.Equal(t, 204, h.Serve(t.Context(), notify.Request{Header: r.Header, Body: r.Body}).Status)
		assert.Equal(t, 2*time.Second, time.Since(began))
	})
}

// TestAKeyIsThatOfItsEventType: the same order number in a payment and in its refund.
func TestAKeyIsThatOfItsEventType(t *testing.T) {
	handled := 0
	h, _ := handler(t, func(c *notify.HandlerConfig) {
		c.Key = func(e *notify.Event) string { return e.Get("out_trade_no").Str }
		c.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) { handled++; return nil, nil }
	})
	refunded := paid
	refunded.ID, refunded.EventType = "2", notify.RefundSuccess
	for range 2 {
		h.Serve(t.Context(), request(t, paid))
		h.Serve(t.Context(), request(t, refunded))
	}
	assert.Equal(t, 2, handled)
}

// TestALateSuccessIsNoted: the store is told although the function's time is up.
func TestALateSuccessIsNoted(t *testing.T) {
	h, f := handler(t, func(c *notify.HandlerConfig) {
		c.Timeout = time.Millisecond
		c.Seen = oddStore{func() {}, func(context.Context) {}}
		c.Fallback = func(ctx context.Context, _ *notify.Event) (*notify.Reply, error) { <-ctx.Done(); return nil, nil }
	})
	assert.Equal(t, 204, h.Serve(t.Context(), request(t, paid)).Status)
	assert.Zero(t, f.count(), "its context has not ended")
}

func TestNothingPrintsAKeyOrAResource(t *testing.T) {
	key, number := gateway().Credentials().APIv3Key, "1217752501201407033233368018"
	h, _ := handler(t, func(c *notify.HandlerConfig) {
		c.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) { return nil, nil }
	})
	p := newParser(t)
	header, body := webhook(t, paid, "")
	e, err := p.Parse(t.Context(), header, bytes.NewReader(body))
	require.NoError(t, err)
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		fmt.Fprintf(&b, verb+verb+verb+verb, h, p, *p, e)
	}
	for _, log := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
		slog.New(log).Info("x", "parser", p, "handler", h, "event", e)
	}
	assert.NotContains(t, b.String(), key)
	assert.NotContains(t, b.String(), number)
	assert.Contains(t, b.String(), "TRANSACTION.SUCCESS")
}

func TestAHeaderInTwoSpellingsIsGivenTwice(t *testing.T) {
	header, body := webhook(t, paid, "")
	header["wechatpay-nonce"] = []string{"another"}
	_, err := newParser(t).Parse(t.Context(), header, bytes.NewReader(body))
	require.ErrorIs(t, err, signer.ErrMissingHeader)
}

func TestWhatIsRememberedKeepsNoBody(t *testing.T) {
	h, _ := handler(t, func(c *notify.HandlerConfig) {
		c.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) { return nil, nil }
	})
	n := paid
	n.Resource = map[string]any{"pad": strings.Repeat("x", 20_000)}
	const count = 300
	before := liveHeap()
	for i := range count {
		n.ID = fmt.Sprint("event-", i)
		require.Equal(t, 204, h.Serve(t.Context(), request(t, n)).Status)
	}
	grown := int64(liveHeap()) - int64(before)
	runtime.KeepAlive(h)
	assert.Less(t, grown/count, int64(2000), "bytes for each event that is remembered")
}

func TestA204HasNoBodyToSign(t *testing.T) {
	cred := gateway().Credentials()
	sign, err := signer.New(cred.PrivateKey)
	require.NoError(t, err)
	h, _ := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Credential = signer.Credential{ID: cred.MchID, Serial: cred.Serial, Signer: sign}
		cfg.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) {
			return &notify.Reply{Status: 204, Body: []byte(`{"x":1}`)}, nil
		}
	})
	n := paid
	n.EventType = "CROSS_BORDER_PAY.X"
	auth, err := signer.ParseAuthorization(h.Serve(t.Context(), request(t, n)).Header.Get("Authorization"))
	require.NoError(t, err)
	v := signer.NewVerifier(keys.Set{cred.Serial: cred.Certificate}, nil)
	require.NoError(t, v.Verify(t.Context(), auth.Serial, signer.RequestMessage(signer.Request{Method: "POST", Target: "/notify", Timestamp: auth.Timestamp, Nonce: auth.Nonce}), auth.Signature))
}

func TestZeroAndOddValues(t *testing.T) {
	for _, h := range []*notify.Handler{nil, new(notify.Handler)} {
		assert.Equal(t, 500, h.Serve(t.Context(), notify.Request{}).Status)
	}
	h, f := handler(t, func(c *notify.HandlerConfig) {
		c.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) { return nil, nil }
	})
	assert.Equal(t, 401, h.Serve(t.Context(), notify.Request{}).Status)
	assert.Equal(t, 500, h.Serve(t.Context(), notify.Request{Body: (*bytes.Buffer)(nil)}).Status)
	assert.Equal(t, 2, f.count())
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil))

	header, body := webhook(t, paid, "")
	cfg := config()
	cfg.MaxBody = math.MaxInt64
	p, err := notify.NewParser(cfg)
	require.NoError(t, err)
	_, err = p.Parse(t.Context(), header, bytes.NewReader(body))
	require.NoError(t, err)

	cfg = config()
	cfg.Keys = keys.Set{"PUB_KEY_ID_1": (*rsa.PublicKey)(nil)}
	_, err = notify.NewParser(cfg)
	require.ErrorContains(t, err, `Config.Keys: key "PUB_KEY_ID_1": the key is nil`)
	cfg.Keys = new(keys.Keyring)
	p, err = notify.NewParser(cfg)
	require.NoError(t, err)
	_, err = p.Parse(t.Context(), header, bytes.NewReader(body))
	require.ErrorIs(t, err, signer.ErrUnknownKey)

	var e notify.Event
	assert.Empty(t, e.Get("a").Raw)
	require.Error(t, e.Decode(new(int)))
	_, err = e.MarshalJSON()
	require.NoError(t, err)
}
