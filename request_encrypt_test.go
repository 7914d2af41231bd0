package wechatpay_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

const settlement = "v3/apply4sub/sub_merchants/{sub_mchid}/modify-settlement"

func settlementOptions() *wechatpay.Options {
	return &wechatpay.Options{
		Vars:    wechatpay.M{"sub_mchid": "1900000109"},
		JSON:    wechatpay.M{"account_type": "ACCOUNT_TYPE_PRIVATE", "account_name": "张三", "account_number": "6222020000000000", "bank": wechatpay.M{"n": []string{"一"}}},
		Encrypt: []string{"account_name", "account_number", "bank.n.#", "not_there?"},
	}
}

func TestEncryptNamesTheKeyThatItUsed(t *testing.T) {
	t.Parallel()
	cred := gateway().Credentials()
	newest := keys.CertificateSet(cred.PlatformCertificate)
	for _, tc := range []struct {
		name   string
		change func(*wechatpay.Config)
		header http.Header
		want   string
	}{
		{"the public key", func(*wechatpay.Config) {}, nil, cred.PublicKeyID},
		{"the newest certificate", func(cfg *wechatpay.Config) { cfg.PlatformKeys = newest }, nil, cred.PlatformSerial},
		{"one that is downloaded first", func(cfg *wechatpay.Config) { cfg.PlatformKeys, cfg.APIv3Key = nil, cred.APIv3Key }, nil, cred.PlatformSerial},
		{"the Config's", func(cfg *wechatpay.Config) { cfg.PlatformKeyID = cred.PlatformSerial }, nil, cred.PlatformSerial},
		{"the caller's", func(*wechatpay.Config) {}, http.Header{"wechatpay-serial": {cred.PlatformSerial}}, cred.PlatformSerial},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c, w := sandboxClient(t, tc.change)
			opts := settlementOptions()
			opts.Header = tc.header
			resp, err := c.Chain(settlement).Post(t.Context(), opts)
			require.NoError(t, err)
			sent := w.last(t)
			assert.Equal(t, tc.want, sent.Header.Get("Wechatpay-Serial"))
			for _, secret := range []string{"张三", "6222020000000000", "一"} {
				assert.NotContains(t, sent.body, secret)
			}
			assert.Equal(t, "张三", resp.Get("decrypted.account_name").Str, "the gateway has decrypted it with that key")
			assert.Equal(t, "6222020000000000", resp.Get("decrypted.account_number").Str)
			element, err := gateway().Decrypt(tc.want, gjson.Get(sent.body, "bank.n.0").Str)
			require.NoError(t, err)
			assert.Equal(t, "一", element)
			assert.Equal(t, "ACCOUNT_TYPE_PRIVATE", resp.Get("json.account_type").Str)
			assert.Equal(t, settlementOptions().JSON, opts.JSON, "the caller's own values are untouched")
		})
	}
}

func TestEncryptByTheDocumentation(t *testing.T) {
	t.Parallel()
	c, w := sandboxClient(t, nil)
	opts := settlementOptions()
	opts.Encrypt = wechatpay.Auto("bank.n.#")
	for _, tc := range []struct{ name, path string }{
		{"as documented", settlement},
		{"with a slash at the start", "/" + settlement},
	} {
		t.Run(tc.name, func(t *testing.T) { // one after the other: they share the wire
			resp, err := c.Chain(tc.path).Post(t.Context(), opts)
			require.NoError(t, err)
			assert.Equal(t, "张三", resp.Get("decrypted.account_name").Str)
			assert.NotContains(t, w.last(t).body, "6222020000000000")
		})
	}
	filled := settlementOptions()
	filled.Vars, filled.Encrypt = nil, wechatpay.Auto()
	resp, err := c.Chain(strings.Replace(settlement, "{sub_mchid}", "1900000109", 1)).Post(t.Context(), filled)
	require.NoError(t, err)
	assert.Equal(t, "张三", resp.Get("decrypted.account_name").Str)

	batch := &wechatpay.Options{Encrypt: wechatpay.Auto(), JSON: struct {
		List []map[string]string `json:"transfer_detail_list"`
	}{[]map[string]string{{"user_name": "张三"}, {"user_name": "李四", "user_id_card": "1"}, {}}}}
	resp, err = c.Chain("v3/bank-transfer/batches").PostAsync(t.Context(), batch).Wait()
	require.NoError(t, err)
	assert.Equal(t, `["张三","李四"]`, resp.Get("decrypted.transfer_detail_list.#.user_name").Raw)
	assert.NotContains(t, w.last(t).body, "李四")

	query := &wechatpay.Options{Encrypt: wechatpay.Auto(), Query: wechatpay.M{"card_no": "6222020000000000", "other": "x"}}
	_, err = c.Chain("v3/aggracct-bc/wb-channel/account/balance").Get(t.Context(), query)
	require.NoError(t, err, "the gateway could decrypt it")
	sent := w.last(t)
	assert.NotContains(t, sent.URL.RawQuery, "6222020000000000")
	assert.Contains(t, sent.URL.RawQuery, "other=x")
	assert.Equal(t, "6222020000000000", query.Query.(wechatpay.M)["card_no"])
	assert.Equal(t, gateway().Credentials().PublicKeyID, sent.Header.Get("Wechatpay-Serial"))
}

