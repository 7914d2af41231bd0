package media_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/media"
)

func TestChecksum(t *testing.T) {
	t.Parallel()
	const sha1, sha256 = "da39a3ee5e6b4b0d3255bfef95601890afd80709", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	for _, row := range []struct {
		name     string
		checksum media.Checksum // of nothing
		changed  string         // the error, once there is an "x"
	}{
		{"SHA1", media.Checksum{Type: "SHA1", Value: sha1}, `checksum mismatch: the SHA1 of the file is 11f6ad8ec52a2984abaafd7c3b516503785c2072, not "` + sha1 + `"; download it again`},
		{"SHA1 in capitals", media.Checksum{Type: "SHA1", Value: "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709"}, `checksum mismatch: the SHA1 of the file is 11f6ad8ec52a2984abaafd7c3b516503785c2072, not "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709"; download it again`},
		{"sha-1", media.Checksum{Type: "sha-1", Value: sha1}, `checksum mismatch: the sha-1 of the file is 11f6ad8ec52a2984abaafd7c3b516503785c2072, not "` + sha1 + `"; download it again`},
		{"SHA256", media.Checksum{Type: "SHA256", Value: sha256}, `checksum mismatch: the SHA256 of the file is 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881, not "` + sha256 + `"; download it again`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			h, err := row.checksum.New()
			require.NoError(t, err)
			require.NoError(t, row.checksum.Check(h))
			h.Write([]byte("x"))
			err = row.checksum.Check(h)
			require.EqualError(t, err, row.changed)
			require.ErrorIs(t, err, media.ErrChecksum)
			assert.True(t, row.checksum.Matches(nil))
			assert.False(t, row.checksum.Matches([]byte("x")))
		})
	}
}

func TestChecksumOfAnotherAlgorithm(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, kind, want string }{
		{"SM3", "SM3", `unsupported hash algorithm "SM3"; use SHA1 or SHA256`},
		{"MD5", "MD5", `unsupported hash algorithm "MD5"; use SHA1 or SHA256`},
		{"none", "", `unsupported hash algorithm ""; use SHA1 or SHA256`},
		{"a long one", "SHA-256 of the whole file", `unsupported hash algorithm "SHA-256 of the whole"; use SHA1 or SHA256`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := media.Checksum{Type: row.kind}
			_, err := c.New()
			require.EqualError(t, err, row.want)
			require.ErrorIs(t, err, media.ErrHashType)
			assert.False(t, c.Matches(nil))
		})
	}
}
