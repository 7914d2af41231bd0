package notify_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/signer"
)

var errBroken = errors.New("the database is down")

func TestParserConfigErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*notify.Config)
		want   string
	}{
		{"short APIv3 key", func(c *notify.Config) { c.APIv3Key = cipher.NewSecret("short") }, "notify: Config.APIv3Key has 5 bytes; it must have 32, as shown in the merchant console"},
		{"no keys", func(c *notify.Config) { c.Keys = nil }, "notify: Config.Keys is missing; set WeChat Pay's keys, such as those of Client.PlatformKeys"},
		{"empty set of keys", func(c *notify.Config) { c.Keys = keys.Set{} }, "notify: Config.Keys: is empty; without WeChat Pay's keys nothing can be verified"},
		{"keys and a verifier", func(c *notify.Config) { c.Verifier = signer.VerifierFunc(nil) }, "notify: Config.Keys and Config.Verifier are both set; set one of them"},
		{"negative size", func(c *notify.Config) { c.MaxBody = -1 }, "notify: Config.MaxBody is negative; 0 means the default"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg := config()
			tc.change(&cfg)
			p, err := notify.NewParser(cfg)
			require.EqualError(t, err, tc.want)
			assert.Nil(t, p)
		})
	}
}

func TestHandlerConfigErrors(t *testing.T) {
	t.Parallel()
	routes := func(route notify.Route, handle notify.Func) func(*notify.HandlerConfig) {
		return func(cfg *notify.HandlerConfig) { cfg.Routes = map[notify.Route]notify.Func{route: handle} }
	}
	for _, tc := range []struct {
		name   string
		change func(*notify.HandlerConfig)
		want   string
	}{
		{"parser config", func(c *notify.HandlerConfig) { c.Keys = nil }, "notify: Config.Keys is missing; set WeChat Pay's keys, such as those of Client.PlatformKeys"},
		{"no function", func(c *notify.HandlerConfig) { c.Fallback = nil }, "notify: HandlerConfig has neither Routes nor Fallback; set one of them"},
		{"route without a type", routes(notify.Route{OriginalType: "x"}, ignore), "notify: HandlerConfig.Routes: a route has no EventType; use Fallback for all other events"},
		{"nil function", routes(notify.Route{EventType: "X"}, nil), "notify: HandlerConfig.Routes: the function for X is nil; set it or remove the route"},
		{"no credential", routes(notify.Route{EventType: "CROSS_BORDER_PAY.X"}, ignore), "notify: HandlerConfig.Credential is missing; answers to CROSS_BORDER_PAY.X must be signed"},
		{"negative timeout", func(c *notify.HandlerConfig) { c.Timeout = -1 }, "notify: HandlerConfig.Timeout is negative; 0 means the default"},
		{"incomplete credential", func(c *notify.HandlerConfig) { c.Credential.Signer = signer.Func(nil) }, "notify: HandlerConfig.Credential: ID: is missing; it is the merchant id, such as 1900000109\nSerial: is empty or zero; it must be the serial number of a certificate in hex\nSigner: is nil; make one with signer.New"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg := notify.HandlerConfig{Config: config(), Fallback: ignore}
			tc.change(&cfg)
			h, err := notify.NewHandler(cfg)
			require.EqualError(t, err, tc.want)
			assert.Nil(t, h)
		})
	}
}

