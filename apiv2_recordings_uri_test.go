package wechatpay_test

import (
	"bytes"
	"encoding/hex"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// otherURIs are the recordings of spellings and base URLs that we send to another URL than the PHP
// SDK, or refuse, with the reason.
var otherURIs = map[string]struct{ url, refused string }{
	// PHP sends these to v3, or to no endpoint.
	"driver->request('POST', '/v2/pay/unifiedorder')": {url: "https://api.mch.weixin.qq.com/pay/unifiedorder"},
	"driver->request('POST', 'v2')":                   {refused: "the path is not one of APIv2"},
	"driver->request('POST', 'v2/')":                  {refused: "the path after v2/ is missing"},
	// PHP escapes what cannot stand in a path; it may have been a value with another meaning.
	"driver->request('POST', 'v2/pay/a b中')": {refused: "percent-encode it"},
	// PHP lowers the capitals of a path that has some.
	"v2->secapi->mch->addInstitutionsub (written in camel case: the capital becomes a hyphen)": {url: "https://api.mch.weixin.qq.com/secapi/mch/addInstitutionsub"},
	"chain v2/secapi/mch/addInstitutionsub":                                                    {url: "https://api.mch.weixin.qq.com/secapi/mch/addInstitutionsub"},
	// PHP drops a prefix without a slash at its end.
	"client option http://127.0.0.1:18096/base": {url: "http://127.0.0.1:18096/base/pay/unifiedorder"},
	// A call may not send what the client signs to a foreign host.
	"request option http://127.0.0.1:18096/base": {refused: "is not trusted"},
}

// TestRecordedURIs: every spelling of a path, and every base URL, leads where it leads in the PHP SDK,
// with the same body, but for a few.
func TestRecordedURIs(t *testing.T) {
	t.Parallel()
	counts := map[string]int{}
	for _, r := range vectors.LoadV2(t) {
		if r.Group != "uri" && r.Group != "base_uri" {
			continue
		}
		t.Run(r.Name, func(t *testing.T) {
			sent := map[string]sentV2{}
			opts := &wechatpay.Options{XML: wechatpay.M{
				"appid": "wx8888888888888888", "mch_id": "1900000109", "nonce_str": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
			}, V2: wechatpay.V2{Digest: signer.MD5, Nonce: wechatpay.Ptr(true), MutualTLS: wechatpay.Ptr(false)}}
			chain := recordedChain(&r, opts, func(base string) *wechatpay.Client {
				return v2Answering(t, sent, success, func(cfg *wechatpay.Config) { cfg.BaseURL = base })
			})
			_, err := chain.Post(t.Context(), opts)
			other, differs := otherURIs[r.Name]
			if other.refused != "" {
				require.ErrorIs(t, err, wechatpay.ErrInvalid)
				require.ErrorContains(t, err, other.refused)
				assert.Empty(t, sent)
				counts["refused"]++
				return
			}
			require.NoError(t, err)
			want := r.OriginalURI
			if differs {
				want = other.url
				counts["mended"]++
			} else {
				counts["reproduced"]++
			}
			for _, request := range sent {
				assert.Equal(t, want, request.url.String())
				params, err := request.body.Params()
				require.NoError(t, err)
				if r.Sent != nil {
					assert.ElementsMatch(t, sentParams(t, "", r.Sent.Body), params)
				}
			}
			assert.Len(t, sent, 1)
		})
	}
	assert.Equal(t, map[string]int{"reproduced": 17, "mended": 4, "refused": 4}, counts)
}

// recordedChain returns the chain of a recorded spelling, and sets what its call needs.
func recordedChain(r *vectors.V2Recording, opts *wechatpay.Options, client func(base string) *wechatpay.Client) wechatpay.Chain {
	kind, base, _ := strings.Cut(r.Name, " option ")
	switch path := strings.TrimPrefix(r.Path, "/"); {
	case kind == "client":
		return client(base).Chain("v2/" + path)
	case kind == "request":
		opts.BaseURL = base
		return client("").Chain("v2/" + path)
	case path != "":
		if strings.Contains(path, "{x}") {
			opts.Vars = wechatpay.M{"x": "中/"}
		}
		return client("").Chain(r.Path)
	case strings.HasPrefix(r.Name, "chain "):
		return client("").Chain(strings.TrimPrefix(r.Name, "chain "))
	}
	properties := regexp.MustCompile(`^[\w\->{}']+`).FindString(r.Name)
	return client("").At(strings.Split(strings.NewReplacer("{'", "", "'}", "").Replace(properties), "->")...)
}

// TestRecordedSecrets: a key that is not one of the merchant console is refused by New, and one of
// any length signs as in the PHP SDK.
func TestRecordedSecrets(t *testing.T) {
	t.Parallel()
	counts := map[string]int{}
	for _, r := range vectors.LoadV2(t) {
		if r.Group != "secret" {
			continue
		}
		t.Run(r.Name, func(t *testing.T) {
			key, _ := r.Config["secret"].(string)
			_, err := wechatpay.New(wechatpay.Config{MchID: "1900000109", APIv2Key: cipher.NewSecret(key)})
			require.Error(t, err)
			if key != "" {
				require.ErrorContains(t, err, "Config.APIv2Key: has")
			}
			if r.ServerView != "ok" { // PHP signs without the key
				counts["refused"]++
				return
			}
			params := sentParams(t, "", r.Sent.Body)
			sign := paramOf(params, "sign")
			require.NoError(t, signer.VerifyDigest(params, sign, key))
			assert.Equal(t, r.SignedString, signer.DigestMessage(params))
			counts["refused, and signed alike"]++
		})
	}
	assert.Equal(t, map[string]int{"refused": 3, "refused, and signed alike": 5}, counts)
}

// TestRecordedDigests: the digests of single messages, and workwx_sign.
func TestRecordedDigests(t *testing.T) {
	t.Parallel()
	rows := 0
	for _, r := range vectors.LoadV2(t) {
		if r.Group != "hash" {
			continue
		}
		rows++
		t.Run(r.Name, func(t *testing.T) {
			message := []signer.Param{{Name: "a", Value: "1"}}
			switch r.Name {
			case "md5 with key":
				assert.Equal(t, strings.ToUpper(r.Digest), signer.MD5.Sign(message, "k"))
			case "md5 agency (&secret=)":
				assert.Equal(t, strings.ToUpper(r.Digest), apiv2.WorkWXSign(message, []string{"a"}, "agentsecret"))
			case "md5 without key", "hmac sha256 empty key":
				_, err := wechatpay.New(wechatpay.Config{MchID: "1900000109"})
				require.Error(t, err, "no client signs without a key")
			default:
				fields := r.Data.(map[string]any)
				facts, _ := endpoint.LookupV2(http.MethodPost, "mmpaymkttransfers/sendworkwxredpack")
				assert.Len(t, fields, len(facts.WorkWX))
				params := make([]signer.Param, 0, len(fields))
				for name, value := range fields {
					params = append(params, signer.Param{Name: name, Value: value.(string)})
				}
				assert.Equal(t, r.Digest, apiv2.WorkWXSign(params, facts.WorkWX, r.Secret))
			}
		})
	}
	assert.Equal(t, 5, rows)
}

// TestRecordedDocuments: XML that the PHP SDK writes has the values that we read, and that we write.
func TestRecordedDocuments(t *testing.T) {
	t.Parallel()
	rows := 0
	for _, r := range vectors.LoadV2(t) {
		if r.Group != "toxml" {
			continue
		}
		rows++
		t.Run(r.Name, func(t *testing.T) {
			message, err := apiv2.Parse([]byte(r.XML))
			require.NoError(t, err)
			want := `{"a":"1","b":"<"}`
			switch r.Name {
			case "with declaration":
				want = `{"a":"1"}`
			case "indented":
				want = `{"a":"1","b":{"c":"2"}}` // of a reply; a request has none
			case "empty":
				want = `{}`
			}
			assert.JSONEq(t, want, string(message.JSON()))
			if params, err := message.Params(); err == nil {
				ours, err := apiv2.Parse(apiv2.XML(params))
				require.NoError(t, err)
				assert.JSONEq(t, want, string(ours.JSON()))
			}
		})
	}
	assert.Equal(t, 4, rows)
}

// TestRecordedUploads: those that sign as the sample of the documentation are reproduced. It
// sorts its fields, whatever the recordings call it: mch_id is less than media_hash.
func TestRecordedUploads(t *testing.T) {
	t.Parallel()
	counts := map[string]int{}
	for _, r := range vectors.LoadV2(t) {
		if r.Group != "upload" {
			continue
		}
		t.Run(r.Name, func(t *testing.T) {
			data, err := hex.DecodeString(r.Sent.BodyHex)
			require.NoError(t, err)
			form, err := multipart.NewReader(bytes.NewReader(data), "RIGBOUNDARY").ReadForm(1 << 20)
			require.NoError(t, err)
			facts, _ := endpoint.LookupV2(http.MethodPost, "secapi/mch/uploadmedia")
			call := apiv2.Call{Facts: facts}
			body := `{"media_hash":"` + form.Value["media_hash"][0] + `","sign_type":"` + form.Value["sign_type"][0] + `"}`
			require.NoError(t, call.SetBody([]byte(body), apiv2.Caller{MchID: "1900000109"}))
			fields := call.SignedForm(vectors.V2APIKey)
			sign := fields[len(fields)-1].Value
			if !strings.Contains(r.Name, "as the documentation sample signs it") {
				assert.NotEqual(t, form.Value["sign"][0], sign)
				counts["mended"]++
				return
			}
			assert.Equal(t, form.Value["sign"][0], sign)
			for _, field := range fields {
				assert.Equal(t, []string{field.Value}, form.Value[field.Name])
			}
			counts["reproduced"]++
		})
	}
	assert.Equal(t, map[string]int{"reproduced": 4, "mended": 4}, counts)
}

// TestRecordedBankCard: what the PHP SDK encrypts for pay_bank has the padding of ours.
func TestRecordedBankCard(t *testing.T) {
	t.Parallel()
	for _, r := range vectors.LoadV2(t) {
		if r.Group != "bank" {
			continue
		}
		key, err := keys.LoadPrivateKey(keys.Text(r.PrivateKey))
		require.NoError(t, err)
		decrypter, err := cipher.NewDecrypter(key)
		require.NoError(t, err)
		plain, err := cipher.Decrypt(t.Context(), decrypter, r.Ciphertext)
		require.NoError(t, err)
		assert.Equal(t, r.Plaintext, plain)
		public, err := keys.LoadPublicKey(keys.Text(r.PublicKey))
		require.NoError(t, err)
		assert.True(t, key.PublicKey.Equal(public), "PKCS#1 in PEM, as risk/getpublickey answers it")
	}
}

// TestRecordedGroups names the test of each group.
func TestRecordedGroups(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"every": "TestRecordedRequests", "every-capital": "TestRecordedRequests", "value": "TestRecordedRequests", "key": "TestRecordedRequests",
		"sign_type": "TestRecordedRequests", "option": "TestRecordedRequests", "method": "TestRecordedRequests", "mchid": "TestRecordedRequests",
		"uri": "TestRecordedURIs", "base_uri": "TestRecordedURIs", "secret": "TestRecordedSecrets",
		"reply": "TestRecordedReplies", "reply-path": "TestRecordedRepliesByPath", "hash": "TestRecordedDigests", "toxml": "TestRecordedDocuments",
		"upload": "TestRecordedUploads", "bank": "TestRecordedBankCard",
		"notify": "notify: TestNotificationsMatchThePHPSDK", "pay-params": "paysign: TestPayParamsMatchThePHPSDK",
	}
	for _, r := range vectors.LoadV2(t) {
		if tests[r.Group] == "" {
			t.Errorf("no test runs the group %q", r.Group)
		}
	}
}
