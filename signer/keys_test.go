package signer_test

import (
	"crypto/x509"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestSameID(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, a, b string
		same       bool
	}{
		{"one leading zero and case", "0ABC", "abc", true},
		{"two leading zeros and case", "ABC", "00abc", true},
		{"another serial", "ABC", "ABD", false},
		{"empty", "", "ABC", false},
		{"public key id", "PUB_KEY_ID_01", "PUB_KEY_ID_01", true},
		{"public key id without its zero", "PUB_KEY_ID_01", "PUB_KEY_ID_1", false},
		{"public key id in another case", "PUB_KEY_ID_0a", "PUB_KEY_ID_0A", false},
		{"public key id with a leading zero", "0PUB_KEY_ID_01", "PUB_KEY_ID_01", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.same, signer.SameID(tc.a, tc.b))
			assert.Equal(t, tc.same, signer.SameID(tc.b, tc.a))
		})
	}
}

func TestSerialKeepsLeadingZeros(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "0ABC", signer.Serial(&x509.Certificate{SerialNumber: big.NewInt(0x0abc)}))
}

func TestNonce(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		nonce := signer.Nonce()
		require.Regexp(t, `^[0-9A-Za-z]{20,32}$`, nonce)
		require.False(t, seen[nonce])
		seen[nonce] = true
	}
}
