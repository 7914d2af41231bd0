package wechatpay_test

import (
	"context"
	"encoding/base64"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/signer"
)

const (
	modify  = "v3/apply4sub/sub_merchants/1/modify-settlement"
	balance = "v3/aggracct-bc/wb-channel/account/balance"
	receipt = "v3/marketing/shopping-receipt/shoppingreceipts"
)

// modifyRequest is as the generated structs are.
type modifyRequest struct {
	AccountName   string `json:"account_name,omitzero"`
	AccountNumber string `json:"account_number,omitzero"`
}

func (modifyRequest) WechatpayEndpoints() []string {
	return []string{"POST /v3/apply4sub/sub_merchants/{sub_mchid}/modify-settlement"}
}

type cardNo string

// balanceQuery is as the generated queries are.
type balanceQuery struct {
	CardNo cardNo `json:"card_no,omitzero"`
	MchID  string `json:"mchid,omitzero"`
}

func (balanceQuery) WechatpayEndpoints() []string {
	return []string{"GET /v3/aggracct-bc/wb-channel/account/balance"}
}

// TestNothingLeavesInTheClear: each way in which a documented field could.
func TestNothingLeavesInTheClear(t *testing.T) {
	c, w := sandboxClient(t, nil)
	auto := wechatpay.Auto()
	body := func(signed string) *media.Body {
		return &media.Body{ContentType: "application/json", Size: int64(len(signed)), Signed: []byte(signed),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(signed)), nil }}
	}
	for _, row := range []struct {
		name, method, path string
		opts               wechatpay.Options
		want               string
	}{
		{"without Encrypt", "POST", modify, wechatpay.Options{JSON: wechatpay.M{"account_name": "张三"}}, `Options.JSON: "account_name" would leave in the clear, and is documented as encrypted`},
		{"beside one that is encrypted", "POST", modify, wechatpay.Options{JSON: wechatpay.M{"account_name": "张三", "account_number": "6"}, Encrypt: []string{"account_number"}}, `Options.JSON: "account_name" would leave`},
		{"in a Document", "POST", modify, wechatpay.Options{JSON: wechatpay.NewDocument(nil).Set("account_name", "张三")}, `Options.JSON: "account_name" would leave`},
		{"in bytes", "POST", modify, wechatpay.Options{JSON: []byte(`{"account_name": "张三"}`)}, `Options.JSON: "account_name" would leave`},
		{"under another name", "POST", modify, wechatpay.Options{JSON: struct{ AccountName string }{"张三"}, Encrypt: auto}, `the name is "account_name"`},
		{"a number", "POST", modify, wechatpay.Options{JSON: wechatpay.M{"account_number": 6222020000000000}, Encrypt: auto}, `"account_number" is a number, not a string`},
		{"in the Query of a call without a body", "POST", modify, wechatpay.Options{Query: wechatpay.M{"account_name": "张三"}}, `Options.Query: "account_name" would leave`},
		{"in the Query of a call with a body", "POST", modify, wechatpay.Options{JSON: wechatpay.M{}, Query: wechatpay.M{"account_name": "张三"}}, `Options.Query: "account_name" would leave`},
		{"in the Query under another name", "GET", balance, wechatpay.Options{Query: wechatpay.M{"CardNo": "6"}, Encrypt: auto}, `the name is "card_no"`},
		{"a list in the Query", "GET", balance, wechatpay.Options{Query: wechatpay.M{"card_no": []string{"6"}}}, `Options.Query: "card_no" would leave`},
		{"in the path", "GET", balance + "?card_no=6", wechatpay.Options{}, `Options.Query: "card_no" would leave`},
		{"in a variable of the query", "GET", balance + "{?card_no}", wechatpay.Options{Vars: wechatpay.M{"card_no": "6"}, Encrypt: auto}, `Options.Query: "card_no" would leave`},
		{"below a variable of several segments", "POST", "{+path}", wechatpay.Options{Vars: wechatpay.M{"path": modify}, JSON: wechatpay.M{"account_name": "张三"}}, `Options.JSON: "account_name" would leave`},
		{"in a form", "GET", balance, wechatpay.Options{Query: url.Values{"card_no": {"6"}}}, `Options.Query: "card_no" would leave`},
		{"in a body of one's own", "POST", modify, wechatpay.Options{Body: body(`{"account_name": "张三"}`)}, `Options.Body: "account_name" would leave`},
		{"in a body of one's own, with Auto", "POST", modify, wechatpay.Options{Body: body(`{"account_name": "张三"}`), Encrypt: auto}, `the fields of a Body cannot be encrypted`},
		{"in a body that is not JSON", "POST", modify, wechatpay.Options{Body: body(`account_name=1`)}, `Options.Body: what is signed is not JSON`},
		{"in JSON in place of a form", "POST", receipt, wechatpay.Options{JSON: wechatpay.M{"merchant_contact_information": wechatpay.M{"consultation_phone_number": "138"}}}, `"merchant_contact_information.consultation_phone_number" would leave`},
		{"in the meta part", "POST", receipt, wechatpay.Options{Body: upload(wechatpay.M{"merchant_contact_information": wechatpay.M{"consultation_phone_number": "138"}})}, `Options.Body: "merchant_contact_information.consultation_phone_number" would leave`},
		{"at an absolute URL", "POST", "https://api.mch.weixin.qq.com/" + modify, wechatpay.Options{BaseURL: "https://api.mch.weixin.qq.com", JSON: wechatpay.M{"account_name": "张三"}}, `Options.JSON: "account_name" would leave`},
		{"below the prefix of a base URL", "POST", "v3/merchants", wechatpay.Options{BaseURL: "https://apihk.mch.weixin.qq.com/hk/", JSON: wechatpay.M{"contact": wechatpay.M{"name": "张三"}}}, `Options.JSON: "contact.name" would leave`},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, call := range []func() error{
				func() error { return errorOf(c.Chain(row.path).Do(t.Context(), row.method, &row.opts)) },
				func() error { return errorOf(c.Chain(row.path).DoAsync(t.Context(), row.method, &row.opts).Wait()) },
			} {
				err := call()
				require.ErrorIs(t, err, wechatpay.ErrInvalid)
				require.ErrorContains(t, err, row.want)
				assert.NotContains(t, err.Error(), "张三")
				assert.False(t, wechatpay.OutcomeUnknown(err))
			}
		})
	}
	assert.Zero(t, w.count())
}

