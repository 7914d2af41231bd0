package wechatpay_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// sentV2 is what a client sent: the last request by path.
type sentV2 struct {
	url  *url.URL
	body apiv2.Message
}

// v2Answering is a client whose requests are kept, and answered by path.
func v2Answering(t *testing.T, sent map[string]sentV2, reply func(path string) []byte, change func(*wechatpay.Config)) *wechatpay.Client {
	t.Helper()
	return newV2Client(t, "", func(cfg *wechatpay.Config) {
		cfg.Stack = func(s *middleware.Stack) error {
			return s.Push("test", func(http.RoundTripper) http.RoundTripper {
				return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
					var message apiv2.Message
					if r.Body != nil {
						data, err := io.ReadAll(r.Body)
						if err != nil {
							return nil, err
						}
						if message, err = apiv2.Parse(data); err != nil {
							return nil, err
						}
					}
					sent[r.URL.Path] = sentV2{r.URL, message}
					return &http.Response{StatusCode: 200, Body: io.NopCloser(bytes.NewReader(reply(r.URL.Path))), Request: r, Header: http.Header{}}, nil
				})
			})
		}
		if change != nil {
			change(cfg)
		}
	})
}

func success(string) []byte { return v2Reply(signer.MD5, "return_code=SUCCESS", "result_code=SUCCESS") }

// TestV2Endpoint: what the library knows of an endpoint is sent without being asked for.
func TestV2Endpoint(t *testing.T) {
	t.Parallel()
	const secret = "agentsecret"
	sent := map[string]sentV2{}
	client := v2Answering(t, sent, success, func(cfg *wechatpay.Config) {
		cfg.AppID, cfg.WorkWXSecret = "wx8", cipher.NewSecret(secret)
	})
	for _, row := range []struct {
		name, path string
		xml        wechatpay.M
		host       string
		want       map[string]string // "" for absent
	}{
		{"the ids", "pay/unifiedorder", nil, "api.mch.weixin.qq.com", map[string]string{"mch_id": "1900000109", "appid": "wx8", "sign_type": ""}},
		{"an app id of the call", "pay/unifiedorder", wechatpay.M{"appid": "wx9"}, "api.mch.weixin.qq.com", map[string]string{"appid": "wx9"}},
		{"another name of the merchant id", "mmpaymkttransfers/promotion/transfers", nil, "api.mch.weixin.qq.com", map[string]string{"mchid": "1900000109", "mch_id": "", "mch_appid": "wx8"}},
		{"of combined orders", "pay/combinedorder", nil, "api.mch.weixin.qq.com", map[string]string{"combine_mch_id": "1900000109", "combine_appid": "wx8"}},
		{"the only digest", "pay/profitsharingquery", nil, "api.mch.weixin.qq.com", map[string]string{"sign_type": "HMAC-SHA256"}},
		{"the usual digest", "pay/micropay", nil, "api.mch.weixin.qq.com", map[string]string{"sign_type": "HMAC-SHA256"}},
		{"another digest than the usual", "pay/micropay", wechatpay.M{"sign_type": "MD5"}, "api.mch.weixin.qq.com", map[string]string{"sign_type": "MD5"}},
		{"no nonce", "papay/querycontract", nil, "api.mch.weixin.qq.com", map[string]string{"nonce_str": ""}},
		{"another host", "secsvc/realnameauth", nil, "fraud.mch.weixin.qq.com", nil},
		{"JSON in a text", "pay/unifiedorder", wechatpay.M{"detail": wechatpay.M{"goods_detail": []wechatpay.M{{"quantity": 1}}}}, "api.mch.weixin.qq.com",
			map[string]string{"detail": `{"goods_detail":[{"quantity":1}]}`}},
		{"a form in a text", "mmpaymkttransfers/sendredpack", wechatpay.M{"risk_info": wechatpay.M{"mobile": "+86 1", "deviceid": "中"}}, "api.mch.weixin.qq.com",
			map[string]string{"risk_info": "deviceid%3D%E4%B8%AD%26mobile%3D%2B86+1"}},
		{"the sign of WeChat Work", "mmpaymkttransfers/sendworkwxredpack", wechatpay.M{
			"act_name": "猜灯谜", "mch_billno": "1", "nonce_str": "n", "re_openid": "o", "total_amount": "1000", "wxappid": "wx8", "mch_id": "1900000109",
		}, "api.mch.weixin.qq.com", map[string]string{"workwx_sign": apiv2.WorkWXSign([]signer.Param{
			{Name: "act_name", Value: "猜灯谜"}, {Name: "mch_billno", Value: "1"}, {Name: "mch_id", Value: "1900000109"}, {Name: "nonce_str", Value: "n"},
			{Name: "re_openid", Value: "o"}, {Name: "total_amount", Value: "1000"}, {Name: "wxappid", Value: "wx8"},
		}, []string{"act_name", "mch_billno", "mch_id", "nonce_str", "re_openid", "total_amount", "wxappid"}, secret)}},
		{"an unknown path", "pay/new", wechatpay.M{"a": "b"}, "api.mch.weixin.qq.com", map[string]string{"mch_id": "1900000109", "a": "b", "appid": "", "sign_type": ""}},
	} {
		t.Run(row.name, func(t *testing.T) {
			opts := &wechatpay.Options{}
			if row.xml != nil {
				opts.XML = row.xml
			}
			_, err := client.Chain("v2/"+row.path).Post(t.Context(), opts)
			require.NoError(t, err)
			got := sent["/"+row.path]
			assert.Equal(t, row.host, got.url.Host)
			require.NoError(t, got.body.Verify(vectors.V2APIKey))
			for name, value := range row.want {
				assert.Equal(t, value, got.body.Get(name), name)
			}
		})
	}
	t.Run("a digest that the endpoint does not take", func(t *testing.T) {
		_, err := client.Chain("v2/pay/profitsharingquery").Post(t.Context(), &wechatpay.Options{XML: wechatpay.M{"sign_type": "MD5"}})
		require.ErrorIs(t, err, wechatpay.ErrInvalid)
		assert.ErrorContains(t, err, "HMAC-SHA256 only")
	})
	t.Run("a sign_type where none is known", func(t *testing.T) {
		_, err := client.Chain("v2/mmpaymkttransfers/sendredpack").Post(t.Context(), &wechatpay.Options{XML: wechatpay.M{"sign_type": "MD5"}})
		assert.ErrorContains(t, err, "not documented")
	})
	t.Run("WeChat Work without its secret", func(t *testing.T) {
		client := v2Answering(t, sent, success, nil)
		_, err := client.Chain("v2/mmpaymkttransfers/sendworkwxredpack").Post(t.Context(), nil)
		require.ErrorIs(t, err, middleware.ErrNotSent)
		assert.ErrorContains(t, err, "Config.WorkWXSecret")
	})
}