func TestTheSandboxRefusesWhatIsNotEncrypted(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, nil)
	opts := settlementOptions()
	opts.Encrypt, opts.Unencrypted = opts.Encrypt[:1], []string{"account_number"}
	_, err := c.Chain(settlement).Post(t.Context(), opts)
	var api *wechatpay.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, "PARAM_ERROR", api.Code)
	assert.Contains(t, api.Message, "account_number")
}

func TestEncryptRefusesBeforeAnythingIsSent(t *testing.T) {
	c, w := sandboxClient(t, nil)
	sealed, err := gateway().EncryptToMerchant("x")
	require.NoError(t, err)
	body := wechatpay.M{"a": "x", "n": 7, "long": strings.Repeat("中", 72), "sealed": sealed}
	for _, tc := range []struct {
		name string
		opts wechatpay.Options
		want string
		is   error
	}{
		{"nothing there", wechatpay.Options{JSON: body, Encrypt: []string{"b"}}, `field "b": no such field`, cipher.ErrNoField},
		{"not a string", wechatpay.Options{JSON: body, Encrypt: []string{"n"}}, `field "n": "n" is a number, not a string`, nil},
		{"too long", wechatpay.Options{JSON: body, Encrypt: []string{"long"}}, `field "long": cipher: too long to encrypt: it has 216 bytes`, cipher.ErrTooLong},
		{"encrypted already", wechatpay.Options{JSON: body, Encrypt: []string{"sealed"}}, `field "sealed": cipher: encrypted already`, cipher.ErrEncryptedAlready},
		{"named twice", wechatpay.Options{JSON: body, Encrypt: []string{"a", "a"}}, `field "a" is named twice`, nil},
		{"a malformed path", wechatpay.Options{JSON: body, Encrypt: []string{"a.*"}}, `selects nothing here`, nil},
		{"no such in the query", wechatpay.Options{Encrypt: []string{"b"}, Query: wechatpay.M{"a": "x"}}, `field "b" of Options.Query: no such field`, cipher.ErrNoField},
		{"a number in the query", wechatpay.Options{Encrypt: []string{"a"}, Query: wechatpay.M{"a": 7}}, `field "a" of Options.Query: a int cannot be encrypted`, nil},
		{"twice in the query", wechatpay.Options{Encrypt: []string{"a", "a?"}, Query: wechatpay.M{"a": "x"}}, `field "a" of Options.Query: it is named twice`, nil},
		{"in the query and named", wechatpay.Options{JSON: body, Query: wechatpay.M{"phone": "138"}, Encrypt: []string{"phone?"}}, `"phone" is in Options.Query`, nil},
		{"no marks", wechatpay.Options{JSON: body, Encrypt: wechatpay.Auto()}, "no encrypted fields are documented for POST v3/x", nil},
		{"no marks of a reply", wechatpay.Options{JSON: body, Decrypt: wechatpay.Auto()}, "no encrypted fields are documented for POST v3/x", nil},
		{"a malformed reply", wechatpay.Options{JSON: body, Decrypt: []string{"a..b"}}, "a key of the path is empty", nil},
		{"decrypt and a sink", wechatpay.Options{JSON: body, Decrypt: []string{"a"}, Sink: new(strings.Builder)}, "unset Sink", nil},
		{"progress of nothing", wechatpay.Options{JSON: body, Progress: func(int64, int64) {}}, "set Sink", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := c.Chain("v3/x").Post(t.Context(), &tc.opts)
			require.ErrorIs(t, err, wechatpay.ErrInvalid, tc.name)
			require.ErrorContains(t, err, tc.want, tc.name)
			if tc.is != nil {
				require.ErrorIs(t, err, tc.is, tc.name)
			}
			assert.NotContains(t, err.Error(), "中", tc.name)
			assert.False(t, wechatpay.OutcomeUnknown(err))
		})
	}
	const balance = "v3/aggracct-bc/wb-channel/account/balance"
	_, err = c.Chain(balance+"?card_no=622").Get(t.Context(), &wechatpay.Options{Encrypt: wechatpay.Auto()})
	require.ErrorIs(t, err, wechatpay.ErrInvalid)
	require.ErrorContains(t, err, `"card_no" is part of the path`)
	assert.Zero(t, w.count())
}

