package middleware_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
	"go.uber.org/goleak"

	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var gateway = testgateway.Shared

func start(t *testing.T) (url string) {
	t.Helper()
	server, err := gateway().Start()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	return server.URL
}

func credential(t *testing.T) signer.Credential {
	t.Helper()
	cred := gateway().Credentials()
	sign, err := signer.New(cred.PrivateKey)
	require.NoError(t, err)
	return signer.Credential{ID: cred.MchID, Serial: cred.Serial, Signer: sign}
}

// foreignClient is an ordinary http.Client with our middleware around its transport.
func foreignClient(t *testing.T, origin string, verify middleware.VerifyConfig) *http.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	if verify.Verifier == nil {
		verify.Verifier = signer.NewVerifier(gateway().Credentials().PlatformKeys(), nil)
	}
	sign := middleware.Sign(middleware.SignConfig{Credential: credential(t), Origins: []string{origin}})
	return &http.Client{Transport: middleware.Verify(verify)(sign(transport))}
}

func request(t *testing.T, method, url string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	require.NoError(t, err)
	r.Header.Set("Accept", "application/json")
	return r
}

func TestSignAndVerifyServeAnyHTTPClient(t *testing.T) {
	t.Parallel()
	origin := start(t)
	c := foreignClient(t, origin, middleware.VerifyConfig{})
	for _, tc := range []struct {
		name string
		body io.Reader
	}{
		{"no body", nil},
		{"empty body", http.NoBody},
		{"body that can be opened anew", strings.NewReader(`{"名":"值"}`)},
		{"body that can be read once", io.MultiReader(strings.NewReader(`{"a":`), strings.NewReader(`1}`))},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := request(t, "POST", origin+"/v3/anything/%E4%B8%AD%2F?x=%2B&y", tc.body)
			before := r.Header.Clone()
			resp, err := c.Do(r)
			require.NoError(t, err)
			defer resp.Body.Close()
			assert.True(t, middleware.Verified(resp))
			assert.Equal(t, before, r.Header, "the caller's request is left as it was")
			data, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			assert.Equal(t, "/v3/anything/%E4%B8%AD%2F?x=%2B&y", gjson.GetBytes(data, "target").String())
		})
	}
}

func TestSignRefusesForeignHosts(t *testing.T) {
	t.Parallel()
	const own = "http://127.0.0.1:8080"
	for _, tc := range []struct {
		name    string
		target  string
		trusted bool
	}{
		{"WeChat Pay", "https://api.mch.weixin.qq.com/v3/x", true},
		{"capitals", "https://API2.mch.Weixin.QQ.com/v3/x", true},
		{"a port", "https://api.mch.weixin.qq.com:8443/v3/x", true},
		{"pay.wechatpay.cn", "https://pay.wechatpay.cn/v3/x", true},
		{"wechatpay.cn", "https://wechatpay.cn/v3/x", true},
		{"an origin of the user's own", own + "/v3/x", true},
		{"the same in capitals", "HTTP://127.0.0.1:8080/v3/x", true},
		{"WeChat Pay over http", "http://api.mch.weixin.qq.com/v3/x", false},
		{"the origin over https", "https://127.0.0.1:8080/v3/x", false},
		{"the origin at another port", "http://127.0.0.1:8081/v3/x", false},
		{"a foreign host", "https://evil.example/v3/x", false},
		{"a name that ends alike", "https://evilweixin.qq.com/v3/x", false},
		{"a name that begins alike", "https://weixin.qq.com.evil.example/v3/x", false},
		{"WeChat Pay as a user name", "https://api.mch.weixin.qq.com@evil.example", false},
		{"a user", "https://u:p@api.mch.weixin.qq.com/v3/x", false},
		{"a dot at the end", "https://api.mch.weixin.qq.com./v3/x", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sent, closed := false, false
			wire := middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				sent = true
				assert.NotEmpty(t, r.Header.Get("Authorization"))
				return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
			})
			sign := middleware.Sign(middleware.SignConfig{Credential: credential(t), Origins: []string{own}})
			r := request(t, "POST", tc.target, body{strings.NewReader("{}"), &closed})
			_, err := sign(wire).RoundTrip(r)
			assert.Equal(t, tc.trusted, sent)
			assert.True(t, closed, "the body is closed whatever happens")
			if tc.trusted {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, middleware.ErrNotSent)
			}
		})
	}
}

