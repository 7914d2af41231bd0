package middleware_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestVerifyLetsNothingUnsignedThrough goes through every fault of the sandbox.
func TestVerifyLetsNothingUnsignedThrough(t *testing.T) {
	t.Parallel()
	origin := start(t)
	c := foreignClient(t, origin, middleware.VerifyConfig{})
	want := map[string]error{
		"unsigned": signer.ErrMissingHeader, "no-serial": signer.ErrMissingHeader, "no-timestamp": signer.ErrMissingHeader,
		"no-nonce": signer.ErrMissingHeader, "two-nonces": signer.ErrMissingHeader,
		"past": signer.ErrClock, "future": signer.ErrClock, "timeless": signer.ErrClock,
		"unknown-key": signer.ErrUnknownKey, "other-scheme": signer.ErrScheme,
		"tampered": signer.ErrSignature, "garbled": signer.ErrSignature, "probe": signer.ErrProbe,
		"truncated": io.ErrUnexpectedEOF, "drop": io.EOF, "redirect": middleware.ErrRedirect,
	}
	unsigned := map[string]int{"html-502": 502, "empty-500": 500, "unsigned-400": 400, "rate-429": 429}
	for _, fault := range sandbox.Faults() {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
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
				if fault == "redirect" {
					assert.Equal(t, 302, unverified.Response.StatusCode)
					return
				}
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
		{"an upload by GET", "GET /v3/merchant-service/images/upload", false},
		{"an overseas upload by GET", "GET /v3/global/merchant-service/images/upload", false},
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
			if method == "POST" { // an upload is checked, and this one has no parts
				gateway().Handle(method, path, func(*sandbox.Request) *sandbox.Reply { return sandbox.JSON(200, path) })
			}
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
	r = forCall(r, callstate.Info{Unsigned: true})
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