// TestTheKeyIsNamedHoweverTheHeaderIsSpelled: what was encrypted with is what is named.
func TestTheKeyIsNamedHoweverTheHeaderIsSpelled(t *testing.T) {
	t.Parallel()
	cred := gateway().Credentials()
	c, w := sandboxClient(t, nil)
	for _, tc := range []struct {
		name   string
		header http.Header
	}{
		{"no value", http.Header{"Wechatpay-Serial": {}}},
		{"an empty value", http.Header{"Wechatpay-Serial": {""}}},
		{"two spellings", http.Header{"Wechatpay-Serial": {cred.PlatformSerial}, "wechatpay-serial": {cred.PublicKeyID}}},
	} {
		t.Run(tc.name, func(t *testing.T) { // one after the other: they share the wire
			for range 10 { // the order of a map is random
				opts := settlementOptions()
				opts.Header = tc.header
				resp, err := c.Chain(settlement).Post(t.Context(), opts)
				require.NoError(t, err)
				assert.Equal(t, "张三", resp.Get("decrypted.account_name").Str)
				assert.Len(t, w.last(t).Header["Wechatpay-Serial"], 1)
			}
		})
	}
}

func TestAKeyToEncryptWithMustBeFound(t *testing.T) {
	t.Parallel()
	cred := gateway().Credentials()
	expired := func() time.Time { return cred.PlatformCertificate.NotAfter.Add(time.Second) }
	for _, tc := range []struct {
		name   string
		change func(*wechatpay.Config)
		header string
		want   string
		is     error
	}{
		{"unknown to the client", func(*wechatpay.Config) {}, "PUB_KEY_ID_0", "unknown key", wechatpay.ErrUnknownKey},
		{"expired", func(cfg *wechatpay.Config) { cfg.Clock = expired }, cred.PlatformSerial, "certificate expired", signer.ErrExpired},
		{"expired, unnamed", func(cfg *wechatpay.Config) {
			var asked atomic.Int32 // it expires after New
			cfg.Clock = func() time.Time {
				if asked.Add(1) == 1 {
					return time.Now()
				}
				return expired()
			}
			cfg.PlatformKeys = keys.CertificateSet(cred.PlatformCertificate)
		}, "", "no valid certificate", wechatpay.ErrUnknownKey},
		{"a verifier in their place", func(cfg *wechatpay.Config) {
			cfg.PlatformKeys, cfg.Verifier = nil, noVerifier
		}, "", "Config.Verifier replaces PlatformKeys", nil},
		{"a finder that cannot tell", func(cfg *wechatpay.Config) { cfg.PlatformKeys = struct{ signer.KeySource }{cred.PlatformKeys()} }, "", "set Config.PlatformKeyID", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c, w := sandboxClient(t, tc.change)
			opts := settlementOptions()
			if tc.header != "" {
				opts.Header = http.Header{"Wechatpay-Serial": {tc.header}}
			}
			_, err := c.Chain(settlement).Post(t.Context(), opts)
			require.ErrorContains(t, err, tc.want, tc.name)
			if tc.is != nil {
				require.ErrorIs(t, err, tc.is, tc.name)
			}
			assert.False(t, wechatpay.OutcomeUnknown(err), tc.name)
			assert.Zero(t, w.count(), tc.name)
		})
	}
	keys, err := keys.NewKeyring(keys.KeyringConfig{APIv3Key: cred.APIv3Key, Keys: keys.Set{cred.PublicKeyID: cred.PublicKey}})
	require.NoError(t, err)
	c, _ := sandboxClient(t, func(cfg *wechatpay.Config) { cfg.PlatformKeys = keys })
	id, key, err := c.EncryptionKey(t.Context())
	require.NoError(t, err)
	assert.Equal(t, cred.PublicKeyID, id)
	assert.True(t, cred.PublicKey.Equal(key))
}

// withSecrets lets the gateway answer with fields that are encrypted to the merchant.
func withSecrets(t *testing.T, path string, reply map[string]any) {
	t.Helper()
	var seal func(v any) any
	seal = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			for name := range v {
				v[name] = seal(v[name])
			}
		case []any:
			for i := range v {
				v[i] = seal(v[i])
			}
		case string:
			if plain, secret := strings.CutPrefix(v, "secret:"); secret {
				sealed, err := gateway().EncryptToMerchant(plain)
				require.NoError(t, err)
				return sealed
			}
		}
		return v
	}
	body := seal(reply)
	for _, method := range []string{"GET", "POST"} {
		gateway().Handle(method, path, func(*sandbox.Request) *sandbox.Reply { return sandbox.JSON(200, body) })
	}
}