// TestResourceErrors covers bodies that WeChat Pay signed.
func TestResourceErrors(t *testing.T) {
	t.Parallel()
	const gcm = `"algorithm":"AEAD_AES_256_GCM"`
	for _, tc := range []struct {
		name, body string
		wrapped    error
		want       string
	}{
		{"XML", `<xml></xml>`, notify.ErrNotJSON, `notify: event "" (""): body is not a JSON object`},
		{"JSON cut off", `{"id":"1","resource":{`, notify.ErrNotJSON, `notify: event "" (""): body is not a JSON object`},
		{"list", `[]`, notify.ErrNotJSON, `notify: event "" (""): body is not a JSON object`},
		{"null", `null`, notify.ErrNotJSON, `notify: event "" (""): body is not a JSON object`},
		{"deep nesting", `{"a":` + strings.Repeat("[", 100_000) + `}`, notify.ErrNotJSON, `notify: event "" (""): body is not a JSON object`},
		{"no resource", `{"id":"1","event_type":"X"}`, notify.ErrResource, `notify: event "1" ("X"): incomplete resource: resource is missing`},
		{"resource is a string", `{"resource":"x"}`, notify.ErrResource, `notify: event "" (""): incomplete resource: resource is missing`},
		{"no algorithm", `{"resource":{"ciphertext":"AAAA"}}`, notify.ErrAlgorithm, `notify: event "" (""): unknown algorithm "" in resource.algorithm; only AEAD_AES_256_GCM is supported`},
		{"another algorithm", `{"resource":{"algorithm":"AEAD_SM4_GCM"}}`, notify.ErrAlgorithm, `notify: event "" (""): unknown algorithm "AEAD_SM4_GCM" in resource.algorithm; only AEAD_AES_256_GCM is supported`},
		{"no ciphertext", `{"resource":{` + gcm + `}}`, notify.ErrResource, `notify: event "" (""): incomplete resource: resource.ciphertext is missing`},
		{"ciphertext is an object", `{"resource":{` + gcm + `,"ciphertext":{}}}`, notify.ErrResource, `notify: event "" (""): incomplete resource: resource.ciphertext is missing`},
		{"no nonce", `{"resource":{` + gcm + `,"ciphertext":"AAAA"}}`, cipher.ErrNonce, `notify: event "" (""): cipher: wrong length of nonce: it has 0 bytes; it must have 12 or 16`},
		{"short nonce", `{"resource":{` + gcm + `,"ciphertext":"AAAA","nonce":"1"}}`, cipher.ErrNonce, `notify: event "" (""): cipher: wrong length of nonce: it has 1 bytes; it must have 12 or 16`},
		{"short ciphertext", `{"resource":{` + gcm + `,"nonce":"123456789012","ciphertext":"AAAA"}}`, cipher.ErrDecrypt, `notify: event "" (""): WeChat Pay's signature is good, but the APIv3 key is not the one of this merchant; set the one that the merchant console has now: cipher: decryption failed (wrong key, or altered data)`},
		{"ciphertext is not base64", `{"resource":{` + gcm + `,"nonce":"123456789012","ciphertext":"%"}}`, cipher.ErrDecrypt, `notify: event "" (""): cipher: decryption failed (wrong key, or altered data): the ciphertext is not base64`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := newParser(t).Parse(t.Context(), signed(t, tc.body), strings.NewReader(tc.body))
			require.EqualError(t, err, tc.want)
			require.ErrorIs(t, err, tc.wrapped)
			assert.True(t, notify.SignedByWeChatPay(err))
		})
	}
}

// TestBodyErrors covers bodies that are not verified.
func TestBodyErrors(t *testing.T) {
	t.Parallel()
	header, body := webhook(t, paid, "")
	for _, tc := range []struct {
		name    string
		parser  *notify.Parser
		body    io.Reader
		wrapped error
		want    string
	}{
		{"nil", newParser(t), nil, notify.ErrNoBody, "notify: no body"},
		{"empty", newParser(t), http.NoBody, notify.ErrNoBody, "notify: no body: it is signed, so that it was probably read before; pass on the raw bytes of the request, as read before any framework parses them"},
		{"too large", newParser(t), strings.NewReader(strings.Repeat(" ", notify.DefaultMaxBody+1)), notify.ErrTooLarge, "notify: body too large: more than 1048576 bytes"},
		{"too large for the server", newParser(t), http.MaxBytesReader(httptest.NewRecorder(), io.NopCloser(bytes.NewReader(body)), 10), notify.ErrTooLarge, "notify: body too large: more than 10 bytes"},
		{"broken connection", newParser(t), iotest.ErrReader(io.ErrUnexpectedEOF), io.ErrUnexpectedEOF, "notify: reading the body: unexpected EOF"},
		{"zero parser", new(notify.Parser), bytes.NewReader(body), nil, "notify: the Parser is nil or zero; use NewParser"},
		{"nil parser", nil, bytes.NewReader(body), nil, "notify: the Parser is nil or zero; use NewParser"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := tc.parser.Parse(t.Context(), header, tc.body)
			require.EqualError(t, err, tc.want)
			if tc.wrapped != nil {
				require.ErrorIs(t, err, tc.wrapped)
			}
			assert.False(t, notify.SignedByWeChatPay(err))
		})
	}
}

