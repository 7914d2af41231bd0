package wechatpay_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func yesterday() string { return time.Now().AddDate(0, 0, -2).Format(time.DateOnly) }

func billQuery(gzip bool) wechatpay.M {
	q := wechatpay.M{
		"bill_date": yesterday(), "bill_type": "ALL",
		"sub_mchid": "1900000108", "algorithm": "AEAD_AES_256_GCM", "account_type": "BASIC", // of a bill in parts
	}
	if gzip {
		q["tar_type"] = "GZIP"
	}
	return q
}

// billClient calls a gateway whose bills are this text.
func billClient(t *testing.T, text string, change func(*wechatpay.Config)) (*wechatpay.Client, *wire) {
	t.Helper()
	for _, path := range []string{"/v3/bill/tradebill", "/v3/bill/sub-merchant-fundflowbill"} {
		gateway().PutBill(path, func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
	}
	return sandboxClient(t, change)
}

const billText = "\ufeff交易时间,商户订单号\r\n`2026-11-23,`1\r\n总交易单数\r\n`1\r\n"

func TestDownload(t *testing.T) {
	c, w := billClient(t, billText, nil)
	dir := t.TempDir()
	for _, tc := range []struct {
		name string
		path string
		gzip bool
	}{
		{"plain", "v3/bill/tradebill", false},
		{"gzip", "v3/bill/tradebill", true},
		{"in encrypted parts", "v3/bill/sub-merchant-fundflowbill", false},
		{"in encrypted parts, gzip", "v3/bill/sub-merchant-fundflowbill", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(dir, "bill.csv")
			require.NoError(t, os.WriteFile(path, []byte("an old one"), 0o600))
			var told int64
			done, err := c.Chain(tc.path).Download(t.Context(), path, &wechatpay.DownloadOptions{
				Query: billQuery(tc.gzip), Progress: func(done, _ int64) { told = done },
			})
			require.NoError(t, err)
			assert.Equal(t, path, done.Path)
			assert.EqualValues(t, len(billText), done.Size)
			assert.True(t, done.Response.Verified)
			assert.Positive(t, told)
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, billText, string(content))
			left, err := os.ReadDir(dir)
			require.NoError(t, err)
			assert.Len(t, left, 1, "nothing else is left")
			assert.Contains(t, w.last(t).URL.RawQuery, "%2B", "the URL is used as it is")
			assert.Contains(t, w.last(t).Header.Get("Authorization"), "WECHATPAY2-SHA256-RSA2048", "and signed")
		})
	}
}

// TestTarTypeIsFoundWhereverItStands: of a type of its own, as generated queries have it,
// or in the path.
func TestTarTypeIsFoundWhereverItStands(t *testing.T) {
	t.Parallel()
	type tarType string
	c, _ := billClient(t, billText, nil)
	for _, tc := range []struct {
		name, path string
		query      wechatpay.M
	}{
		{"in the query", "v3/bill/tradebill", wechatpay.M{"bill_date": yesterday(), "tar_type": tarType("GZIP")}},
		{"in the path", "v3/bill/tradebill?tar_type=GZIP&bill_date=" + yesterday(), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			done, err := c.Chain(tc.path).Download(t.Context(), filepath.Join(t.TempDir(), "b"), &wechatpay.DownloadOptions{Query: tc.query})
			require.NoError(t, err)
			assert.EqualValues(t, len(billText), done.Size)
		})
	}
}

func TestABrokenDownloadNeverLooksLikeABill(t *testing.T) {
	c, w := billClient(t, billText, func(cfg *wechatpay.Config) {
		cfg.Retry = middleware.RetryConfig{Attempts: 2, Wait: time.Millisecond}
	})
	dir := t.TempDir()
	path := filepath.Join(dir, "bill.csv")
	for _, tc := range []struct {
		name  string
		fault string
		is    error
		tries int // applications and downloads
	}{
		{"wrong hash", "bill-wrong-hash", media.ErrChecksum, 4},
		{"cut off", "bill-cut", io.ErrUnexpectedEOF, 4},
		{"a refusal", "bill-error", nil, 4},
		{"foreign host", "bill-foreign", wechatpay.ErrInvalid, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, query := range []wechatpay.M{billQuery(false), billQuery(true)} {
				before := w.count()
				_, err := c.Chain("v3/bill/tradebill").Download(t.Context(), path, &wechatpay.DownloadOptions{
					Query: query, Header: http.Header{sandbox.FaultHeader: {tc.fault}},
				})
				require.Error(t, err, tc.name)
				if tc.is != nil {
					require.ErrorIs(t, err, tc.is, tc.name)
				} else {
					var api *wechatpay.APIError
					require.ErrorAs(t, err, &api, tc.name)
				}
				assert.NotContains(t, err.Error(), "token=")
				assert.Equal(t, tc.tries, w.count()-before, "%s: the whole is repeated", tc.name)
				left, err := os.ReadDir(dir)
				require.NoError(t, err)
				assert.Empty(t, left, tc.name)
			}
		})
	}
	for _, request := range w.sent {
		assert.NotContains(t, request.URL.Host, "example.com", "a foreign host sees nothing at all")
	}
}