// TestV2UnsignedReplies: those that are known pass without a sign, and a wrong one is refused.
func TestV2UnsignedReplies(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, path string
		reply      []byte
		ok         bool
	}{
		{"a red packet", "mmpaymkttransfers/sendredpack", v2Reply("", "return_code=SUCCESS", "result_code=SUCCESS"), true},
		{"a bank card, which PHP refuses", "mmpaysptrans/query_bank", v2Reply("", "return_code=SUCCESS", "result_code=SUCCESS"), true},
		{"a sign that is wrong", "mmpaymkttransfers/sendredpack", v2Reply("", "return_code=SUCCESS", "result_code=SUCCESS", "sign=5D41402ABC4B2A76B9719D911017C592"), false},
		{"a failure", "mmpaymkttransfers/sendredpack", v2Reply("", "return_code=SUCCESS", "result_code=FAIL", "err_code=NOTENOUGH"), false},
		{"text", "mmpaymkttransfers/sendredpack", []byte("text"), false},
		{"not XML, where PHP lets it pass", "risk/getpublickey", []byte("text"), false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			client := v2Answering(t, map[string]sentV2{}, func(string) []byte { return row.reply }, nil)
			resp, err := client.Chain("v2/"+row.path).Post(t.Context(), nil)
			if !row.ok {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.False(t, resp.Verified)
		})
	}
}

