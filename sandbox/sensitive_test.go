package sandbox_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestSensitiveFieldsMustBeEncrypted(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{Echo: true})
	cred := g.Credentials()
	toPublic, err := cipher.Encrypt(cred.PublicKey, "张三")
	require.NoError(t, err)
	toBrand, err := cipher.Encrypt(cred.Brand.PublicKey, "张三")
	require.NoError(t, err)
	for _, tc := range []struct {
		name            string
		serial, account string
		want            int
		decrypted       string
		message         string
	}{
		{"to the key that is named", cred.PublicKeyID, toPublic, 200, "张三", ""},
		{"to another key", cred.PlatformSerial, toPublic, 400, "", "请确认待处理的消息是否为加密后的密文："},
		{"with no key named", "", toPublic, 400, "", "HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)"},
		{"with the merchant's own serial", cred.Serial, toPublic, 400, "", "平台证书序列号Wechatpay-Serial错误"},
		{"with the key of the brand", cred.Brand.PublicKeyID, toBrand, 400, "", "平台证书序列号Wechatpay-Serial错误"},
		{"in the clear", cred.PublicKeyID, "张三", 400, "", "请确认待处理的消息是否为加密后的密文："},
		{"none", "", "", 200, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := newMerchant(t, g)
			if tc.serial != "" {
				m.header.Set(signer.HeaderSerial, tc.serial)
			}
			resp, body := m.call("POST", "/v3/apply4sub/sub_merchants/1/modify-settlement", `{"account_name":"`+tc.account+`"}`)
			assert.Equal(t, tc.want, resp.StatusCode)
			assert.Contains(t, gjson.Get(body, "message").Str, tc.message)
			assert.Equal(t, tc.decrypted, gjson.Get(body, "decrypted.account_name").Str)
			resp, _ = m.call("GET", "/v3/aggracct-bc/wb-channel/account/balance?card_no="+url.QueryEscape(tc.account), "")
			assert.Equal(t, tc.want, resp.StatusCode, "in the query")
		})
	}
	_, err = g.Decrypt("01", toPublic)
	require.ErrorContains(t, err, "unknown platform key")
}

// TestTheSensitiveFieldThatIsWrongIsNamed: alone, and as other fields are.
func TestTheSensitiveFieldThatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	m := newMerchant(t, g)
	m.header.Set(signer.HeaderSerial, g.Credentials().PublicKeyID)
	sealed, err := cipher.Encrypt(g.Credentials().PublicKey, "张三")
	require.NoError(t, err)
	const batches, balance = "/v3/transfer/batches", "/v3/aggracct-bc/wb-channel/account/balance"
	for _, row := range []struct{ name, method, target, body, location, field, issue string }{
		{"in the clear", "POST", batches, `{"transfer_detail_list":[{"user_name":"张三"}]}`, "body", "/transfer_detail_list/#/user_name", "敏感信息未用"},
		{"a list", "POST", batches, `{"transfer_detail_list":[{"user_name":"` + sealed + `"},{"user_id_card":["1"]}]}`, "body", "/transfer_detail_list/1/user_id_card", "类型应为 string"},
		{"in no object", "POST", batches, `{"transfer_detail_list":["1"]}`, "body", "/transfer_detail_list/0", "类型应为 object"},
		{"in no list", "POST", batches, `{"transfer_detail_list":"1"}`, "body", "/transfer_detail_list", "应为数组"},
		{"twice", "POST", batches, `{"transfer_detail_list":[{"user_name":"` + sealed + `","user_name":"张三"}]}`, "body", "/transfer_detail_list/#/user_name", "敏感信息未用"},
		{"in the query", "GET", balance + "?card_no=1", "", "query", "card_no", "敏感信息未用"},
		{"no JSON", "POST", batches, `{`, "body", "", "请求体不是 JSON 对象"},
	} {
		t.Run(row.name, func(t *testing.T) {
			resp, body := m.call(row.method, row.target, row.body)
			assert.Equal(t, 400, resp.StatusCode)
			assert.Equal(t, "PARAM_ERROR", gjson.Get(body, "code").Str)
			assert.Equal(t, row.location, gjson.Get(body, "detail.location").Str)
			assert.Equal(t, row.field, gjson.Get(body, "detail.field").Str)
			assert.Contains(t, gjson.Get(body, "detail.issue").Str, row.issue)
		})
	}
}

func TestNamesInRepliesAreEncryptedToTheMerchant(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	m, cred := newMerchant(t, g), g.Credentials()
	name, err := cipher.Encrypt(cred.PublicKey, "张三")
	require.NoError(t, err)
	m.header.Set(signer.HeaderSerial, cred.PublicKeyID)
	resp, body := m.call("POST", "/v3/transfer/batches", `{"appid":"wxd678efh567hg6787","out_batch_no":"batch1","batch_name":"佣金","batch_remark":"佣金",
		"total_amount":100,"total_num":1,"transfer_scene_id":"1000","transfer_detail_list":[{"out_detail_no":"detail1","transfer_amount":100,
		"transfer_remark":"佣金","openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o","user_name":"`+name+`"}]}`)
	require.Equal(t, 200, resp.StatusCode, body)
	_, body = m.call("GET", "/v3/transfer/batches/out-batch-no/batch1/details/out-detail-no/detail1", "")
	decrypter, err := cipher.NewDecrypter(cred.PrivateKey)
	require.NoError(t, err)
	plain, err := cipher.Decrypt(t.Context(), decrypter, gjson.Get(body, "user_name").Str)
	require.NoError(t, err)
	assert.Equal(t, "张三", plain)
}