func TestADownloadThatFailedIsRepeatedWhole(t *testing.T) {
	t.Parallel()
	c, _ := billClient(t, billText, func(cfg *wechatpay.Config) { cfg.Retry = middleware.RetryConfig{Wait: time.Millisecond} })
	for _, tc := range []struct{ name, fault string }{
		{"a wrong hash", "bill-wrong-hash"},
		{"cut off", "bill-cut"},
		{"an error in its place", "bill-error"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var applied atomic.Int32
			once := func(next http.RoundTripper) http.RoundTripper { // spoils the first application
				return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
					if strings.HasSuffix(r.URL.Path, "/tradebill") && applied.Add(1) == 1 {
						r = r.Clone(r.Context())
						r.Header.Set(sandbox.FaultHeader, tc.fault)
					}
					return next.RoundTrip(r)
				})
			}
			path := filepath.Join(t.TempDir(), "bill.csv")
			done, err := c.Chain("v3/bill/tradebill").Download(t.Context(), path, &wechatpay.DownloadOptions{
				Query: billQuery(true), Stack: func(s *middleware.Stack) error { return s.Push("spoil", once) },
			})
			require.NoError(t, err)
			assert.EqualValues(t, len(billText), done.Size)
			assert.EqualValues(t, 2, applied.Load(), "the URL is applied for once more")
		})
	}
}

func TestDownloadRefuses(t *testing.T) {
	t.Parallel()
	c, w := billClient(t, billText, nil)
	path := filepath.Join(t.TempDir(), "bill.csv")
	for _, tc := range []struct {
		name string
		want string
		path string
		opts *wechatpay.DownloadOptions
	}{
		{"no file", "the path of the file is empty", "", nil},
		{"another algorithm", "the algorithm of the Query is not supported", path, &wechatpay.DownloadOptions{Query: wechatpay.M{"algorithm": "SM4_GCM"}}},
		{"a query of a function", `"bill_date" is a func`, path, &wechatpay.DownloadOptions{Query: wechatpay.M{"bill_date": func() {}}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := c.Chain("v3/bill/tradebill").Download(t.Context(), tc.path, tc.opts)
			require.ErrorIs(t, err, wechatpay.ErrInvalid)
			require.ErrorContains(t, err, tc.want)
		})
	}
	_, err := wechatpay.Chain{}.Download(t.Context(), path, nil)
	require.ErrorContains(t, err, "zero Chain")
	assert.Zero(t, w.count())
}

