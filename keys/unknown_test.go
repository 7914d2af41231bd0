package keys_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestUnknownKeyNamesTheNextStep: what kind of key it is, what to load, and what is held.
func TestUnknownKeyNamesTheNextStep(t *testing.T) {
	t.Parallel()
	const certificate = ", a platform certificate: load it under this serial number, or let a Keyring download it with the APIv3 key "
	for _, row := range []struct {
		name string
		held keys.Set
		id   string
		want string
	}{
		{"certificate", keys.Set{"PUB_KEY_ID_1": nil}, "0A", `unknown key "0A"` + certificate + "(held: PUB_KEY_ID_1)"},
		{"public key", keys.Set{"0B": nil}, "PUB_KEY_ID_1", `unknown key "PUB_KEY_ID_1", a public key of WeChat Pay: load pub_key.pem, from the merchant console, under this id (held: 0B)`},
		{"neither", keys.Set{"0B": nil}, "x\n", `unknown key "x\n", which is not an id of WeChat Pay's keys: the message may be forged (held: 0B)`},
		{"none held", nil, "0A", `unknown key "0A"` + certificate + "(no key is held)"},
		{"many held", keys.Set{"1": nil, "2": nil, "3": nil, "4": nil, "5": nil, "6": nil}, "0A", `unknown key "0A"` + certificate + "(held: 1, 2, 3, 4 and 2 more)"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := row.held.Key(t.Context(), row.id)
			require.ErrorIs(t, err, signer.ErrUnknownKey)
			require.EqualError(t, err, row.want)
		})
	}
	_, err := keys.Set{strings.Repeat("A", 900_000): nil}.Key(t.Context(), strings.Repeat("B", 900_000))
	assert.Less(t, len(err.Error()), 500)
}