type body struct {
	io.Reader
	closed *bool
}

func (b body) Close() error { *b.closed = true; return nil }

// TestSignPutsTheBodyBackWhole: what is signed is what any attempt sends.
func TestSignPutsTheBodyBackWhole(t *testing.T) {
	t.Parallel()
	wire := middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		copied, err := r.GetBody()
		require.NoError(t, err)
		for _, body := range []io.Reader{r.Body, copied} {
			data, err := io.ReadAll(body)
			require.NoError(t, err)
			assert.Equal(t, "NEW", string(data))
		}
		assert.Equal(t, int64(3), r.ContentLength)
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	})
	rt := middleware.Sign(middleware.SignConfig{Credential: credential(t)})(wire)
	r := request(t, "POST", "https://api.mch.weixin.qq.com/v3/x", strings.NewReader("OLD"))
	r.Body = io.NopCloser(strings.NewReader("NEW")) // as a middleware that changes it does
	_, err := rt.RoundTrip(r)
	require.NoError(t, err)
}

// TestSignLeavesNoReplayToTheTransport: net/http sends a request again by itself
// where it bears an Idempotency-Key, under the nonce that was used.
func TestSignLeavesNoReplayToTheTransport(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		key     string
		replays bool
	}{
		{"without a key", "", true},
		{"with a key", "k", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			wire := middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				assert.Equal(t, tc.replays, r.GetBody != nil)
				return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
			})
			r := request(t, "POST", "https://api.mch.weixin.qq.com/v3/x", strings.NewReader("{}"))
			if tc.key != "" {
				r.Header.Set("Idempotency-Key", tc.key)
			}
			_, err := middleware.Sign(middleware.SignConfig{Credential: credential(t)})(wire).RoundTrip(r)
			require.NoError(t, err)
		})
	}
}

func TestSignStopsWhenTheContextHasEnded(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	slow := signer.Func(func(context.Context, []byte) ([]byte, error) { cancel(); return nil, nil })
	rt := middleware.Sign(middleware.SignConfig{Credential: signer.Credential{ID: "1", Serial: "1", Signer: slow}})(nil)
	_, err := rt.RoundTrip(request(t, "GET", "https://api.mch.weixin.qq.com/v3/x", nil).WithContext(ctx))
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, middleware.ErrNotSent)
}

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
	require.ErrorContains(t, err, `"void" is nil`)
}

func TestSignKeepsTheCallersAuthorization(t *testing.T) {
	t.Parallel()
	var seen http.Header
	wire := middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		seen = r.Header
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	})
	rt := middleware.Sign(middleware.SignConfig{Credential: credential(t)})(wire)
	r := request(t, "GET", "https://api.mch.weixin.qq.com/v3/x", nil)
	r.Header.Set("Authorization", "own")
	_, err := rt.RoundTrip(r)
	require.NoError(t, err)
	assert.Equal(t, []string{"own"}, seen["Authorization"])

	bare := &http.Request{URL: r.URL} // a zero method is GET, a nil header is none
	_, err = rt.RoundTrip(bare)
	require.NoError(t, err)
	assert.Contains(t, seen.Get("Authorization"), signer.RSA.Name)
}

func TestSignFailsWithoutSending(t *testing.T) {
	t.Parallel()
	broken := errors.New("no key today")
	wire := middleware.RoundTripperFunc(func(*http.Request) (*http.Response, error) {
		t.Error("sent")
		return nil, broken
	})
	failing := signer.Func(func(context.Context, []byte) ([]byte, error) { return nil, broken })
	rt := middleware.Sign(middleware.SignConfig{Credential: signer.Credential{ID: "1", Serial: "1", Signer: failing}})(wire)
	const url = "https://api.mch.weixin.qq.com/v3/x"
	_, err := rt.RoundTrip(request(t, "GET", url, nil))
	require.ErrorIs(t, err, broken)
	require.ErrorIs(t, err, middleware.ErrNotSent)

	_, err = rt.RoundTrip(request(t, "POST", url, io.MultiReader(iotestErr{broken})))
	require.ErrorIs(t, err, broken)

	upload := request(t, "POST", url, strings.NewReader("--x"))
	upload.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	_, err = rt.RoundTrip(upload)
	require.ErrorContains(t, err, "meta part")
}