// TestADocumentedBaseURLBelowASandbox: the endpoint is the documented one, wherever it is sent.
func TestADocumentedBaseURLBelowASandbox(t *testing.T) {
	t.Parallel()
	c, w := sandboxClient(t, nil)
	_, err := c.Chain("v3/certificates").Get(t.Context(), nil)
	require.NoError(t, err)
	elsewhere := "http://" + w.last(t).URL.Host
	merchants := c.Chain("v3/merchants").WithBaseURL("https://apihk.mch.weixin.qq.com/hk/")
	opts := wechatpay.Options{BaseURL: elsewhere, JSON: wechatpay.M{"contact": wechatpay.M{"name": "张三"}}}
	before := w.count()
	_, err = merchants.Post(t.Context(), &opts)
	require.ErrorContains(t, err, `Options.JSON: "contact.name" would leave in the clear`)
	assert.Equal(t, before, w.count())

	opts.Encrypt = wechatpay.Auto()
	_, err = merchants.Post(t.Context(), &opts)
	require.NoError(t, err)
	assert.Equal(t, "/hk/v3/merchants", w.last(t).URL.Path)
	assert.NotContains(t, w.last(t).body, "张三")
}

func upload(meta any) *media.Upload {
	u := media.Bytes("a.png", picture)
	u.Meta = meta
	return u
}