// TestV2BankCards: their numbers and names are encrypted with a key that is fetched once.
func TestV2BankCards(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	text := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&key.PublicKey)}))
	fetched := 0
	sent := map[string]sentV2{}
	client := v2Answering(t, sent, func(path string) []byte {
		if path == "/risk/getpublickey" {
			fetched++
			return v2Reply("", "return_code=SUCCESS", "result_code=SUCCESS", "pub_key="+text)
		}
		return success(path)
	}, nil)
	decrypter, err := cipher.NewDecrypter(key)
	require.NoError(t, err)
	payment := wechatpay.M{"enc_bank_no": "6225", "enc_true_name": "王五", "amount": 100}
	chain := client.Chain("v2/mmpaysptrans/pay_bank")
	for range 2 {
		_, err = chain.Post(t.Context(), &wechatpay.Options{XML: payment, Encrypt: wechatpay.Auto()})
		require.NoError(t, err)
		for name, want := range map[string]string{"enc_bank_no": "6225", "enc_true_name": "王五"} {
			plain, err := cipher.Decrypt(t.Context(), decrypter, sent["/mmpaysptrans/pay_bank"].body.Get(name))
			require.NoError(t, err)
			assert.Equal(t, want, plain)
		}
	}
	assert.Equal(t, 1, fetched)
	assert.Equal(t, "6225", payment["enc_bank_no"], "the caller's value is not changed")
	delete(sent, "/mmpaysptrans/pay_bank")
	for _, row := range []struct {
		name, text string
		path       string
		opts       wechatpay.Options
	}{
		{"in the clear", "would leave in the clear", "mmpaysptrans/pay_bank", wechatpay.Options{XML: payment}},
		{"another field", `"amount" is not documented as encrypted`, "mmpaysptrans/pay_bank", wechatpay.Options{XML: payment, Encrypt: []string{"amount"}}},
		{"no such field", "no field of this endpoint", "pay/unifiedorder", wechatpay.Options{Encrypt: wechatpay.Auto()}},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := client.Chain("v2/"+row.path).Post(t.Context(), &row.opts)
			require.ErrorIs(t, err, wechatpay.ErrInvalid)
			require.ErrorContains(t, err, row.text)
			assert.Empty(t, sent["/mmpaysptrans/pay_bank"])
		})
	}
}

// TestV2BankCardsUnderAContext: a call that waits while another fetches the key ends with its context.
func TestV2BankCardsUnderAContext(t *testing.T) {
	t.Parallel()
	fetching, answer := make(chan bool), make(chan bool)
	client := v2Answering(t, map[string]sentV2{}, func(string) []byte {
		fetching <- true
		<-answer
		return nil
	}, func(cfg *wechatpay.Config) { cfg.Retry.Attempts = 1 })
	opts := &wechatpay.Options{XML: wechatpay.M{"enc_bank_no": "6225"}, Encrypt: wechatpay.Auto()}
	pay := func(ctx context.Context) chan error {
		done := make(chan error, 1)
		go func() {
			_, err := client.Chain("v2/mmpaysptrans/pay_bank").Post(ctx, opts)
			done <- err
		}()
		return done
	}
	first := pay(t.Context())
	<-fetching
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	select {
	case err := <-pay(ctx):
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.False(t, wechatpay.OutcomeUnknown(err))
	case <-time.After(5 * time.Second):
		t.Error("it waits beyond its context")
	}
	close(answer)
	require.ErrorContains(t, <-first, "fetching the key of bank cards")
}

