package notify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestParse(t *testing.T) {
	header, body := webhook(t, paid, "")
	e, err := newParser(t).Parse(t.Context(), header, bytes.NewReader(body))
	require.NoError(t, err)
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
	assert.Equal(t, "注意", e.Get("a_new_field").String(), "what the struct does not know is not lost")
	text, err := json.Marshal(e)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"a_new_field":"注意"`)
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v %s", e, e, e, e), "1217752501201407033233368018", "an event prints without its resource")
}

func TestParseTakesWhatWeChatPayVaries(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*sandbox.Notification)
		got    func(*notify.Event) any
		want   any
	}{
		"no associated data": {
			func(n *sandbox.Notification) { n.AssociatedData = "-" },
			func(e *notify.Event) any { return e.Get("trade_state").Str }, "SUCCESS",
		},
		"another resource type": {
			func(n *sandbox.Notification) { n.ResourceType = "applyment" },
			func(e *notify.Event) any { return e.ResourceType }, "applyment",
		},
		"a time in digits": {
			func(n *sandbox.Notification) { n.CreateTime = "20180225112233" },
			func(e *notify.Event) any { return e.Created.Format(time.RFC3339) }, "2018-02-25T11:22:33+08:00",
		},
		"a time with a fraction": {
			func(n *sandbox.Notification) { n.CreateTime = "2018-02-25T11:22:33.5+08:00" },
			func(e *notify.Event) any { return e.Created.Nanosecond() }, 500_000_000,
		},
		"a time that is none": {
			func(n *sandbox.Notification) { n.CreateTime = "yesterday" },
			func(e *notify.Event) any { return e.CreateTime + e.Created.String() }, "yesterday" + time.Time{}.String(),
		},
		"an event nobody knows": {
			func(n *sandbox.Notification) { n.EventType = "NEW.THING" },
			func(e *notify.Event) any { return e.EventType }, "NEW.THING",
		},
	} {
		n := paid
		tc.change(&n)
		header, body := webhook(t, n, "")
		e, err := newParser(t).Parse(t.Context(), header, bytes.NewReader(body))
		require.NoError(t, err, name)
		assert.Equal(t, tc.want, tc.got(e), name)
	}
	header, body := webhook(t, paid, "")
	lower := http.Header{}
	for name, values := range header {
		lower[strings.ToLower(name)] = values
	}
	_, err := newParser(t).Parse(t.Context(), lower, bytes.NewReader(body))
	require.NoError(t, err, "names of headers in lower case")
}

func TestParseRefusesEachFault(t *testing.T) {
	want := map[string]error{
		"unsigned": signer.ErrMissingHeader, "no-serial": signer.ErrMissingHeader, "no-timestamp": signer.ErrMissingHeader,
		"no-nonce": signer.ErrMissingHeader, "two-nonces": signer.ErrMissingHeader,
		"past": signer.ErrClock, "future": signer.ErrClock, "timeless": signer.ErrClock,
		"unknown-key": signer.ErrUnknownKey, "wrong-key": signer.ErrSignature, "tampered": signer.ErrSignature,
		"garbled": signer.ErrSignature, "probe": signer.ErrProbe, "wrong-apiv3-key": cipher.ErrDecrypt,
	}
	for _, fault := range sandbox.WebhookFaults() {
		header, body := webhook(t, paid, fault)
		e, err := newParser(t).Parse(t.Context(), header, bytes.NewReader(body))
		require.Contains(t, want, fault)
		require.ErrorIs(t, err, want[fault], fault)
		assert.Nil(t, e)
		assert.Equal(t, fault == "probe", errors.Is(err, signer.ErrProbe), fault)
		assert.Equal(t, fault == "wrong-apiv3-key", notify.Verified(err), fault)
		assert.NotContains(t, err.Error(), gateway().Credentials().APIv3Key)
		assert.NotContains(t, err.Error(), "ciphertext")
	}
}

func TestParseRefusesBodies(t *testing.T) {
	const resource = `"algorithm":"AEAD_AES_256_GCM","nonce":"123456789012","ciphertext":"AAAA"`
	for name, tc := range map[string]struct {
		body string
		want error
	}{
		"no JSON":                   {`<xml></xml>`, notify.ErrNotJSON},
		"JSON that is cut off":      {`{"id":"1","resource":{`, notify.ErrNotJSON},
		"a list":                    {`[]`, notify.ErrNotJSON},
		"null":                      {`null`, notify.ErrNotJSON},
		"brackets without an end":   {`{"a":` + strings.Repeat("[", 100_000) + `}`, notify.ErrNotJSON},
		"no resource":               {`{"id":"1"}`, notify.ErrResource},
		"a resource that is none":   {`{"resource":"x"}`, notify.ErrResource},
		"no algorithm":              {`{"resource":{"ciphertext":"AAAA"}}`, notify.ErrAlgorithm},
		"another algorithm":         {`{"resource":{"algorithm":"AEAD_SM4_GCM"}}`, notify.ErrAlgorithm},
		"no ciphertext":             {`{"resource":{"algorithm":"AEAD_AES_256_GCM"}}`, notify.ErrResource},
		"a ciphertext that is none": {`{"resource":{"algorithm":"AEAD_AES_256_GCM","ciphertext":{}}}`, notify.ErrResource},
		"no nonce":                  {`{"resource":{"algorithm":"AEAD_AES_256_GCM","ciphertext":"AAAA"}}`, cipher.ErrNonce},
		"a short nonce":             {`{"resource":{"algorithm":"AEAD_AES_256_GCM","ciphertext":"AAAA","nonce":"1"}}`, cipher.ErrNonce},
		"less than a tag":           {`{"resource":{` + resource + `}}`, cipher.ErrDecrypt},
		"a ciphertext in no base64": {`{"resource":{"algorithm":"AEAD_AES_256_GCM","nonce":"123456789012","ciphertext":"%"}}`, cipher.ErrDecrypt},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newParser(t).Parse(t.Context(), signed(t, tc.body), strings.NewReader(tc.body))
			require.ErrorIs(t, err, tc.want)
			assert.True(t, notify.Verified(err))
		})
	}
	header, body := webhook(t, paid, "")
	p := newParser(t)
	for name, tc := range map[string]struct {
		body io.Reader
		want error
	}{
		"nil":                {nil, notify.ErrNoBody},
		"empty":              {http.NoBody, notify.ErrNoBody},
		"huge":               {strings.NewReader(strings.Repeat(" ", notify.DefaultMaxBody+1)), notify.ErrTooLarge},
		"huge for a server":  {http.MaxBytesReader(httptest.NewRecorder(), io.NopCloser(bytes.NewReader(body)), 10), notify.ErrTooLarge},
		"broken":             {iotest.ErrReader(io.ErrUnexpectedEOF), io.ErrUnexpectedEOF},
		"another's":          {bytes.NewReader(append(body, '\n')), signer.ErrSignature},
		"unverified garbage": {strings.NewReader("{"), signer.ErrSignature},
	} {
		_, err := p.Parse(t.Context(), header, tc.body)
		require.ErrorIs(t, err, tc.want, name)
		assert.False(t, notify.Verified(err), name)
	}
	_, err := p.Parse(t.Context(), nil, bytes.NewReader(body))
	require.ErrorIs(t, err, signer.ErrMissingHeader)
	_, err = new(notify.Parser).Parse(t.Context(), header, bytes.NewReader(body))
	require.ErrorContains(t, err, "use NewParser")
	_, err = (*notify.Parser)(nil).Parse(t.Context(), header, bytes.NewReader(body))
	require.ErrorContains(t, err, "use NewParser")
}

func TestMaxBodyIsTheLargestThatIsTaken(t *testing.T) {
	header, body := webhook(t, paid, "")
	for size, want := range map[int64]error{int64(len(body)): nil, int64(len(body)) - 1: notify.ErrTooLarge} {
		cfg := config()
		cfg.MaxBody = size
		p, err := notify.NewParser(cfg)
		require.NoError(t, err)
		_, err = p.Parse(t.Context(), header, bytes.NewReader(body))
		require.ErrorIs(t, err, want)
	}
}

func TestTheClockDecides(t *testing.T) {
	header, body := webhook(t, paid, "")
	for shift, want := range map[time.Duration]error{0: nil, 4 * time.Minute: nil, 6 * time.Minute: signer.ErrClock, -6 * time.Minute: signer.ErrClock} {
		cfg := config()
		cfg.Clock = func() time.Time { return time.Now().Add(shift) }
		p, err := notify.NewParser(cfg)
		require.NoError(t, err)
		_, err = p.Parse(t.Context(), header, bytes.NewReader(body))
		require.ErrorIs(t, err, want, shift)
	}
}

func TestAVerifierOfOnesOwn(t *testing.T) {
	header, body := webhook(t, paid, "tampered")
	cfg := config()
	cfg.Keys, cfg.Verifier = nil, signer.VerifierFunc(func(context.Context, string, []byte, []byte) error { return nil })
	p, err := notify.NewParser(cfg)
	require.NoError(t, err)
	_, err = p.Parse(t.Context(), header, bytes.NewReader(body))
	require.NoError(t, err, "it is the verifier's word that counts")
}

func TestConfigNamesWhatIsWrong(t *testing.T) {
	for want, change := range map[string]func(*notify.Config){
		"Config.APIv3Key has 5 bytes; it must have 32": func(cfg *notify.Config) { cfg.APIv3Key = "short" },
		"Config.Keys is missing":                       func(cfg *notify.Config) { cfg.Keys = nil },
		"without WeChat Pay's keys":                    func(cfg *notify.Config) { cfg.Keys = keys.Set{} },
		"set beside Verifier":                          func(cfg *notify.Config) { cfg.Verifier = signer.VerifierFunc(nil) },
		"Config.MaxBody is negative":                   func(cfg *notify.Config) { cfg.MaxBody = -1 },
	} {
		cfg := config()
		change(&cfg)
		p, err := notify.NewParser(cfg)
		require.ErrorContains(t, err, want)
		assert.Nil(t, p)
	}
	cfg := config()
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", cfg, cfg, notify.HandlerConfig{Config: cfg}), cfg.APIv3Key)
}

// TestDecodeFillsInWhatFits: a value of another type than documented takes nothing
// else away.
func TestDecodeFillsInWhatFits(t *testing.T) {
	n := paid
	n.Resource = json.RawMessage(`{"attach":7,"amount":{"total":100},"trade_state":"SUCCESS"}`)
	header, body := webhook(t, n, "")
	e, err := newParser(t).Parse(t.Context(), header, bytes.NewReader(body))
	require.NoError(t, err)
	order, err := notify.Decode[notify.Transaction](e)
	var mismatch *json.UnmarshalTypeError
	require.ErrorAs(t, err, &mismatch)
	assert.Equal(t, "attach", mismatch.Field)
	assert.EqualValues(t, 100, order.Amount.Total)
	assert.Equal(t, "SUCCESS", order.TradeState)
	assert.EqualValues(t, 7, e.Get("attach").Int())

	n.Resource = []byte("not JSON")
	header, body = webhook(t, n, "")
	e, err = newParser(t).Parse(t.Context(), header, bytes.NewReader(body))
	require.NoError(t, err)
	require.ErrorContains(t, e.Decode(new(map[string]any)), "decoding the resource")
	_, err = json.Marshal(e)
	require.NoError(t, err)
}

// TestResourcesOfThePHPSDK: every AES-GCM vector, in a webhook.
func TestResourcesOfThePHPSDK(t *testing.T) {
	for _, v := range vectors.Load(t).AESGCM {
		cfg := config()
		cfg.APIv3Key = v.Key
		p, err := notify.NewParser(cfg)
		require.NoError(t, err)
		body, err := json.Marshal(map[string]any{"resource": map[string]any{
			"algorithm": "AEAD_AES_256_GCM", "nonce": v.Nonce, "associated_data": v.AssociatedData, "ciphertext": v.Ciphertext,
		}})
		require.NoError(t, err)
		e, err := p.Parse(t.Context(), signed(t, string(body)), bytes.NewReader(body))
		require.NoError(t, err)
		assert.Equal(t, v.Plaintext, string(e.Bytes()))
	}
}