type iotestErr struct{ err error }

func (r iotestErr) Read([]byte) (int, error) { return 0, r.err }

// TestVerifyLetsNothingUnsignedThrough goes through every fault of the sandbox.
func TestVerifyLetsNothingUnsignedThrough(t *testing.T) {
	t.Parallel()
	origin := start(t)
	c := foreignClient(t, origin, middleware.VerifyConfig{})
	want := map[string]error{
		"unsigned": signer.ErrMissingHeader, "no-serial": signer.ErrMissingHeader, "no-timestamp": signer.ErrMissingHeader,
		"no-nonce": signer.ErrMissingHeader, "two-nonces": signer.ErrMissingHeader,
		"past": signer.ErrClock, "future": signer.ErrClock, "timeless": signer.ErrClock,
		"unknown-key": signer.ErrUnknownKey,
		"tampered":    signer.ErrSignature, "garbled": signer.ErrSignature, "probe": signer.ErrProbe,
		"truncated": io.ErrUnexpectedEOF, "drop": io.EOF,
	}
	unsigned := map[string]int{"html-502": 502, "empty-500": 500, "unsigned-400": 400, "rate-429": 429, "redirect": 302}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, fault := range sandbox.Faults() {
		t.Run(fault, func(t *testing.T) {
			r := request(t, "POST", origin+"/v3/anything", strings.NewReader("{}"))
			r.Header.Set(sandbox.FaultHeader, fault)
			resp, err := c.Do(r)
			if status, ok := unsigned[fault]; ok {
				require.NoError(t, err)
				defer resp.Body.Close()
				assert.Equal(t, status, resp.StatusCode)
				assert.False(t, middleware.Verified(resp))
				return
			}
			require.Error(t, want[fault], "a fault that this test does not know")
			require.ErrorIs(t, err, want[fault])
			var unverified *middleware.VerifyError
			if errors.As(err, &unverified) {
				assert.Equal(t, 200, unverified.Response.StatusCode)
				data, err := io.ReadAll(unverified.Response.Body)
				if fault == "truncated" {
					require.ErrorIs(t, err, io.ErrUnexpectedEOF, "it never passes for whole")
				} else {
					require.NoError(t, err)
				}
				assert.Contains(t, string(data), `{"body"`, "the body can still be read, as far as it came")
				assert.NotContains(t, unverified.Error(), "target", "the text holds no body")
			} else {
				assert.Equal(t, "drop", fault)
			}
		})
	}
}

func TestVerifyJudgesErrorsThatBearASignature(t *testing.T) {
	t.Parallel()
	origin := start(t)
	c := foreignClient(t, origin, middleware.VerifyConfig{})
	const unknownOrder = "/v3/pay/transactions/out-trade-no/none"
	target := origin + unknownOrder + "?mchid=" + gateway().Credentials().MchID

	resp, err := c.Do(request(t, "GET", target, nil))
	require.NoError(t, err)
	defer resp.Body.Close()
	assert.Equal(t, 404, resp.StatusCode)
	assert.True(t, middleware.Verified(resp))

	forged := request(t, "GET", target, nil)
	forged.Header.Set(sandbox.FaultHeader, "tampered")
	_, err = c.Do(forged)
	require.ErrorIs(t, err, signer.ErrSignature, "a forged 'no such order' would be paid twice")
}

func TestVerifyAsksForTheSignatureOfA204(t *testing.T) {
	t.Parallel()
	origin := start(t)
	gateway().Handle("DELETE", "/v3/nothing", func(*sandbox.Request) *sandbox.Reply { return sandbox.NoContent() })
	c := foreignClient(t, origin, middleware.VerifyConfig{})
	resp, err := c.Do(request(t, "DELETE", origin+"/v3/nothing", nil))
	require.NoError(t, err)
	defer resp.Body.Close()
	assert.Equal(t, 204, resp.StatusCode)
	assert.True(t, middleware.Verified(resp))

	stripped := request(t, "DELETE", origin+"/v3/nothing", nil)
	stripped.Header.Set(sandbox.FaultHeader, "unsigned")
	_, err = c.Do(stripped)
	require.ErrorIs(t, err, signer.ErrMissingHeader)
}