// TestV2BrowserURL: it is signed and not called.
func TestV2BrowserURL(t *testing.T) {
	t.Parallel()
	sent := map[string]sentV2{}
	client := v2Answering(t, sent, success, nil)
	chain := client.Chain("v2/papay/entrustweb")
	address, err := chain.BrowserURL(t.Context(), &wechatpay.Options{Query: wechatpay.M{"appid": "wx8", "notify_url": "https://a.b/?c=中"}})
	require.NoError(t, err)
	u, err := url.Parse(address)
	require.NoError(t, err)
	assert.Equal(t, "https://api.weixin.qq.com/papay/entrustweb", u.Scheme+"://"+u.Host+u.Path)
	params := sentParams(t, address, "")
	require.NoError(t, signer.VerifyDigest(params, paramOf(params, "sign"), vectors.V2APIKey))
	assert.Equal(t, "1900000109", paramOf(params, "mch_id"))
	assert.Equal(t, "https://a.b/?c=中", paramOf(params, "notify_url"))
	address, err = chain.BrowserURL(t.Context(), &wechatpay.Options{Query: wechatpay.M{"plan_id": nil, "mch_id": nil, "version": (*string)(nil)}})
	require.NoError(t, err)
	params = sentParams(t, address, "")
	assert.Equal(t, "1900000109", paramOf(params, "mch_id"))
	assert.Equal(t, -1, apiv2.Index(params, "plan_id"))
	_, err = chain.Get(t.Context(), nil)
	require.ErrorContains(t, err, "Chain.BrowserURL")
	_, err = client.Chain("v2/papay/entrustweb").BrowserURL(t.Context(), &wechatpay.Options{Query: wechatpay.M{"mch_id": "1"}})
	require.ErrorIs(t, err, wechatpay.ErrInvalid)
	assert.Empty(t, sent)
}

// TestV2Capitals: all spellings reach a path with capitals, as PHP's do not.
func TestV2Capitals(t *testing.T) {
	t.Parallel()
	c := newV2Client(t, "", nil)
	for _, chain := range []wechatpay.Chain{
		c.Chain("v2/secapi/mch/addInstitutionsub"), c.At("v2/secapi/mch/addInstitutionsub"),
		c.At("v2", "secapi", "mch", "addInstitutionsub"), c.At("v2").At("secapi/mch", "addInstitutionsub"),
	} {
		assert.Equal(t, "v2/secapi/mch/addInstitutionsub", chain.String())
	}
	assert.Equal(t, "v2/cgi-bin/mch", c.At("v2", "cgiBin", "mch").String())
}

