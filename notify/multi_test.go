package notify_test

import (
	"bytes"
	"context"
	"crypto"
	"iter"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// testKeys are those of all merchants here. The ids of their keys differ.
var testKeys = sync.OnceValue(func() *sandbox.Keys {
	keys, err := sandbox.NewKeys()
	if err != nil {
		panic(err)
	}
	return keys
})

// A countingSource counts the keys that it is asked for, each of which may be a download.
type countingSource struct {
	keys.Set
	asked *int
}

func (s countingSource) Key(ctx context.Context, id string) (crypto.PublicKey, error) {
	*s.asked++
	return s.Set.Key(ctx, id)
}

// A freshSource finds keys that it does not list, as a Keyring does by a download.
type freshSource struct {
	keys.Set
	list iter.Seq2[string, crypto.PublicKey]
}

func (s freshSource) All() iter.Seq2[string, crypto.PublicKey] { return s.list }

// A merchant of a MultiHandler. The handled events are its own.
type merchant struct {
	gateway *sandbox.Gateway
	handler *notify.Handler
	handled []string
}

func newMerchant(t *testing.T, mchid string, change func(*notify.Config)) *merchant {
	t.Helper()
	g, err := sandbox.New(sandbox.Config{MchID: mchid, APIv3Key: cipher.NewSecret(strings.Repeat(mchid, 4)[:32]), Keys: testKeys()})
	require.NoError(t, err)
	m := &merchant{gateway: g}
	cfg := notify.Config{Keys: g.Credentials().PlatformKeys(), APIv3Key: g.Credentials().APIv3Key}
	if change != nil {
		change(&cfg)
	}
	m.handler, err = notify.NewHandler(notify.HandlerConfig{
		Config: cfg,
		Fallback: func(_ context.Context, e *notify.Event) (*notify.Reply, error) {
			m.handled = append(m.handled, e.ID)
			if e.ID == "panic" {
				panic("a string")
			}
			return nil, nil
		},
		OnError: func(context.Context, *notify.Event, error) {},
	})
	require.NoError(t, err)
	return m
}

// request returns a webhook to the merchant.
func (m *merchant) request(t *testing.T, id, fault string) *http.Request {
	t.Helper()
	n := paid
	n.ID = id
	r, err := m.gateway.WebhookRequest(t.Context(), "/notify/"+m.gateway.Credentials().MchID, n, fault)
	require.NoError(t, err)
	r.RequestURI = r.URL.RequestURI()
	return r
}

func multi(t *testing.T, cfg notify.MultiHandlerConfig, merchants ...*merchant) (*notify.MultiHandler, *failures) {
	t.Helper()
	f := new(failures)
	cfg.OnError, cfg.Handlers = f.add, map[string]*notify.Handler{}
	for _, m := range merchants {
		cfg.Handlers[m.gateway.Credentials().MchID] = m.handler
	}
	h, err := notify.NewMultiHandler(cfg)
	require.NoError(t, err)
	return h, f
}

// TestMultiHandlerFindsTheMerchant: by the serial, by the APIv3 key, or by the path.
func TestMultiHandlerFindsTheMerchant(t *testing.T) {
	t.Parallel()
	one := newMerchant(t, "1900000001", nil)
	shared := func(cfg *notify.Config) { // a verifier in front of all keys
		cfg.Keys, cfg.Verifier = nil, signer.VerifierFunc(func(context.Context, string, []byte, []byte) error { return nil })
	}
	for _, row := range []struct {
		name   string
		cfg    notify.MultiHandlerConfig
		change func(*notify.Config)
	}{
		{"by serial", notify.MultiHandlerConfig{}, nil},
		{"by APIv3 key", notify.MultiHandlerConfig{}, shared},
		{"by path", notify.MultiHandlerConfig{Select: func(r notify.Request) string { return strings.TrimPrefix(r.Target, "/notify/") }}, shared},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			merchants := []*merchant{newMerchant(t, "2900000002", row.change), newMerchant(t, "3900000003", row.change), newMerchant(t, "4900000004", row.change)}
			h, f := multi(t, row.cfg, merchants...)
			for _, m := range merchants {
				id := m.gateway.Credentials().MchID
				for range 2 {
					r := m.request(t, id, "")
					assert.Equal(t, 204, h.Serve(t.Context(), notify.Request{Header: r.Header, Body: r.Body, Target: r.RequestURI}).Status)
				}
				assert.Equal(t, []string{id}, m.handled, "once, and by its own handler")
			}
			assert.Zero(t, f.count())
			if row.change != nil && row.cfg.Select == nil { // a fourth merchant's
				r := one.request(t, "1", "")
				assert.Equal(t, 500, h.Serve(t.Context(), notify.Request{Header: r.Header, Body: r.Body}).Status)
				require.ErrorIs(t, f.last(t), notify.ErrMerchant)
				require.EqualError(t, f.last(t), `notify: event "1" ("TRANSACTION.SUCCESS"): no handler for the merchant; add it to MultiHandlerConfig.Handlers: cipher: decryption failed (wrong key, or altered data)`)
			}
		})
	}
}