func TestWhichDownloadsNeedNoSignature(t *testing.T) {
	t.Parallel()
	origin := start(t)
	c := foreignClient(t, origin, middleware.VerifyConfig{})
	for _, tc := range []struct {
		name   string
		target string
		exempt bool
	}{
		{"a bill", "GET /v3/billdownload/file?token=x", true},
		{"an overseas bill", "GET /hk/v3/billdownload/file", true},
		{"a picture", "GET /v3/merchant-service/images/ChsyMDAw", true},
		{"a picture with a slash in its name", "GET /v3/merchant-service/images/a%2Fb", true},
		{"an overseas picture", "GET /v3/global/merchant-service/images/ChsyMDAw", true},
		{"a voucher", "GET /v3/transferdownload/elecvoucherfile", true},
		{"a file of signatures", "GET /v3/transferdownload/signfile", true},
		{"an upload of a picture", "POST /v3/merchant-service/images/upload", false},
		{"an overseas upload", "POST /v3/global/merchant-service/images/upload", false},
		{"a POST to a bill", "POST /v3/billdownload/file", false},
		{"a bill inside another path", "GET /v3/pay/anything/1/v3/billdownload/file", false},
		{"a path like a bill", "GET /v3/billdownload/files", false},
		{"below a bill", "GET /v3/billdownload/file/x", false},
		{"a picture without a name", "GET /v3/merchant-service/images/", false},
		{"below a picture", "GET /v3/merchant-service/images/a/b", false},
		{"a bill in escapes", "GET /v3/orders/x%2Fv3%2Fbilldownload%2Ffile", false},
		{"an application for a bill", "GET /v3/bill/merchantbill", false},
		{"a statement", "GET /v3/statements", false}, // signed over its digest
		{"an overseas statement", "GET /v3/global/statements", false},
		{"a bill in the query", "GET /v3/pay/anything?x=/v3/billdownload/file", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			method, path, _ := strings.Cut(tc.target, " ")
			r := request(t, method, origin+path, nil)
			r.Header.Set(sandbox.FaultHeader, "unsigned")
			resp, err := c.Do(r)
			if !tc.exempt {
				require.ErrorIs(t, err, signer.ErrMissingHeader)
				return
			}
			require.NoError(t, err)
			defer resp.Body.Close()
			assert.False(t, middleware.Verified(resp))
		})
	}
}

func TestInvoiceFilesAreNeitherSignedNorVerified(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		path  string
		plain bool
	}{
		{"a file", "/invoicing/fapiao/fapiao-file?token=x", true},
		{"a file of the new tax control", "/v3/new-tax-control-fapiao/download", true},
		{"an application for files", "/v3/new-tax-control-fapiao/fapiao-files", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			wire := middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				assert.Equal(t, tc.plain, r.Header.Get("Authorization") == "", tc.path)
				return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
			})
			sign := middleware.Sign(middleware.SignConfig{Credential: credential(t)})
			verify := middleware.Verify(middleware.VerifyConfig{Verifier: signer.NewVerifier(keys.Set{}, nil)})
			_, err := verify(sign(wire)).RoundTrip(request(t, "GET", "https://pay.wechatpay.cn"+tc.path, nil))
			assert.Equal(t, tc.plain, err == nil, tc.path)
		})
	}
}

func TestCallUnsignedExcusesOneReply(t *testing.T) {
	t.Parallel()
	origin := start(t)
	c := foreignClient(t, origin, middleware.VerifyConfig{})
	r := request(t, "GET", origin+"/v3/new/download", nil)
	r.Header.Set(sandbox.FaultHeader, "unsigned")
	r = middleware.WithCall(r, middleware.Call{Unsigned: true})
	resp, err := c.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	assert.False(t, middleware.Verified(resp))

	other := request(t, "GET", origin+"/v3/other", nil).WithContext(r.Context())
	other.Header.Set(sandbox.FaultHeader, "unsigned")
	_, err = c.Do(other)
	require.ErrorIs(t, err, signer.ErrMissingHeader, "another request under the same context is not excused")
}