// TestV2Bills: text, gzip, and XML with an error in their place.
func TestV2Bills(t *testing.T) {
	t.Parallel()
	const bill = "\ufeff交易时间,公众账号ID\r\n`2026-11-24 10:00:00,`wx8\r\n总交易单数\r\n`1\r\n"
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	_, err := io.WriteString(zip, bill)
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	for _, row := range []struct {
		name  string
		xml   wechatpay.M
		reply []byte
		text  string // of the error
	}{
		{"text", wechatpay.M{"bill_date": "20261124"}, []byte(bill), ""},
		{"gzip", wechatpay.M{"bill_date": "20261124", "tar_type": "GZIP"}, zipped.Bytes(), ""},
		{"no bill", wechatpay.M{"bill_date": "20261124"}, v2Reply("", "return_code=FAIL", "return_msg=No Bill Exist", "error_code=20002"), "20002: No Bill Exist"},
		{"no gzip", wechatpay.M{"bill_date": "20261124", "tar_type": "GZIP"}, []byte(bill), "gzip"},
		{"nothing", wechatpay.M{"bill_date": "20261124"}, nil, "it is empty"},
		{"XML without a bill", wechatpay.M{"bill_date": "20261124"}, v2Reply("", "return_code=SUCCESS", "return_msg=OK"), "200 OK: XML without an error came in place of a file"},
		{"XML without anything", wechatpay.M{"bill_date": "20261124"}, []byte("<xml></xml>"), "200 OK: XML without an error came in place of a file"},
		{"the page of a gateway", wechatpay.M{"bill_date": "20261124"}, []byte("<!DOCTYPE html><html><body>login</body></html>"), "document type"},
		{"a query", nil, nil, "DownloadOptions.XML"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			client := v2Answering(t, map[string]sentV2{}, func(string) []byte { return row.reply }, nil)
			path := filepath.Join(t.TempDir(), "bill.csv")
			opts := &wechatpay.DownloadOptions{XML: row.xml}
			if row.xml == nil {
				opts = &wechatpay.DownloadOptions{Query: wechatpay.M{"bill_date": "20261124"}}
			}
			done, err := client.Chain("v2/pay/downloadbill").Download(t.Context(), path, opts)
			if row.text != "" {
				require.ErrorContains(t, err, row.text)
				require.ErrorContains(t, err, "POST v2/pay/downloadbill", "the method that was sent, or would have been")
				assert.NoFileExists(t, path)
				return
			}
			require.NoError(t, err)
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, bill, string(data))
			assert.EqualValues(t, len(bill), done.Size)
		})
	}
	t.Run("comments of payers", func(t *testing.T) {
		t.Parallel()
		reply := []byte("100\r\n`2026-11-24 10:00:00,`4200000000,`5,`赞\r\n")
		client := v2Answering(t, map[string]sentV2{}, func(string) []byte { return reply }, nil)
		path := filepath.Join(t.TempDir(), "comments.txt")
		comments := client.Chain("v2/billcommentsp/batchquerycomment")
		_, err := comments.Download(t.Context(), path, &wechatpay.DownloadOptions{XML: wechatpay.M{"offset": 0}})
		require.NoError(t, err)
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, reply, data)
		reply = v2Reply("", "return_code=SUCCESS", "result_code=FAIL", "err_code=NO_COMMENT")
		_, err = comments.Post(t.Context(), &wechatpay.Options{XML: wechatpay.M{"offset": 0}})
		require.ErrorContains(t, err, "NO_COMMENT")
	})
	t.Run("a reply that is not a file", func(t *testing.T) {
		t.Parallel()
		sent := map[string]sentV2{}
		path := filepath.Join(t.TempDir(), "order.xml")
		_, err := v2Answering(t, sent, success, nil).Chain("v2/pay/orderquery").Download(t.Context(), path, nil)
		require.ErrorIs(t, err, wechatpay.ErrInvalid)
		require.ErrorContains(t, err, "Download: the endpoint answers no file; use Chain.Post")
		assert.Empty(t, sent)
		assert.NoFileExists(t, path)
	})
	t.Run("buffered", func(t *testing.T) {
		t.Parallel()
		client := v2Answering(t, map[string]sentV2{}, func(string) []byte { return []byte(bill) }, nil)
		resp, err := client.Chain("v2/pay/downloadbill").Post(t.Context(), &wechatpay.Options{XML: wechatpay.M{"bill_date": "20261124"}})
		require.NoError(t, err)
		assert.Equal(t, bill, string(resp.Bytes()))
	})
}

// TestV2Sink: it receives a reply that tells success, and nothing of any other.
func TestV2Sink(t *testing.T) {
	t.Parallel()
	token := []byte(`{"retcode":0,"access_token":"a"}`)
	for _, row := range []struct {
		name, method, path string
		reply, want        []byte
	}{
		{"XML", "POST", "v2/pay/orderquery", success(""), success("")},
		{"a refusal", "POST", "v2/pay/orderquery", v2Reply(signer.MD5, "return_code=SUCCESS", "result_code=FAIL", "err_code=ORDERNOTEXIST"), nil},
		{"a bill", "POST", "v2/pay/downloadbill", []byte("a,b"), []byte("a,b")},
		{"JSON", "GET", "v2/appauth/getaccesstoken", token, token},
		{"JSON with an error", "GET", "v2/appauth/getaccesstoken", []byte(`{"retcode":1,"retmsg":"no"}`), nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			client := v2Answering(t, map[string]sentV2{}, func(string) []byte { return row.reply }, nil)
			var sink bytes.Buffer
			resp, err := client.Chain(row.path).Do(t.Context(), row.method, &wechatpay.Options{Sink: &sink})
			assert.Equal(t, row.want, sink.Bytes())
			if row.want == nil {
				var api *wechatpay.APIError
				require.ErrorAs(t, err, &api)
				return
			}
			require.NoError(t, err)
			assert.Empty(t, resp.Bytes())
		})
	}
}

