package notify_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestParse(t *testing.T) {
	t.Parallel()
	e := parsed(t, paid)
	assert.Equal(t, paid.ID, e.ID)
	assert.Equal(t, "TRANSACTION.SUCCESS", e.EventType)
	assert.Equal(t, "transaction", e.OriginalType)
	assert.Equal(t, "encrypt-resource", e.ResourceType)
	assert.Equal(t, "支付成功", e.Summary)
	assert.Equal(t, "2015-05-20T13:29:35+08:00", e.CreateTime)
	assert.Equal(t, int64(1432099775), e.Created.Unix())
	assert.Equal(t, "SUCCESS", e.Get("trade_state").String())

	order, err := notify.Decode[notify.Transaction](e)
	require.NoError(t, err)
	assert.EqualValues(t, 100, order.Amount.Total)
	assert.Equal(t, "注意", e.Get("a_new_field").String(), "a field that the struct does not have")
	text, err := json.Marshal(e)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"a_new_field":"注意"`)
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v %s", e, e, e, e), "1217752501201407033233368018", "an event prints without its resource")
}

func TestParseAcceptsVariants(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*sandbox.Notification)
		got    func(*notify.Event) any
		want   any
	}{
		{
			"no associated data", func(n *sandbox.Notification) { n.AssociatedData = "-" },
			func(e *notify.Event) any { return e.Get("trade_state").Str }, "SUCCESS",
		},
		{
			"another resource type", func(n *sandbox.Notification) { n.ResourceType = "applyment" },
			func(e *notify.Event) any { return e.ResourceType }, "applyment",
		},
		{
			"time in digits", func(n *sandbox.Notification) { n.CreateTime = "20180225112233" },
			func(e *notify.Event) any { return e.Created.Format(time.RFC3339) }, "2018-02-25T11:22:33+08:00",
		},
		{
			"time with a fraction", func(n *sandbox.Notification) { n.CreateTime = "2018-02-25T11:22:33.5+08:00" },
			func(e *notify.Event) any { return e.Created.Nanosecond() }, 500_000_000,
		},
		{
			"unknown format of time", func(n *sandbox.Notification) { n.CreateTime = "yesterday" },
			func(e *notify.Event) any { return e.CreateTime + e.Created.String() }, "yesterday" + time.Time{}.String(),
		},
		{
			"unknown event type", func(n *sandbox.Notification) { n.EventType = "NEW.EVENT" },
			func(e *notify.Event) any { return e.EventType }, "NEW.EVENT",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			n := paid
			tc.change(&n)
			assert.Equal(t, tc.want, tc.got(parsed(t, n)))
		})
	}
}

func TestHeaderNamesMayBeInAnyCase(t *testing.T) {
	t.Parallel()
	header, body := webhook(t, paid, "")
	lower := http.Header{}
	for name, values := range header {
		lower[strings.ToLower(name)] = values
	}
	_, err := newParser(t).Parse(t.Context(), lower, bytes.NewReader(body))
	require.NoError(t, err)
	header["wechatpay-nonce"] = []string{"another"}
	_, err = newParser(t).Parse(t.Context(), header, bytes.NewReader(body))
	require.ErrorIs(t, err, signer.ErrMissingHeader, "one header in two cases is given twice")
	_, err = newParser(t).Parse(t.Context(), nil, bytes.NewReader(body))
	require.ErrorIs(t, err, signer.ErrMissingHeader)
}

func TestParseRefusesEachFault(t *testing.T) {
	t.Parallel()
	rows := []struct {
		fault string
		want  error
	}{
		{"unsigned", signer.ErrMissingHeader},
		{"no-serial", signer.ErrMissingHeader},
		{"no-timestamp", signer.ErrMissingHeader},
		{"no-nonce", signer.ErrMissingHeader},
		{"two-nonces", signer.ErrMissingHeader},
		{"past", signer.ErrClock},
		{"future", signer.ErrClock},
		{"timeless", signer.ErrClock},
		{"unknown-key", signer.ErrUnknownKey},
		{"other-scheme", signer.ErrScheme},
		{"wrong-key", signer.ErrSignature},
		{"tampered", signer.ErrSignature},
		{"garbled", signer.ErrSignature},
		{"probe", signer.ErrProbe},
		{"wrong-apiv3-key", cipher.ErrDecrypt},
	}
	assert.Len(t, rows, len(sandbox.WebhookFaults()), "a row for each fault")
	for _, tc := range rows {
		t.Run(tc.fault, func(t *testing.T) {
			t.Parallel()
			header, body := webhook(t, paid, tc.fault)
			e, err := newParser(t).Parse(t.Context(), header, bytes.NewReader(body))
			require.ErrorIs(t, err, tc.want)
			assert.Nil(t, e)
			assert.Equal(t, tc.fault == "probe", errors.Is(err, signer.ErrProbe))
			assert.Equal(t, tc.fault == "wrong-apiv3-key", notify.SignedByWeChatPay(err))
			assert.NotContains(t, err.Error(), gateway().Credentials().APIv3Key.Reveal())
			assert.NotContains(t, err.Error(), "ciphertext")
		})
	}
}

func TestParseVerifiesTheBody(t *testing.T) {
	t.Parallel()
	header, body := webhook(t, paid, "")
	for _, tc := range []struct{ name, body string }{
		{"another body", string(body) + "\n"},
		{"garbage", "{"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := newParser(t).Parse(t.Context(), header, strings.NewReader(tc.body))
			require.ErrorIs(t, err, signer.ErrSignature)
			assert.False(t, notify.SignedByWeChatPay(err))
		})
	}
}

func TestMaxBody(t *testing.T) {
	t.Parallel()
	header, body := webhook(t, paid, "")
	for _, tc := range []struct {
		name string
		size int64
		want error
	}{
		{"exact", int64(len(body)), nil},
		{"one less", int64(len(body)) - 1, notify.ErrTooLarge},
		{"largest integer", math.MaxInt64, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg := config()
			cfg.MaxBody = tc.size
			p, err := notify.NewParser(cfg)
			require.NoError(t, err)
			_, err = p.Parse(t.Context(), header, bytes.NewReader(body))
			require.ErrorIs(t, err, tc.want)
		})
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	header, body := webhook(t, paid, "")
	for _, tc := range []struct {
		name  string
		shift time.Duration
		want  error
	}{
		{"now", 0, nil},
		{"4 minutes later", 4 * time.Minute, nil},
		{"6 minutes later", 6 * time.Minute, signer.ErrClock},
		{"6 minutes earlier", -6 * time.Minute, signer.ErrClock},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg := config()
			cfg.Clock = func() time.Time { return time.Now().Add(tc.shift) }
			p, err := notify.NewParser(cfg)
			require.NoError(t, err)
			_, err = p.Parse(t.Context(), header, bytes.NewReader(body))
			require.ErrorIs(t, err, tc.want)
		})
	}
}

func TestCustomVerifier(t *testing.T) {
	t.Parallel()
	header, body := webhook(t, paid, "tampered")
	cfg := config()
	cfg.Keys, cfg.Verifier = nil, signer.VerifierFunc(func(context.Context, string, []byte, []byte) error { return nil })
	p, err := notify.NewParser(cfg)
	require.NoError(t, err)
	_, err = p.Parse(t.Context(), header, bytes.NewReader(body))
	require.NoError(t, err, "only the verifier decides")
}

func TestKeySources(t *testing.T) {
	t.Parallel()
	cfg := config()
	cfg.Keys = keys.Set{"PUB_KEY_ID_1": (*rsa.PublicKey)(nil)}
	_, err := notify.NewParser(cfg)
	require.ErrorContains(t, err, `Config.Keys: key "PUB_KEY_ID_1" must be a *rsa.PublicKey or *x509.Certificate: the key is nil`)

	header, body := webhook(t, paid, "")
	cfg.Keys = new(keys.Keyring)
	_, err = notify.NewParser(cfg)
	require.EqualError(t, err, "notify: Config.Keys: the Keyring is a zero value; make one with NewKeyring")
	cfg.Keys = nil
	cfg.Verifier = signer.VerifierFunc(nil)
	_, err = notify.NewParser(cfg)
	require.EqualError(t, err, "notify: Config.Verifier is a nil signer.VerifierFunc")

	cfg.Verifier = signer.VerifierFunc(func(context.Context, string, []byte, []byte) error { panic("boom") })
	p, err := notify.NewParser(cfg)
	require.NoError(t, err)
	_, err = p.Parse(t.Context(), header, bytes.NewReader(body))
	require.EqualError(t, err, "notify: not verified: Verifier: panic: boom")
}