func TestDownloadOfOddReplies(t *testing.T) {
	t.Parallel()
	c, w := billClient(t, billText, nil)
	path := filepath.Join(t.TempDir(), "bill.csv")
	today := time.Now().In(time.FixedZone("CST", 8*60*60)).Format(time.DateOnly) // in China
	_, err := c.Chain("v3/bill/tradebill").Download(t.Context(), path, &wechatpay.DownloadOptions{Query: wechatpay.M{"bill_date": today}})
	var api *wechatpay.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, "NO_STATEMENT_EXIST", api.Code)

	for _, tc := range []struct {
		name string
		want string
		body string
	}{
		{"no kind of hash", "no download_url or url with a hash_type", `{"download_url":"https://api.mch.weixin.qq.com/x"}`},
		{"an unknown hash", `unsupported hash algorithm "SM3"`, `{"download_url":"https://api.mch.weixin.qq.com/x","hash_type":"SM3","hash_value":"00"}`},
		{"no parts", "download_bill_list is empty", `{"download_bill_list":[]}`},
		{"an empty part", "lacks its download_url, encrypt_key", `{"download_bill_list":[{}]}`},
		{"a part without a kind of hash", `unsupported hash algorithm ""`, `{"download_bill_list":[{"download_url":"u","encrypt_key":"k","nonce":"n"}]}`},
		{"two parts of one number", "two parts of bill_sequence 1", `{"download_bill_list":[{"bill_sequence":1,"download_url":"u","encrypt_key":"k","nonce":"n","hash_type":"SHA1"},{"bill_sequence":1,"download_url":"u","encrypt_key":"k","nonce":"n","hash_type":"SHA1"}]}`},
		{"a part too few", "download_bill_count is 2", `{"download_bill_count":2,"download_bill_list":[{"bill_sequence":2,"download_url":"u","encrypt_key":"k","nonce":"n","hash_type":"SHA1"}]}`},
		{"a gap between the parts", "no part between bill_sequence 1 and 3", `{"download_bill_list":[{"bill_sequence":1,"download_url":"u","encrypt_key":"k","nonce":"n","hash_type":"SHA1"},{"bill_sequence":3,"download_url":"u","encrypt_key":"k","nonce":"n","hash_type":"SHA1"}]}`},
		{"a key that is not base64", "encrypt_key is not base64", `{"download_bill_list":[{"download_url":"u","encrypt_key":"%","nonce":"n","hash_type":"SHA1"}]}`},
		{"a key that cannot be opened", "encrypt_key: crypto/rsa: decryption err", `{"download_bill_list":[{"download_url":"u","encrypt_key":"AAAA","nonce":"n","hash_type":"SHA1"}]}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			gateway().Handle("GET", "/v3/odd-bill", func(*sandbox.Request) *sandbox.Reply {
				return sandbox.JSON(200, gjson.Parse(tc.body).Value())
			})
			before := w.count()
			_, err := c.Chain("v3/odd-bill").Download(t.Context(), path, nil)
			require.ErrorContains(t, err, tc.want)
			assert.Equal(t, 1, w.count()-before, tc.want)
			assert.NoFileExists(t, path)
		})
	}
	_, err = c.Chain("v3/bill/tradebill").Download(t.Context(), filepath.Join(path, "below", "bill.csv"), &wechatpay.DownloadOptions{Query: billQuery(false)})
	require.ErrorIs(t, err, os.ErrNotExist)
}

// TestAStalledDownloadEnds: what ends a download is silence, not its length.
func TestAStalledDownloadEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := func(bytes int, pause time.Duration) io.ReadCloser {
			return &drip{bytes: bytes, pause: pause, ctx: t.Context()}
		}
		var body io.ReadCloser
		c := answering(t, func(cfg *wechatpay.Config) {
			cfg.Timeout = 10 * time.Second
			cfg.Stack = func(s *middleware.Stack) error { return s.Remove("verify") }
		}, func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/tradebill") {
				return reply(200, `{"download_url":"https://api.mch.weixin.qq.com/v3/billdownload/file","hash_type":"SHA1","hash_value":"0e851fbf3fabc2b2a5dc302628e6bf4a7996656a"}`), nil
			}
			body.(*drip).ctx = r.Context()
			return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: -1, Body: body, Request: r}, nil
		})
		path := filepath.Join(t.TempDir(), "bill")
		body = slow(20, 9*time.Second)
		anyRate := &wechatpay.DownloadOptions{MinRate: -1}
		_, err := c.Chain("v3/bill/tradebill").Download(t.Context(), path, anyRate)
		require.NoError(t, err, "three minutes, though each call has ten seconds")
		body = slow(20, 11*time.Second)
		_, err = c.Chain("v3/bill/tradebill").Download(t.Context(), path, anyRate)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "no data received for 10s")
	})
}

// A drip gives one carriage return at a time.
type drip struct {
	bytes int
	pause time.Duration
	ctx   context.Context
}

func (d *drip) Read(p []byte) (int, error) {
	if d.bytes == 0 {
		return 0, io.EOF
	}
	d.bytes--
	select {
	case <-time.After(d.pause):
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
	p[0] = '\r'
	return 1, nil
}

func (d *drip) Close() error { return nil }

func TestPartsWithAnotherDigestAreRefused(t *testing.T) {
	t.Parallel()
	c, _ := billClient(t, billText, nil)
	for _, tc := range []struct {
		name string
		gzip bool
	}{
		{"plain", false},
		{"gzip", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "b")
			_, err := c.Chain("v3/bill/sub-merchant-fundflowbill").Download(t.Context(), path, &wechatpay.DownloadOptions{
				Query: billQuery(tc.gzip), Header: http.Header{sandbox.FaultHeader: {"bill-wrong-hash"}},
			})
			require.ErrorIs(t, err, media.ErrChecksum)
			assert.NoFileExists(t, path)
		})
	}
}

func TestPartsWithAnotherKeyAreRefused(t *testing.T) {
	t.Parallel()
	c, _ := billClient(t, billText, nil)
	change := func(next http.RoundTripper) http.RoundTripper { // exchanges the keys of the parts
		return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err != nil || !strings.HasSuffix(r.URL.Path, "fundflowbill") {
				return resp, err
			}
			data, err := middleware.ReadReply(resp, 0)
			if err != nil {
				return nil, err
			}
			first, second := gjson.GetBytes(data, "download_bill_list.0.encrypt_key").Raw, gjson.GetBytes(data, "download_bill_list.1.encrypt_key").Raw
			swapped := strings.NewReplacer(first, second, second, first).Replace(string(data))
			resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(swapped)), int64(len(swapped))
			return resp, nil
		})
	}
	_, err := c.Chain("v3/bill/sub-merchant-fundflowbill").Download(t.Context(), filepath.Join(t.TempDir(), "b"), &wechatpay.DownloadOptions{
		Query: billQuery(true), Stack: func(s *middleware.Stack) error { return s.Unshift("swap", change) },
	})
	require.ErrorIs(t, err, cipher.ErrDecrypt)
}
