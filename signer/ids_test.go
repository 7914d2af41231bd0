package signer_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestCheckSerial(t *testing.T) {
	t.Parallel()
	const decimal = "1461501637330902918203684832716283019655932542975" // 2^160-1
	for _, row := range []struct{ name, serial, want string }{
		{"hex", "0aBC", ""},
		{"leading zeros do not count", strings.Repeat("0", 50) + strings.Repeat("F", 40), ""},
		{"the largest in decimal", decimal, `"` + decimal + `" is a serial number in decimal; write it in hex: ` + strings.Repeat("F", 40)},
		{"a larger one", "2" + decimal[1:], "has 49 digits; the serial number of a certificate has at most 40 in hex"},
		{"zeros only", "000", "is empty or zero; it must be the serial number of a certificate in hex"},
		{"colons", "0A:BC", `has 5 characters, and not all are hex digits; write the serial number without colons, spaces or a prefix`},
		{"a private key", "-----BEGIN PRIVATE KEY-----", "has 27 characters, and not all are hex digits; write the serial number without colons, spaces or a prefix"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := signer.CheckSerial(row.serial)
			if row.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, row.want)
		})
	}
}

// TestLongNumbersAreNotConverted: anybody may send a million digits.
func TestLongNumbersAreNotConverted(t *testing.T) {
	t.Parallel()
	for digits, converted := range map[int]bool{48: true, 50: false, 1 << 20: false} {
		err := signer.CheckSerial(strings.Repeat("9", digits))
		require.Error(t, err)
		assert.Equal(t, converted, strings.Contains(err.Error(), "in decimal"), "%d digits: %.200s", digits, err.Error())
	}
}

func TestCanonicalID(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, id, want string }{
		{"serial", "00aBc0", "ABC0"},
		{"public key id", "PUB_KEY_ID_0a", "PUB_KEY_ID_0a"},
		{"another text", "0xyz", "0xyz"},
		{"empty", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, signer.CanonicalID(row.id))
			assert.True(t, signer.SameID(row.id, row.want))
		})
	}
}

func TestCheckCallerID(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, id, want string }{
		{"a merchant id", "1900000109", ""},
		{"none", "", "is missing; it is the merchant id, such as 1900000109"},
		{"an API key", "hush7890123456789012345678901hus", "has 32 characters, as an API key has; an id is a number, such as 1900000109"},
		{"a private key", "-----BEGIN PRIVATE KEY-----", "has 27 characters, and a space or another invalid one among them; an id is a number, such as 1900000109"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := signer.CheckCallerID(row.id)
			if row.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, row.want)
		})
	}
}
