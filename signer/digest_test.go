package signer_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestDigestOf(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, sign string
		want       signer.Digest
		err        string
	}{
		{"MD5", strings.Repeat("A", 32), signer.MD5, ""},
		{"HMAC-SHA256", strings.Repeat("A", 64), signer.HMACSHA256, ""},
		{"none", "", "", "it has no sign"},
		{"SHA-1", strings.Repeat("A", 40), "", "sign has 40 characters, which no digest has"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			digest, err := signer.DigestOf(row.sign)
			assert.Equal(t, row.want, digest)
			if row.err == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, signer.ErrSignature)
			require.ErrorContains(t, err, row.err)
		})
	}
}
