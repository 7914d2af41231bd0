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
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestABillOfThePaidOrders(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, query string
		unpack      func(t *testing.T, file string) string
	}{
		{"plain", "", func(_ *testing.T, file string) string { return file }},
		{"zipped", "&tar_type=GZIP", gunzipped},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			g := newGateway(t, sandbox.Config{})
			m := newMerchant(t, g)
			id := paidOrder(t, g, m, "BILL-0001")
			reply, path := billURL(t, g, m, tc.query)
			resp, file := m.call("GET", path, "")
			require.Equal(t, 200, resp.StatusCode)
			assert.Empty(t, resp.Header.Get(signer.HeaderSignature), "the file is not signed")
			file = tc.unpack(t, file)
			sum := sha1.Sum([]byte(file))
			assert.Equal(t, hex.EncodeToString(sum[:]), gjson.Get(reply, "hash_value").Str, "of the unpacked file")
			assert.True(t, strings.HasPrefix(file, "\ufeff交易时间,"))
			assert.Contains(t, file, "`"+id+",`BILL-0001,`")
			summary := media.ReadBill(strings.NewReader(file))
			for _, err := range summary.Rows("商户订单号") {
				require.NoError(t, err)
			}
			assert.Equal(t, "1", summary.Summary().Get("总交易单数"))
			assert.Equal(t, "1.00", summary.Summary().Get("应结订单总金额"))
		})
	}
}

func TestDownloadURLs(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(path string) string
		later  time.Duration
		status int
	}{
		{"encoded again", func(path string) string { return strings.Replace(path, "%2B", "%252B", 1) }, 0, 400},
		{"expired", func(path string) string { return path }, 6 * time.Minute, 400},
		{"with a parameter before the token", func(path string) string { return strings.Replace(path, "?", "?tartype=gzip&", 1) }, 0, 200},
		{"with a parameter behind it", func(path string) string { return path + "&tartype=gzip" }, 0, 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			offset := time.Duration(0)
			g := newGateway(t, sandbox.Config{Clock: func() time.Time { return time.Now().Add(offset) }})
			m := newMerchant(t, g)
			paidOrder(t, g, m, "BILL-0001")
			_, path := billURL(t, g, m, "")
			offset, m.timestamp = tc.later, shifted(tc.later)
			resp, _ := m.call("GET", tc.change(path), "")
			assert.Equal(t, tc.status, resp.StatusCode)
		})
	}
}

// subMerchant are the parameters that the bill of a sub-merchant needs besides the date.
const subMerchant = "sub_mchid=1900000108&algorithm=AEAD_AES_256_GCM&account_type=BASIC"

func TestBillDates(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, query, code string }{
		{"missing", "?" + subMerchant, "PARAM_ERROR"},
		{"malformed", "?" + subMerchant + "&bill_date=20261123", "PARAM_ERROR"},
		{"of no such kind", "?" + subMerchant + "&bill_date=2001-01-01&tar_type=RAR", "PARAM_ERROR"},
		{"too old", "?" + subMerchant + "&bill_date=2001-01-01", "NO_STATEMENT_EXIST"},
		{"in the future", "?" + subMerchant + "&bill_date=" + time.Now().AddDate(0, 0, 1).Format(time.DateOnly), "NO_STATEMENT_EXIST"},
	} {
		for _, path := range []string{"/v3/bill/tradebill", "/v3/bill/sub-merchant-fundflowbill"} {
			t.Run(tc.name+path, func(t *testing.T) {
				t.Parallel()
				resp, body := newMerchant(t, gateway()).call("GET", path+tc.query, "")
				assert.Equal(t, 400, resp.StatusCode)
				assert.Equal(t, tc.code, gjson.Get(body, "code").Str)
			})
		}
	}
}

// paidOrder creates an order, pays it and returns its transaction id.
func paidOrder(t *testing.T, g *sandbox.Gateway, m *merchant, number string) string {
	t.Helper()
	resp, body := m.call("POST", prepayPath, prepayBody(number, nil))
	require.Equal(t, 200, resp.StatusCode, body)
	id, err := g.Pay(number)
	require.NoError(t, err)
	return id
}

// billURL applies for the trade bill of today, two days later. It returns the reply and the
// path of its download_url.
func billURL(t *testing.T, g *sandbox.Gateway, m *merchant, query string) (reply, path string) {
	t.Helper()
	day := g.Now().In(time.FixedZone("CST", 8*60*60)).Format(time.DateOnly)
	g.AdvanceClock(48 * time.Hour)
	resp, reply := m.call("GET", "/v3/bill/tradebill?bill_date="+day+query, "")
	require.Equal(t, 200, resp.StatusCode, reply)
	assert.NotEmpty(t, resp.Header.Get(signer.HeaderSignature))
	return reply, strings.TrimPrefix(gjson.Get(reply, "download_url").Str, m.url)
}

func gunzipped(t *testing.T, file string) string {
	t.Helper()
	zip, err := gzip.NewReader(strings.NewReader(file))
	require.NoError(t, err)
	data, err := io.ReadAll(zip)
	require.NoError(t, err)
	return string(data)
}

func TestABillInEncryptedParts(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	g.PutBill("/v3/bill/sub-merchant-fundflowbill", func(w io.Writer) error { _, err := io.WriteString(w, "0123456789"); return err })
	m := newMerchant(t, g)
	_, body := m.call("GET", "/v3/bill/sub-merchant-fundflowbill?"+subMerchant+"&bill_date="+time.Now().AddDate(0, 0, -2).Format(time.DateOnly), "")
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
