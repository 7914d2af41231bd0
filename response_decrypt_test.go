package wechatpay_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestDecrypt(t *testing.T) {
	t.Parallel()
	withSecrets(t, "/v3/secrets", map[string]any{
		"name": "secret:张三", "list": []any{map[string]any{"no": "secret:1"}, map[string]any{"no": "secret:2"}}, "plain": "x", "n": 7,
	})
	c, _ := sandboxClient(t, nil)
	resp, err := c.Chain("v3/secrets").Post(t.Context(), &wechatpay.Options{Decrypt: []string{"name", "list.#.no", "missing?"}})
	require.NoError(t, err)
	assert.True(t, resp.Verified)
	assert.Equal(t, "张三", resp.Get("name").Str)
	assert.Equal(t, `["1","2"]`, resp.Get("list.#.no").Raw)
	assert.Equal(t, "x", resp.Get("plain").Str)

	resp, err = c.Chain("v3/secrets").Post(t.Context(), nil)
	require.NoError(t, err)
	name, err := resp.Decrypt(t.Context(), "name")
	require.NoError(t, err)
	assert.Equal(t, "张三", name)
	second, err := resp.Decrypt(t.Context(), "list.1.no")
	require.NoError(t, err)
	assert.Equal(t, "2", second)
	_, err = resp.Decrypt(t.Context(), "missing")
	require.ErrorIs(t, err, cipher.ErrNoField)
	_, err = resp.Decrypt(t.Context(), "plain")
	require.ErrorIs(t, err, cipher.ErrDecrypt)
	_, err = resp.Decrypt(t.Context(), "n")
	require.ErrorContains(t, err, "not a string")
}

func TestWhatCannotBeDecryptedIsNotLost(t *testing.T) {
	t.Parallel()
	withSecrets(t, "/v3/half-secret", map[string]any{"name": "secret:张三", "plain": "x", "refund_id": "R1"})
	c, _ := sandboxClient(t, nil)
	for _, tc := range []struct {
		name   string
		fields []string
	}{
		{"in the clear", []string{"name", "plain"}},
		{"missing", []string{"missing"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := c.Chain("v3/half-secret").Post(t.Context(), &wechatpay.Options{Decrypt: tc.fields})
			var failed *wechatpay.DecryptError
			require.ErrorAs(t, err, &failed)
			assert.Equal(t, "R1", failed.Response.Get("refund_id").Str, "the call took effect, and tells it")
			assert.True(t, failed.Response.Verified)
			assert.False(t, wechatpay.OutcomeUnknown(err))
			assert.NotContains(t, err.Error(), "张三")
		})
	}
}

func TestDecryptNeedsADecrypter(t *testing.T) {
	t.Parallel()
	withSecrets(t, "/v3/no-decrypter", map[string]any{"name": "secret:张三", "plain": "x"})
	cred := gateway().Credentials()
	sign, err := signer.New(cred.PrivateKey)
	require.NoError(t, err)
	c, w := sandboxClient(t, func(cfg *wechatpay.Config) { cfg.PrivateKey, cfg.Signer = nil, sign })
	_, err = c.Chain("v3/no-decrypter").Post(t.Context(), &wechatpay.Options{Decrypt: []string{"name"}})
	require.ErrorIs(t, err, wechatpay.ErrInvalid)
	require.ErrorContains(t, err, "set Config.Decrypter")
	assert.Zero(t, w.count())
	resp, err := c.Chain("v3/no-decrypter").Post(t.Context(), nil)
	require.NoError(t, err)
	_, err = resp.Decrypt(t.Context(), "name")
	require.ErrorContains(t, err, "set Config.Decrypter")

	decrypter, err := cipher.NewDecrypter(cred.PrivateKey)
	require.NoError(t, err)
	c, _ = sandboxClient(t, func(cfg *wechatpay.Config) { cfg.PrivateKey, cfg.Signer, cfg.Decrypter = nil, sign, decrypter })
	resp, err = c.Chain("v3/no-decrypter").Post(t.Context(), &wechatpay.Options{Decrypt: []string{"name"}})
	require.NoError(t, err)
	assert.Equal(t, "张三", resp.Get("name").Str)
}

func TestDecryptByTheDocumentation(t *testing.T) {
	t.Parallel()
	withSecrets(t, "/v3/merchants/{sub_mchid}", map[string]any{"contact": map[string]any{"name": "secret:张三"}})
	c, _ := sandboxClient(t, func(cfg *wechatpay.Config) { cfg.BaseURL += "/hk/" })
	resp, err := c.Chain("v3/merchants/{sub_mchid}").Get(t.Context(), &wechatpay.Options{
		Vars: wechatpay.M{"sub_mchid": "1"}, Decrypt: wechatpay.Auto(),
	})
	require.NoError(t, err)
	assert.Equal(t, "张三", resp.Get("contact.name").Str)
}