func TestVerificationError(t *testing.T) {
	t.Parallel()
	header, body := webhook(t, paid, "")
	cfg := config()
	cfg.Keys, cfg.Verifier = nil, signer.VerifierFunc(func(context.Context, string, []byte, []byte) error { return errBroken })
	p, err := notify.NewParser(cfg)
	require.NoError(t, err)
	_, err = p.Parse(t.Context(), header, bytes.NewReader(body))
	require.EqualError(t, err, "notify: not verified: the database is down")
	require.ErrorIs(t, err, errBroken)
}

// TestProcessingErrors covers what OnError receives of a verified event.
func TestProcessingErrors(t *testing.T) {
	t.Parallel()
	answer := func(reply *notify.Reply, err error) func(*notify.HandlerConfig) {
		return func(c *notify.HandlerConfig) {
			c.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) { return reply, err }
		}
	}
	const prefix = `notify: event "EV-2018022511223320873" ("TRANSACTION.SUCCESS"): `
	for _, tc := range []struct {
		name   string
		change func(*notify.HandlerConfig)
		want   string
	}{
		{"no route", func(c *notify.HandlerConfig) {
			c.Fallback, c.Routes = nil, map[notify.Route]notify.Func{{EventType: notify.RefundSuccess}: ignore}
		}, prefix + "no route for the event; add it to HandlerConfig.Routes, or set HandlerConfig.Fallback"},
		{"error of the function", answer(nil, errBroken), prefix + "the database is down"},
		{"invalid status", answer(&notify.Reply{Status: 99}, nil), prefix + "invalid reply status 99; use 200 or 204 for success, or 400 to 599 to have the event sent again"},
		{"panic", func(c *notify.HandlerConfig) {
			c.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) { panic("a string") }
		}, prefix + "panic: a string"},
		{"panic of Key", func(c *notify.HandlerConfig) { c.Key = func(*notify.Event) string { panic("a key") } }, "notify: panic: a key"},
		{"Begin", func(c *notify.HandlerConfig) { c.Deduplicator = brokenDeduplicator{begin: errBroken} }, prefix + "Deduplicator.Begin: the database is down"},
		{"End", func(c *notify.HandlerConfig) { c.Deduplicator = brokenDeduplicator{end: errBroken} }, prefix + "Deduplicator.End: the database is down"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h, f := handler(t, func(c *notify.HandlerConfig) { c.Fallback = ignore; tc.change(c) })
			h.Serve(t.Context(), request(t, paid))
			require.EqualError(t, f.last(t), tc.want)
		})
	}
}

func TestErrorsOfSignedAnswers(t *testing.T) {
	t.Parallel()
	n := paid
	n.EventType = "CROSS_BORDER_PAY.X"
	const prefix = `notify: event "EV-2018022511223320873" ("CROSS_BORDER_PAY.X"): `
	for _, tc := range []struct {
		name   string
		change func(*notify.HandlerConfig)
		want   string
	}{
		{"no credential", func(*notify.HandlerConfig) {}, prefix + "the answer must be signed; set HandlerConfig.Credential"},
		{"error of the signer", func(c *notify.HandlerConfig) {
			c.Credential = signer.Credential{ID: "1", Serial: "2", Signer: signer.Func(func(context.Context, []byte) ([]byte, error) { return nil, errBroken })}
		}, prefix + "signing the answer: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h, f := handler(t, func(c *notify.HandlerConfig) { c.Fallback = ignore; tc.change(c) })
			assert.Equal(t, 500, h.Serve(t.Context(), request(t, n)).Status)
			assert.True(t, strings.HasPrefix(f.last(t).Error(), tc.want), f.last(t).Error()) // the signer's own text follows
		})
	}
}

func TestMarshallingError(t *testing.T) {
	t.Parallel()
	_, err := notify.JSON(200, make(chan int))
	require.EqualError(t, err, "notify: marshalling the reply to JSON: json: unsupported type: chan int")
}