// TestV2NextStep: an unknown outcome names the query, also that of a reply which is lost.
func TestV2NextStep(t *testing.T) {
	t.Parallel()
	down := v2Reply(signer.MD5, "return_code=SUCCESS", "result_code=FAIL", "err_code=SYSTEMERROR")
	refused := v2Reply(signer.MD5, "return_code=SUCCESS", "result_code=FAIL", "err_code=NOTENOUGH")
	for _, row := range []struct {
		name, path string
		replies    [][]byte // nil for one that is lost
		ask        string   // "" if the outcome is known
	}{
		{"a payment code", "pay/micropay", [][]byte{down}, "v2/pay/orderquery"},
		{"a refund", "secapi/pay/refund", [][]byte{down}, "v2/pay/refundquery"},
		{"a red packet", "mmpaymkttransfers/sendredpack", [][]byte{down}, "v2/mmpaymkttransfers/gethbinfo"},
		{"a wrong key", "pay/micropay", [][]byte{v2Reply("", "return_code=FAIL", "return_msg=签名错误")}, "v2/pay/orderquery; check that Config.APIv2Key"},
		{"a reply is lost", "pay/micropay", [][]byte{nil}, "v2/pay/orderquery"},
		{"a reply is not verified", "pay/micropay", [][]byte{[]byte("<html>")}, "v2/pay/orderquery"},
		{"a reply is lost, then a refusal", "secapi/pay/refund", [][]byte{nil, refused}, "v2/pay/refundquery"},
		{"a refusal", "pay/micropay", [][]byte{refused}, ""},
		{"a query", "pay/orderquery", [][]byte{down}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			client := newV2Client(t, "", func(cfg *wechatpay.Config) {
				cfg.Retry.Wait, cfg.Certificate = 1, tls.Certificate{}
				cfg.Transport = middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
					reply := row.replies[0]
					row.replies = row.replies[1:]
					if reply == nil {
						return nil, io.ErrUnexpectedEOF
					}
					return &http.Response{StatusCode: 200, Body: io.NopCloser(bytes.NewReader(reply)), Request: r, Header: http.Header{}}, nil
				})
			})
			_, err := client.Chain("v2/"+row.path).Post(t.Context(), &wechatpay.Options{V2: wechatpay.V2{MutualTLS: wechatpay.Ptr(false)}})
			assert.Equal(t, row.ask != "", wechatpay.OutcomeUnknown(err), "%v", err)
			if row.ask != "" {
				assert.ErrorContains(t, err, "whether it took effect tells "+row.ask)
				return
			}
			assert.NotContains(t, err.Error(), "whether it took effect")
		})
	}
}

// TestV2Upload: a form, whose digest, merchant id and sign_type are signed.
func TestV2Upload(t *testing.T) {
	t.Parallel()
	server := newV2Server(t)
	server.reply = success("")
	client := newV2Client(t, server.URL, nil)
	_, err := client.Chain("v2/secapi/mch/uploadmedia").Post(t.Context(), &wechatpay.Options{
		Body: media.Bytes("image.jpg", []byte("\x89PNG\r\n\x1a\n....")),
	})
	require.NoError(t, err)
	_, boundary, _ := strings.Cut(server.request.Header.Get("Content-Type"), "boundary=")
	form, err := multipart.NewReader(strings.NewReader(server.body), boundary).ReadForm(1 << 20)
	require.NoError(t, err)
	assert.Equal(t, "image.jpg", form.File["media"][0].Filename)
	assert.Equal(t, []string{fmt.Sprintf("%x", md5.Sum([]byte("\x89PNG\r\n\x1a\n....")))}, form.Value["media_hash"])
	params := []signer.Param{{Name: "mch_id", Value: "1900000109"}, {Name: "media_hash", Value: form.Value["media_hash"][0]}}
	require.NoError(t, signer.VerifyDigest(params, form.Value["sign"][0], vectors.V2APIKey))
	for name, opts := range map[string]*wechatpay.Options{
		"Options.Body is missing": nil, "Options.Body: the endpoint takes no upload": {Body: media.Bytes("a.png", []byte("x"))},
	} {
		path := "v2/secapi/mch/uploadmedia"
		if opts != nil {
			path = "v2/pay/unifiedorder"
		}
		_, err := client.Chain(path).Post(t.Context(), opts)
		require.ErrorContains(t, err, name)
	}
}