// TestVerifyComparesAnOverseasStatementWithItsDigest: the signature is over the
// digest header, so the body must be held against that.
func TestVerifyComparesAnOverseasStatementWithItsDigest(t *testing.T) {
	t.Parallel()
	const csv = "交易时间,公众账号ID\r\n`2026-11-22,`wx1\r\n"
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, err := w.Write([]byte(csv))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	sum := sha1.Sum([]byte(csv))
	digest := hex.EncodeToString(sum[:])

	for _, tc := range []struct {
		name                   string
		body, encoding, digest string
		want                   error
	}{
		{"plain", csv, "", digest, nil},
		{"upper-case digest", csv, "", strings.ToUpper(digest), nil},
		{"gzip", zipped.String(), "gzip", digest, nil},
		{"another body", csv + " ", "", digest, signer.ErrSignature},
		{"no gzip", csv, "gzip", digest, signer.ErrSignature},
		{"gzip cut off", zipped.String()[:zipped.Len()-6], "gzip", digest, signer.ErrSignature},
		{"no digest", csv, "", "", signer.ErrMissingHeader},
		{"digest not as signed", csv, "", "00" + digest[2:], signer.ErrSignature},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			wire := middleware.RoundTripperFunc(func(*http.Request) (*http.Response, error) {
				h := sealed(t, `{"sha1":"`+strings.Replace(tc.digest, "00"+digest[2:], digest, 1)+`"}`)
				h.Set("Content-Encoding", tc.encoding)
				if tc.digest != "" {
					h.Set("Wechatpay-Statement-Sha1", tc.digest)
				}
				return &http.Response{StatusCode: 200, Header: h, Body: io.NopCloser(strings.NewReader(tc.body)), ContentLength: -1}, nil
			})
			verify := middleware.Verify(middleware.VerifyConfig{Verifier: signer.NewVerifier(gateway().Credentials().PlatformKeys(), nil)})
			resp, err := verify(wire).RoundTrip(request(t, "GET", "https://api.mch.weixin.qq.com/hk/v3/statements?date=1", nil))
			if tc.want != nil {
				require.ErrorIs(t, err, tc.want)
				return
			}
			require.NoError(t, err)
			assert.True(t, middleware.Verified(resp))
			data, err := middleware.ReadReply(resp, 0)
			require.NoError(t, err)
			assert.Equal(t, tc.body, string(data))
		})
	}
}

// sealed signs as the platform does. The sandbox lends its key through a reply
// to a body that is the text itself.
func sealed(t *testing.T, text string) http.Header {
	t.Helper()
	origin := start(t)
	gateway().Handle("GET", "/v3/seal", func(r *sandbox.Request) *sandbox.Reply {
		return &sandbox.Reply{Status: 200, Header: http.Header{}, Body: []byte(r.URL.Query().Get("text"))}
	})
	c := foreignClient(t, origin, middleware.VerifyConfig{})
	resp, err := c.Do(request(t, "GET", origin+"/v3/seal?text="+url.QueryEscape(text), nil))
	require.NoError(t, err)
	defer resp.Body.Close()
	return resp.Header.Clone()
}

func TestRepliesHaveALimit(t *testing.T) {
	t.Parallel()
	origin := start(t)
	gateway().Handle("GET", "/v3/large", func(r *sandbox.Request) *sandbox.Reply {
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		return sandbox.JSON(200, strings.Repeat("x", n-2))
	})
	c := foreignClient(t, origin, middleware.VerifyConfig{MaxReply: 100_000})
	for _, tc := range []struct {
		name string
		n    int
		ok   bool
	}{
		{"two bytes", 2, true},
		{"one below the limit", 99_999, true},
		{"the limit", 100_000, true},
		{"one above the limit", 100_001, false},
		{"a megabyte", 1 << 20, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			resp, err := c.Do(request(t, "GET", fmt.Sprintf("%s/v3/large?n=%d", origin, tc.n), nil))
			if !tc.ok {
				require.ErrorIs(t, err, middleware.ErrTooLarge, tc.n)
				return
			}
			require.NoError(t, err, tc.n)
			_ = resp.Body.Close()
		})
	}
	announced := &http.Response{Body: io.NopCloser(iotestErr{io.ErrClosedPipe}), ContentLength: 1001}
	_, err := middleware.ReadReply(announced, 1000)
	require.ErrorIs(t, err, middleware.ErrTooLarge, "before anything of it is read")
	endless := &http.Response{Body: io.NopCloser(iotestZeros{}), ContentLength: -1}
	_, err = middleware.ReadReply(endless, 1000)
	require.ErrorIs(t, err, middleware.ErrTooLarge)
}

