package notify_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/printtest"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestHandlerRoutes(t *testing.T) {
	t.Parallel()
	var calls []string
	var mu sync.Mutex
	record := func(name string) notify.Func {
		return func(_ context.Context, e *notify.Event) (*notify.Reply, error) {
			mu.Lock()
			defer mu.Unlock()
			calls = append(calls, name+" "+e.OriginalType)
			return nil, nil
		}
	}
	h, f := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Routes = map[notify.Route]notify.Func{
			{EventType: notify.TransactionSuccess, OriginalType: "transaction"}: record("paid"),
			{EventType: notify.TransactionSuccess}:                              record("other success"),
		}
		cfg.Fallback = record("fallback")
	})
	shared, other := paid, paid
	shared.ID, shared.OriginalType = "2", "profitsharing"
	other.ID, other.EventType = "3", "NEW.EVENT"
	attempts, err := deliver(t, h, sandbox.Delivery{}, paid, shared, other)
	require.NoError(t, err)
	for _, a := range attempts {
		assert.Equal(t, 204, a.Status)
		assert.Empty(t, a.Body)
	}
	assert.Equal(t, []string{"paid transaction", "other success profitsharing", "fallback transaction"}, calls)
	assert.Zero(t, f.count())
}

func TestTypedPassesTheEvent(t *testing.T) {
	t.Parallel()
	var total int64
	h, _ := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Fallback = notify.Typed(func(_ context.Context, e *notify.Event, order notify.Transaction) error {
			total = order.Amount.Total
			assert.Equal(t, "注意", e.Get("a_new_field").String())
			return nil
		})
	})
	_, err := deliver(t, h, sandbox.Delivery{}, paid)
	require.NoError(t, err)
	assert.EqualValues(t, 100, total)
}

func TestEventWithoutARoute(t *testing.T) {
	t.Parallel()
	h, f := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Routes = map[notify.Route]notify.Func{{EventType: notify.RefundSuccess}: ignore}
	})
	attempts, err := deliver(t, h, sandbox.Delivery{}, paid)
	require.ErrorIs(t, err, sandbox.ErrNotAcknowledged)
	assert.Equal(t, 500, attempts[0].Status)
	require.ErrorIs(t, f.last(t), notify.ErrUnrouted)
}

func TestNothingPrintsAKeyOrAResource(t *testing.T) {
	t.Parallel()
	cred := gateway().Credentials()
	sign, err := signer.New(cred.PrivateKey)
	require.NoError(t, err)
	cfg := notify.HandlerConfig{
		Config: configV2(), Fallback: ignore,
		Credential: signer.Credential{ID: cred.MchID, Serial: cred.Serial, Signer: sign},
	}
	h, err := notify.NewHandler(cfg)
	require.NoError(t, err)
	p, e, v2 := newParser(t), parsed(t, paid), parsedV2(t, signedV2(signer.MD5, payment("attach", "of APIv2")))
	secrets := append(printtest.PrivateNumbers(cred.PrivateKey), cred.APIv3Key.Reveal(), v2Key.Reveal(), cipher.LegacyKey(v2Key).Reveal(), "1217752501201407033233368018", "of APIv2")
	for _, tc := range []struct {
		name  string
		value any
	}{
		{"Config", cfg.Config},
		{"HandlerConfig", cfg},
		{"pointer to HandlerConfig", &cfg},
		{"Handler", h},
		{"Handler by value", *h},
		{"Parser", p},
		{"Parser by value", *p},
		{"Event by value", *e},
		{"Event of APIv2 by value", *v2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			printtest.Hides(t, tc.value, secrets...)
		})
	}
}

// TestEventPrintsItsName: only JSON contains the resource, on purpose.
func TestEventPrintsItsName(t *testing.T) {
	t.Parallel()
	e := parsed(t, paid)
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb, e)
	}
	for _, log := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
		slog.New(log).Info("message", "event", e)
	}
	assert.NotContains(t, b.String(), "1217752501201407033233368018")
	assert.NotContains(t, b.String(), "0x31, 0x32, 0x31, 0x37", "bytes of the resource")
	assert.Contains(t, b.String(), "TRANSACTION.SUCCESS")
}

// TestOnErrorThatPanicsChangesNoAnswer: one that reads the event of a forgery, which is nil, is
// easily written, and anybody can send a forgery. The error is logged in its place.
func TestOnErrorThatPanicsChangesNoAnswer(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	failing := func(context.Context, *notify.Event) (*notify.Reply, error) { return nil, errBroken }
	for _, row := range []struct {
		name   string
		fault  string
		change func(*notify.HandlerConfig)
		status int
		want   string
	}{
		{"a forgery", "tampered", nil, 401, "bad signature"},
		{"the function fails", "", func(c *notify.HandlerConfig) { c.Fallback = failing }, 500, errBroken.Error()},
		{"Key panics", "", func(c *notify.HandlerConfig) { c.Key = func(*notify.Event) string { panic("key") } }, 500, "panic: key"},
		{"End fails", "", func(c *notify.HandlerConfig) { c.Deduplicator = brokenDeduplicator{end: errBroken} }, 204, errBroken.Error()},
	} {
		t.Run(row.name, func(t *testing.T) {
			log.Reset()
			h, _ := handler(t, func(c *notify.HandlerConfig) {
				c.Fallback = ignore
				c.OnError = func(context.Context, *notify.Event, error) { panic("OnError's own") }
				if row.change != nil {
					row.change(c)
				}
			})
			m, err := notify.NewMultiHandler(notify.MultiHandlerConfig{
				Handlers: map[string]*notify.Handler{"1": h},
				OnError:  func(context.Context, *notify.Event, error) { panic("OnError's own") },
			})
			require.NoError(t, err)
			for _, serve := range []func(context.Context, notify.Request) *notify.Reply{h.Serve, m.Serve} {
				n := paid
				n.ID += fmt.Sprint(log.Len()) // another event for each
				header, body := webhook(t, n, row.fault)
				reply := serve(t.Context(), notify.Request{Header: header, Body: bytes.NewReader(body)})
				assert.Equal(t, row.status, reply.Status)
				assert.Contains(t, log.String(), row.want)
				assert.Contains(t, log.String(), "(OnError: panic: OnError's own)")
			}
		})
	}
}

func TestZeroHandlers(t *testing.T) {
	t.Parallel()
	for _, h := range []*notify.Handler{nil, new(notify.Handler)} {
		assert.Equal(t, 500, h.Serve(t.Context(), notify.Request{}).Status)
	}
}

func TestZeroRequests(t *testing.T) {
	t.Parallel()
	h, f := handler(t, func(c *notify.HandlerConfig) { c.Fallback = ignore })
	assert.Equal(t, 401, h.Serve(t.Context(), notify.Request{}).Status)
	assert.Equal(t, 401, h.Serve(t.Context(), notify.Request{Body: (*bytes.Buffer)(nil)}).Status)
	require.ErrorIs(t, f.last(t), notify.ErrNoBody)
	assert.Equal(t, 2, f.count())
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, httptest.NewRequest("POST", "/", nil))
	assert.Equal(t, 401, recorder.Code)
}
