package accel

import (
	"crypto"
	"crypto/sha256"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A changed loader is that of the system with one function changed.
type changed struct {
	system
	name   string
	change func(at any) error // what is at the pointer is set
}

func (c changed) bind(handle uintptr, name string, at any) error {
	if err := c.system.bind(handle, name, at); err != nil || name != c.name {
		return err
	}
	return c.change(at)
}

// returning changes a function into one that does nothing and returns a value.
func returning[F any](f F) func(at any) error {
	return func(at any) error {
		*at.(*F) = f
		return nil
	}
}

// An absent loader finds no library.
type absent struct{ system }

func (absent) open(string) (uintptr, error) { return 0, errors.New("libcrypto.so.3: no such file") }

// requireLibrary returns the library of this machine.
func requireLibrary(t *testing.T) *library {
	t.Helper()
	lib, err := openSSL()
	if err != nil {
		t.Skip(err)
	}
	return lib
}

// TestFallback: whatever is wrong with OpenSSL, the reason is told, and crypto/rsa signs.
func TestFallback(t *testing.T) {
	t.Parallel()
	lib := requireLibrary(t)
	version := func(v uint64) func(any) error { return returning(func() uint64 { return v }) }
	signing := func(change func(signature *byte, length *uint64) int32) func(any) error {
		return returning(func(ctx uintptr, signature *byte, length *uint64, digest *byte, digestLength uint64) int32 {
			if lib.sign(ctx, signature, length, digest, digestLength) != 1 {
				return 0
			}
			return change(signature, length)
		})
	}
	type row struct {
		name string
		from loader
		want string
	}
	rows := []row{ //nolint:prealloc // of a test
		{"library missing", absent{}, "no such file"},
		{"version 1.1", changed{name: "OpenSSL_version_num", change: version(0x1010117f)}, "is version 1.1; version 3 is required"},
		{"version 4", changed{name: "OpenSSL_version_num", change: version(0x40000000)}, "is version 4.0; version 3 is required"},
		{"version 3.0.4", changed{name: "OpenSSL_version_num", change: version(0x30000040)}, "CVE-2022-2274"},
		{"no start", changed{name: "OPENSSL_init_crypto", change: returning(func(uint64, uintptr) int32 { return 0 })}, "OPENSSL_init_crypto"},
		{"no key", changed{name: "d2i_PrivateKey", change: returning(func(int32, uintptr, *uintptr, int64) uintptr { return 0 })}, "self-test failed: d2i_PrivateKey"},
		{"no context", changed{name: "EVP_PKEY_CTX_new", change: returning(func(uintptr, uintptr) uintptr { return 0 })}, "self-test failed: EVP_PKEY_CTX_new"},
		{"no padding", changed{name: "EVP_PKEY_CTX_set_rsa_padding", change: returning(func(uintptr, int32) int32 { return -2 })}, "self-test failed: EVP_PKEY_sign_init"},
		{"no signature", changed{name: "EVP_PKEY_sign", change: signing(func(*byte, *uint64) int32 { return 0 })}, "self-test failed: EVP_PKEY_sign and EVP_PKEY_verify: error:"},
		{"wrong signature", changed{name: "EVP_PKEY_sign", change: signing(func(signature *byte, _ *uint64) int32 { *signature ^= 1; return 1 })}, "self-test failed: EVP_PKEY_sign and EVP_PKEY_verify: error:"},
		{"short signature", changed{name: "EVP_PKEY_sign", change: signing(func(_ *byte, length *uint64) int32 { *length--; return 1 })}, "self-test failed: EVP_PKEY_sign and EVP_PKEY_verify: error:"},
		{"no verification", changed{name: "EVP_PKEY_verify", change: returning(func(uintptr, *byte, uint64, *byte, uint64) int32 { return 0 })}, "self-test failed: EVP_PKEY_sign and EVP_PKEY_verify: error:"},
	}
	undefined := func(any) error { return errors.New("undefined symbol") }
	for _, f := range append(new(library).functions(), function{name: "OpenSSL_version_num"}) {
		rows = append(rows, row{"no " + f.name, changed{name: f.name, change: undefined}, "has no function " + f.name})
	}
	for _, tc := range rows {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			lib, err := load(tc.from, []string{"libcrypto.so.3"})
			require.ErrorContains(t, err, tc.want)
			require.Nil(t, lib)
			key := testKey()
			signer, err := newSigner(lib, key)
			require.NoError(t, err)
			requireSame(t, key, signer)
			assert.Contains(t, signer.(rsaSigner).String(), "by crypto/rsa")
		})
	}
}

// TestLoadTriesAllNames: the first that serves is taken, and all problems are told.
func TestLoadTriesAllNames(t *testing.T) {
	t.Parallel()
	requireLibrary(t)
	lib, err := load(system{}, []string{"libabsent.so.3", libcrypto["linux"][0]})
	require.NoError(t, err)
	assert.Regexp(t, `^OpenSSL 3\.\d+\.\d+$`, lib.String())
	_, err = load(system{}, []string{"libabsent.so.3", "libmissing.so.3"})
	require.ErrorContains(t, err, "libabsent")
	require.ErrorContains(t, err, "libmissing")
	_, err = load(system{}, nil)
	require.ErrorContains(t, err, "OpenSSL is not used on ")
}

// requireSame requires that the signer signs as crypto/rsa does with the key.
func requireSame(t *testing.T, key, signer crypto.Signer) {
	t.Helper()
	digest := sha256.Sum256([]byte(t.Name()))
	want, err := key.Sign(nil, digest[:], crypto.SHA256)
	require.NoError(t, err)
	got, err := signer.Sign(nil, digest[:], crypto.SHA256)
	require.NoError(t, err)
	require.Equal(t, want, got)
}