type iotestZeros struct{}

func (iotestZeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestReadReplyReadsOnce(t *testing.T) {
	t.Parallel()
	resp := &http.Response{Body: io.NopCloser(strings.NewReader("abc")), ContentLength: 3}
	first, err := middleware.ReadReply(resp, 0)
	require.NoError(t, err)
	second, err := middleware.ReadReply(resp, 0)
	require.NoError(t, err)
	assert.Same(t, &first[0], &second[0])
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, "abc", string(data))
	assert.False(t, middleware.Verified(resp))

	none, err := middleware.ReadReply(&http.Response{}, 0)
	require.NoError(t, err)
	assert.Empty(t, none)
}

// TestWhatIsCutOffNeverPassesForWhole, however often and by whatever means it is read.
func TestWhatIsCutOffNeverPassesForWhole(t *testing.T) {
	t.Parallel()
	resp := &http.Response{Body: io.NopCloser(io.MultiReader(strings.NewReader("abc"), iotestErr{io.ErrUnexpectedEOF})), ContentLength: -1}
	for range 2 {
		data, err := middleware.ReadReply(resp, 0)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.Equal(t, "abc", string(data))
	}
	var copied bytes.Buffer
	_, err := io.Copy(&copied, resp.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF, "io.Copy asks a reader to write itself")
	assert.Equal(t, "abc", copied.String())
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

	_, err := s.Around(middleware.RoundTripperFunc(func(*http.Request) (*http.Response, error) {
		ran = append(ran, "transport")
		return &http.Response{}, nil
	})).RoundTrip(request(t, "GET", "https://example.com/", nil))
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b", "c", "transport"}, ran)

	require.ErrorContains(t, s.Push("b", layer("b")), "a → b → c")
	require.ErrorContains(t, s.Push("", layer("b")), "name")
	require.ErrorContains(t, s.Unshift("d", nil), `"d" is nil`)
	assert.Equal(t, []string{"a", "b", "c"}, s.Names())
}

func TestStackHoldsItsLayersToTheContract(t *testing.T) {
	t.Parallel()
	closed := false
	for _, tc := range []struct {
		name   string
		want   string
		answer middleware.RoundTripperFunc
		closes bool
	}{
		{"neither reply nor error", `"odd" returned neither`, func(*http.Request) (*http.Response, error) { return nil, nil }, false},
		{"a reply and an error", `"odd" returned a reply beside`, func(*http.Request) (*http.Response, error) {
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

func TestCallTravelsInTheContext(t *testing.T) {
	t.Parallel()
	assert.Zero(t, middleware.CallOf(t.Context()))
	call := middleware.Call{Route: "v3/x/{id}", Unsigned: true}
	ctx, cancel := context.WithTimeout(middleware.WithCall(request(t, "GET", "https://example.com/", nil), call).Context(), time.Minute)
	defer cancel()
	assert.Equal(t, call, middleware.CallOf(ctx))
}

func FuzzReadReply(f *testing.F) {
	f.Add([]byte("{}"), int64(2), int64(10))
	f.Add([]byte(base64.StdEncoding.EncodeToString([]byte("x"))), int64(-1), int64(1))
	f.Fuzz(func(t *testing.T, data []byte, announced, limit int64) {
		resp := &http.Response{Body: io.NopCloser(bytes.NewReader(data)), ContentLength: announced}
		got, err := middleware.ReadReply(resp, limit)
		most := limit
		if most <= 0 {
			most = middleware.DefaultMaxReply
		}
		if announced > int64(len(data)) && announced <= most {
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			return
		}
		if err != nil {
			require.ErrorIs(t, err, middleware.ErrTooLarge)
			return
		}
		require.True(t, bytes.Equal(data, got))
	})
}
