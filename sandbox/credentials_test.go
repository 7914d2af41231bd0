package sandbox_test

import (
	"crypto/rsa"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/printtest"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func TestNothingPrintsAKey(t *testing.T) {
	t.Parallel()
	pairs, err := sandbox.NewKeys()
	require.NoError(t, err)
	cfg := sandbox.Config{APIv3Key: cipher.NewSecret("0123456789abcdef0123456789ABCDEF"), Keys: pairs}
	g := newGateway(t, cfg)
	cred := g.Credentials()
	secrets := []string{cfg.APIv3Key.Reveal()} //nolint:prealloc // of a test
	for _, key := range []*rsa.PrivateKey{pairs.Merchant, pairs.Platform, pairs.Public} {
		secrets = append(secrets, printtest.PrivateNumbers(key)...)
	}
	for _, tc := range []struct {
		name  string
		value any
	}{
		{"Gateway", g},
		{"Config", cfg},
		{"pointer to Config", &cfg},
		{"Credentials", cred},
		{"pointer to Credentials", &cred},
		{"Keys", *pairs},
		{"pointer to Keys", pairs},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			printtest.Hides(t, tc.value, secrets...)
		})
	}
}

func TestCredentialsPrintTheirIDs(t *testing.T) {
	t.Parallel()
	cred := gateway().Credentials()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, fmt.Sprintf(verb, cred), cred.Serial)
		})
	}
}

func TestConfigErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		cfg  sandbox.Config
		want string
	}{
		{"short APIv3 key", sandbox.Config{APIv3Key: cipher.NewSecret("short")}, "sandbox: Config.APIv3Key has 5 bytes; it must have 32"},
		{"no key pairs", sandbox.Config{Keys: &sandbox.Keys{}}, "sandbox: Config.Keys lacks a key pair; set all five, or use NewKeys"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := sandbox.New(tc.cfg)
			require.EqualError(t, err, tc.want)
		})
	}
}