func TestMultiHandlerRefuses(t *testing.T) {
	t.Parallel()
	one, two := newMerchant(t, "2900000002", nil), newMerchant(t, "3900000003", nil)
	h, f := multi(t, notify.MultiHandlerConfig{Select: func(r notify.Request) string { return strings.TrimPrefix(r.Target, "/select/") }}, one, two)
	byKey, failed := multi(t, notify.MultiHandlerConfig{}, one, two)
	r := one.request(t, "1", "")
	assert.Equal(t, 404, h.Serve(t.Context(), notify.Request{Header: r.Header, Body: r.Body, Target: "/select/5"}).Status)
	require.EqualError(t, f.last(t), `notify: merchant "5": no handler for the merchant; add it to MultiHandlerConfig.Handlers`)

	for _, row := range []struct {
		fault  string
		status int
		want   error
	}{
		{"tampered", 401, signer.ErrSignature},
		{"probe", 401, signer.ErrProbe},
		{"unknown-key", 401, signer.ErrUnknownKey},
		{"past", 401, signer.ErrClock},
		{"unsigned", 401, signer.ErrMissingHeader},
		{"wrong-apiv3-key", 500, notify.ErrAPIv3Key},
	} {
		t.Run(row.fault, func(t *testing.T) {
			r := two.request(t, "1", row.fault)
			reply := byKey.Serve(t.Context(), notify.Request{Header: r.Header, Body: r.Body})
			assert.Equal(t, row.status, reply.Status)
			require.ErrorIs(t, failed.last(t), row.want)
		})
	}
	assert.Empty(t, append(one.handled, two.handled...))
	assert.Equal(t, 413, byKey.Serve(t.Context(), notify.Request{Body: bytes.NewReader(make([]byte, 2<<20))}).Status)
	r = two.request(t, "panic", "")
	assert.Equal(t, 500, byKey.Serve(t.Context(), notify.Request{Header: r.Header, Body: r.Body}).Status)
	assert.Equal(t, 500, new(notify.MultiHandler).Serve(t.Context(), notify.Request{}).Status)
}

// TestMultiHandlerDownloadsNothingForAHeldKey: a forgery under a serial that one merchant
// holds does not make the others download.
func TestMultiHandlerDownloadsNothingForAHeldKey(t *testing.T) {
	t.Parallel()
	asked := 0
	holder := newMerchant(t, "3900000003", nil)
	other := newMerchant(t, "2900000002", func(cfg *notify.Config) {
		cfg.Keys = countingSource{cfg.Keys.(keys.Set), &asked}
	})
	h, _ := multi(t, notify.MultiHandlerConfig{}, other, holder)
	for _, fault := range []string{"tampered", ""} {
		r := holder.request(t, "1", fault)
		h.Serve(t.Context(), notify.Request{Header: r.Header, Body: r.Body})
	}
	assert.Zero(t, asked)
	assert.Equal(t, []string{"1"}, holder.handled)
}

// TestMultiHandlerTriesOn: the verdict of a Handler that may not hold the key is not the last
// one, and neither is that of a Handler that did not read the body.
func TestMultiHandlerTriesOn(t *testing.T) {
	t.Parallel()
	refuse := func(cfg *notify.Config) { // as a service does that knows other keys
		cfg.Keys, cfg.Verifier = nil, signer.VerifierFunc(func(context.Context, string, []byte, []byte) error { return signer.ErrSignature })
	}
	fresh := func(list iter.Seq2[string, crypto.PublicKey]) func(*notify.Config) {
		return func(cfg *notify.Config) { cfg.Keys = freshSource{cfg.Keys.(keys.Set), list} }
	}
	small := func(cfg *notify.Config) { cfg.MaxBody = 10 }
	for _, row := range []struct {
		name         string
		first, other func(*notify.Config)
		fault        string
		status       int
		failure      error // nil for none
	}{
		{"the other downloads the key", refuse, fresh(keys.Set(nil).All()), "", 204, nil},
		{"the other lists nothing at all", refuse, fresh(nil), "", 204, nil},
		{"the other holds the key", refuse, nil, "", 204, nil},
		{"a forgery", refuse, fresh(keys.Set(nil).All()), "tampered", 401, signer.ErrSignature},
		{"the first takes smaller bodies", small, nil, "", 204, nil},
		{"the other takes smaller bodies", nil, small, "", 413, notify.ErrTooLarge},
		{"why it failed is told too", nil, small, "unknown-key", 413, signer.ErrUnknownKey},
		{"both take smaller bodies", small, small, "", 413, notify.ErrTooLarge},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			first, other := newMerchant(t, "2900000002", row.first), newMerchant(t, "3900000003", row.other)
			h, f := multi(t, notify.MultiHandlerConfig{}, first, other)
			r := other.request(t, "1", row.fault)
			assert.Equal(t, row.status, h.Serve(t.Context(), notify.Request{Header: r.Header, Body: r.Body}).Status)
			assert.Equal(t, row.status == 204, len(other.handled) == 1)
			assert.Empty(t, first.handled)
			if row.failure == nil {
				assert.Zero(t, f.count())
				return
			}
			require.ErrorIs(t, f.last(t), row.failure)
			if row.status == 413 {
				require.ErrorContains(t, f.last(t), "body too large: more than 10 bytes")
			}
		})
	}
}

func TestMultiHandlerConfigErrors(t *testing.T) {
	t.Parallel()
	one := newMerchant(t, "2900000002", nil).handler
	for _, row := range []struct {
		name     string
		handlers map[string]*notify.Handler
		want     string
	}{
		{"none", nil, "notify: MultiHandlerConfig.Handlers is empty; add a Handler for each merchant"},
		{"nil", map[string]*notify.Handler{"1": nil}, `notify: MultiHandlerConfig.Handlers: the Handler of "1" is nil or zero; use NewHandler`},
		{"zero", map[string]*notify.Handler{"1": {}}, `notify: MultiHandlerConfig.Handlers: the Handler of "1" is nil or zero; use NewHandler`},
		{"empty name", map[string]*notify.Handler{"": one}, "notify: MultiHandlerConfig.Handlers: a name is empty; use the mchid"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			h, err := notify.NewMultiHandler(notify.MultiHandlerConfig{Handlers: row.handlers})
			require.EqualError(t, err, row.want)
			assert.Nil(t, h)
		})
	}
}
