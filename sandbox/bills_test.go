package sandbox_test

import (
	"compress/gzip"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestABillOfThePaidOrders(t *testing.T) {
	offset := time.Duration(0)
	g := newGateway(t, sandbox.Config{Clock: func() time.Time { return time.Now().Add(offset) }})
	m := newMerchant(t, g)
	resp, _ := m.call("POST", "/v3/pay/transactions/jsapi-with-contract", prepayBody("N1", nil))
	require.Equal(t, 200, resp.StatusCode)
	id, err := g.Pay("N1")
	require.NoError(t, err)

	date := time.Now().AddDate(0, 0, -2).Format(time.DateOnly)
	for query, unpack := range map[string]func(string) string{
		"":               func(s string) string { return s },
		"&tar_type=GZIP": gunzipped(t),
	} {
		resp, body := m.call("GET", "/v3/bill/tradebill?bill_date="+date+query, "")
		require.Equal(t, 200, resp.StatusCode, body)
		assert.NotEmpty(t, resp.Header.Get(signer.HeaderSignature))
		url := gjson.Get(body, "download_url").Str
		resp, file := m.call("GET", strings.TrimPrefix(url, m.url), "")
		require.Equal(t, 200, resp.StatusCode)
		assert.Empty(t, resp.Header.Get(signer.HeaderSignature), "the file is not signed")
		file = unpack(file)
		sum := sha1.Sum([]byte(file))
		assert.Equal(t, hex.EncodeToString(sum[:]), gjson.Get(body, "hash_value").Str, "of what is in it")
		assert.True(t, strings.HasPrefix(file, "\ufeff交易时间,"))
		assert.Contains(t, file, "`"+id+",`N1,`")
		assert.True(t, strings.HasSuffix(file, "总交易单数,应结订单总额\r\n`1,`1.00\r\n"), file)

		resp, _ = m.call("GET", strings.Replace(strings.TrimPrefix(url, m.url), "%2B", "%252B", 1), "")
		assert.Equal(t, 400, resp.StatusCode, "a URL that was encoded again")
		offset = 6 * time.Minute
		m.timestamp = fmtUnix(time.Now().Add(offset))
		resp, _ = m.call("GET", strings.TrimPrefix(url, m.url), "")
		assert.Equal(t, 400, resp.StatusCode, "and one that has expired")
		offset = 0
		m.timestamp = fmtUnix(time.Now())
	}
	for query, code := range map[string]string{
		"":                      "PARAM_ERROR",
		"?bill_date=20261123":   "PARAM_ERROR",
		"?bill_date=2001-01-01": "NO_STATEMENT_EXIST",
		"?bill_date=" + time.Now().AddDate(0, 0, 1).Format(time.DateOnly): "NO_STATEMENT_EXIST",
	} {
		for _, path := range []string{"/v3/bill/tradebill", "/v3/bill/sub-merchant-fundflowbill"} {
			resp, body := m.call("GET", path+query, "")
			assert.Equal(t, 400, resp.StatusCode)
			assert.Equal(t, code, gjson.Get(body, "code").Str, query)
		}
	}
}

func gunzipped(t *testing.T) func(string) string {
	t.Helper()
	return func(s string) string {
		zip, err := gzip.NewReader(strings.NewReader(s))
		require.NoError(t, err)
		data, err := io.ReadAll(zip)
		require.NoError(t, err)
		return string(data)
	}
}

func TestABillInEncryptedParts(t *testing.T) {
	g := newGateway(t, sandbox.Config{})
	g.PutBill("/v3/bill/sub-merchant-fundflowbill", func(w io.Writer) error { _, err := io.WriteString(w, "0123456789"); return err })
	m := newMerchant(t, g)
	_, body := m.call("GET", "/v3/bill/sub-merchant-fundflowbill?bill_date="+time.Now().AddDate(0, 0, -2).Format(time.DateOnly), "")
	decrypter, err := cipher.NewDecrypter(g.Credentials().PrivateKey)
	require.NoError(t, err)
	parts := gjson.Get(body, "download_bill_list").Array()
	require.Len(t, parts, 2)
	whole := make([]string, 2)
	for _, p := range parts {
		_, file := m.call("GET", strings.TrimPrefix(p.Get("download_url").Str, m.url), "")
		wrapped, err := base64.StdEncoding.DecodeString(p.Get("encrypt_key").Str)
		require.NoError(t, err)
		key, err := decrypter.DecryptOAEP(t.Context(), wrapped)
		require.NoError(t, err)
		decrypted, err := cipher.DecryptBytes(cipher.NewSecret(string(key)), p.Get("nonce").Str, []byte(file))
		require.NoError(t, err)
		whole[p.Get("bill_sequence").Int()-1] = string(decrypted)
	}
	assert.Equal(t, "0123456789", strings.Join(whole, ""))
	assert.EqualValues(t, 2, parts[0].Get("bill_sequence").Int(), "not in order")
}

func TestSensitiveFieldsMustBeEncrypted(t *testing.T) {
	g := newGateway(t, sandbox.Config{})
	cred := g.Credentials()
	m := newMerchant(t, g)
	const path = "/v3/apply4sub/sub_merchants/1/modify-settlement"
	toPublic, err := cipher.Encrypt(cred.PublicKey, "张三")
	require.NoError(t, err)
	for _, tc := range []struct {
		name            string
		serial, account string
		want            int
	}{
		{"to the key that is named", cred.PublicKeyID, toPublic, 200},
		{"to another key", cred.PlatformSerial, toPublic, 400},
		{"with no key named", "", toPublic, 400},
		{"in the clear", cred.PublicKeyID, "张三", 400},
		{"none", "", "", 200},
	} {
		m.header.Del(signer.HeaderSerial)
		if tc.serial != "" {
			m.header.Set(signer.HeaderSerial, tc.serial)
		}
		resp, body := m.call("POST", path, `{"account_name":"`+tc.account+`"}`)
		assert.Equal(t, tc.want, resp.StatusCode, tc.name)
		if tc.want == 200 && tc.account != "" {
			assert.Equal(t, "张三", gjson.Get(body, "decrypted.account_name").Str)
		}
		resp, _ = m.call("GET", "/v3/aggracct-bc/wb-channel/account/balance?card_no="+strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(tc.account), "")
		assert.Equal(t, tc.want, resp.StatusCode, tc.name+", in the query")
	}
	_, err = g.Decrypt("01", toPublic)
	require.ErrorContains(t, err, "unknown platform key")
}