// TestWhatIsEncryptedByItself: a generated struct, and Auto in every place.
func TestWhatIsEncryptedByItself(t *testing.T) {
	c, w := sandboxClient(t, nil)
	const secret = "6222020000000000"
	sealed := base64.StdEncoding.EncodeToString(make([]byte, 256))
	decrypted := func(t *testing.T, value string) {
		t.Helper()
		plain, err := gateway().Decrypt(w.last(t).Header.Get("Wechatpay-Serial"), value)
		require.NoError(t, err)
		assert.Equal(t, secret, plain)
	}
	for _, row := range []struct {
		name, method, path string
		opts               wechatpay.Options
		inQuery, inBody    string
	}{
		{"a generated struct", "POST", modify, wechatpay.Options{JSON: &modifyRequest{AccountName: secret}}, "", "account_name"},
		{"a generated struct, half of it named", "POST", modify, wechatpay.Options{JSON: modifyRequest{secret, "1"}, Encrypt: []string{"account_number"}}, "", "account_name"},
		{"a generated query", "GET", balance, wechatpay.Options{Query: &balanceQuery{CardNo: secret}}, "card_no", ""},
		{"Auto in the query of a call with a body", "POST", modify, wechatpay.Options{JSON: wechatpay.M{}, Query: wechatpay.M{"account_name": secret}, Encrypt: wechatpay.Auto()}, "account_name", ""},
		{"Auto and a pointer in the query", "GET", balance, wechatpay.Options{Query: wechatpay.M{"card_no": wechatpay.Ptr(secret)}, Encrypt: wechatpay.Auto()}, "card_no", ""},
		{"Auto where one is encrypted already", "POST", modify, wechatpay.Options{JSON: wechatpay.M{"account_name": secret, "account_number": sealed}, Encrypt: wechatpay.Auto()}, "", "account_name"},
		{"Auto and a name", "POST", modify, wechatpay.Options{JSON: wechatpay.M{"account_name": secret}, Encrypt: wechatpay.Auto("account_name")}, "", "account_name"},
	} {
		t.Run(row.name, func(t *testing.T) { // one after the other: they share the wire
			_, _ = c.Chain(row.path).Do(t.Context(), row.method, &row.opts) // whether the gateway takes it is another question
			sent := w.last(t)
			assert.NotContains(t, sent.URL.RawQuery+sent.body, secret)
			if row.inQuery != "" {
				decrypted(t, sent.URL.Query().Get(row.inQuery))
			}
			if row.inBody != "" {
				decrypted(t, gjson.Get(sent.body, row.inBody).Str)
			}
		})
	}
}

// TestWhatIsSentAsItIs: ciphertexts, and what the caller says to be right.
func TestWhatIsSentAsItIs(t *testing.T) {
	t.Parallel()
	sealed := base64.StdEncoding.EncodeToString(make([]byte, 256))
	for _, row := range []struct {
		name string
		opts wechatpay.Options
		want string
	}{
		{"a ciphertext", wechatpay.Options{JSON: wechatpay.M{"account_name": sealed}}, `{"account_name":"` + sealed + `"}`},
		{"a ciphertext in a generated struct", wechatpay.Options{JSON: modifyRequest{AccountName: sealed}}, `{"account_name":"` + sealed + `"}`},
		{"nothing secret in a generated struct", wechatpay.Options{JSON: modifyRequest{}}, `{}`},
		{"an empty field", wechatpay.Options{JSON: wechatpay.M{"account_name": ""}}, `{"account_name":""}`},
		{"said so", wechatpay.Options{JSON: wechatpay.M{"account_name": "a"}, Unencrypted: []string{"account_name"}}, `{"account_name":"a"}`},
		{"said so, of a generated struct", wechatpay.Options{JSON: modifyRequest{AccountName: "a"}, Unencrypted: []string{"account_name"}}, `{"account_name":"a"}`},
		{"said so, of a number", wechatpay.Options{JSON: wechatpay.M{"account_name": 1}, Unencrypted: []string{"account_name"}}, `{"account_name":1}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c, w := sandboxClient(t, func(cfg *wechatpay.Config) { // has no key to encrypt with
				cfg.PlatformKeys, cfg.Verifier = nil, signer.VerifierFunc(func(context.Context, string, []byte, []byte) error { return nil })
			})
			_, _ = c.Chain(modify).Post(t.Context(), &row.opts)
			assert.Equal(t, row.want, w.last(t).body)
		})
	}
}
