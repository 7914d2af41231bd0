package envconfig_test

import (
	"crypto/rsa"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/envconfig"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/keys"
)

type env map[string]string

func (e env) lookup(name string) (string, bool) { v, ok := e[name]; return v, ok }

// files writes the files of a test and returns a function that has their paths.
func files(t *testing.T, contents map[string]string) func(name string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range contents {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	return func(name string) string { return filepath.Join(dir, name) }
}

func TestLoadTexts(t *testing.T) {
	t.Parallel()
	v, err := envconfig.Load(env{
		"WECHATPAY_MCHID": "1900000109", "WECHATPAY_BRAND_ID": "40000", "WECHATPAY_SERIAL": "AB12", "WECHATPAY_APPID": "wx1",
		"WECHATPAY_BASE_URL": "https://apihk.mch.weixin.qq.com/", "WECHATPAY_APIV3_KEY": "three", "WECHATPAY_APIV2_KEY": "two",
	}.lookup)
	require.NoError(t, err)
	assert.Equal(t, []string{"1900000109", "40000", "AB12", "wx1", "https://apihk.mch.weixin.qq.com/"}, []string{v.MchID, v.BrandID, v.Serial, v.AppID, v.BaseURL})
	assert.Equal(t, "three", v.APIv3Key.Reveal())
	assert.Equal(t, "two", v.APIv2Key.Reveal())
	assert.Nil(t, v.PrivateKey)
	assert.Nil(t, v.PlatformKeys)
}

func TestLoadNothing(t *testing.T) {
	t.Parallel()
	v, err := envconfig.Load(env{"WECHATPAY_PRIVATE_KEY": "", "WECHATPAY_APIV3_KEY_FILE": ""}.lookup)
	require.NoError(t, err)
	assert.Equal(t, envconfig.Values{}, v, "an empty value counts as none")
}

func TestLoadKeys(t *testing.T) {
	t.Parallel()
	v := vectors.Load(t)
	merchant, platform := v.Merchant, v.Platform
	p12, err := base64.StdEncoding.DecodeString(merchant.PKCS12Base64)
	require.NoError(t, err)
	path := files(t, map[string]string{
		"key.pem": merchant.PKCS8, "cert.pem": merchant.Certificate, "all.p12": string(p12), "both.pem": merchant.PKCS8 + merchant.Certificate,
		"encrypted.pem": merchant.EncryptedPKCS8, "password": merchant.Passphrase + "\r\n", "pub.pem": platform.SPKI, "platform.pem": platform.Certificate,
		"three": "01234567890123456789012345678901\n", "two": "two",
	})
	for _, row := range []struct {
		name        string
		env         env
		certificate bool     // the private key comes with its certificate
		platform    []string // ids
	}{
		{"a key as text", env{"WECHATPAY_PRIVATE_KEY": merchant.PKCS8}, false, nil},
		{"with \\n in place of line breaks", env{"WECHATPAY_PRIVATE_KEY": strings.ReplaceAll(merchant.PKCS8, "\n", `\n`)}, false, nil},
		{"a key in a file", env{"WECHATPAY_PRIVATE_KEY_FILE": path("key.pem")}, false, nil},
		{"key and certificate", env{"WECHATPAY_PRIVATE_KEY_FILE": path("key.pem"), "WECHATPAY_CERTIFICATE_FILE": path("cert.pem")}, true, nil},
		{"both as text", env{"WECHATPAY_PRIVATE_KEY": merchant.PKCS8, "WECHATPAY_CERTIFICATE": merchant.Certificate}, true, nil},
		{"one file of both", env{"WECHATPAY_PRIVATE_KEY_FILE": path("both.pem")}, true, nil},
		{"a .p12 as the key", env{"WECHATPAY_PRIVATE_KEY_FILE": path("all.p12"), "WECHATPAY_PRIVATE_KEY_PASSWORD": merchant.Passphrase}, true, nil},
		{"a .p12 as the certificate", env{"WECHATPAY_CERTIFICATE_FILE": path("all.p12"), "WECHATPAY_PRIVATE_KEY_PASSWORD_FILE": path("password")}, true, nil},
		{"an encrypted key", env{"WECHATPAY_PRIVATE_KEY_FILE": path("encrypted.pem"), "WECHATPAY_PRIVATE_KEY_PASSWORD": merchant.Passphrase}, false, nil},
		{"a public key", env{"WECHATPAY_PUBLIC_KEY_ID": "PUB_KEY_ID_1", "WECHATPAY_PUBLIC_KEY_FILE": path("pub.pem")}, false, []string{"PUB_KEY_ID_1"}},
		{"a platform certificate", env{"WECHATPAY_PLATFORM_CERTIFICATE_FILE": path("platform.pem")}, false, []string{platform.Serial}},
		{"both, as text", env{
			"WECHATPAY_PUBLIC_KEY_ID": "PUB_KEY_ID_1", "WECHATPAY_PUBLIC_KEY": platform.SPKI, "WECHATPAY_PLATFORM_CERTIFICATE": platform.Certificate,
		}, false, []string{"PUB_KEY_ID_1", platform.Serial}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := envconfig.Load(row.env.lookup)
			require.NoError(t, err)
			if row.platform != nil {
				assert.Len(t, got.PlatformKeys, len(row.platform))
				for _, id := range row.platform {
					assert.Contains(t, got.PlatformKeys, id)
				}
				return
			}
			if row.certificate {
				require.IsType(t, &keys.Merchant{}, got.PrivateKey)
				assert.Equal(t, merchant.Serial, got.PrivateKey.(*keys.Merchant).Serial())
				return
			}
			assert.IsType(t, &rsa.PrivateKey{}, got.PrivateKey)
		})
	}
	t.Run("secrets in files end before the line break", func(t *testing.T) {
		t.Parallel()
		got, err := envconfig.Load(env{"WECHATPAY_APIV3_KEY_FILE": path("three"), "WECHATPAY_APIV2_KEY_FILE": path("two")}.lookup)
		require.NoError(t, err)
		assert.Equal(t, "01234567890123456789012345678901", got.APIv3Key.Reveal())
		assert.Equal(t, "two", got.APIv2Key.Reveal())
	})
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	v := vectors.Load(t)
	merchant, platform := v.Merchant, v.Platform
	p12, err := base64.StdEncoding.DecodeString(merchant.PKCS12Base64)
	require.NoError(t, err)
	const secret = "SECRET7890123456789012345678901x"
	path := files(t, map[string]string{
		"key.pem": merchant.PKCS8, "cert.pem": merchant.Certificate, "all.p12": string(p12), "mixed.pem": merchant.PKCS8 + platform.Certificate,
		"pub.pem": platform.SPKI, "platform.pem": platform.Certificate, "empty": "\n", "large": strings.Repeat(secret, 1000), "text": secret,
	})
	for _, row := range []struct {
		name string
		env  env
		want string // how the problem begins, and a part of what follows
		part string
	}{
		{"a key twice", env{"WECHATPAY_PRIVATE_KEY": merchant.PKCS8, "WECHATPAY_PRIVATE_KEY_FILE": path("key.pem")}, "WECHATPAY_PRIVATE_KEY: ", "WECHATPAY_PRIVATE_KEY_FILE too; unset one"},
		{"a secret twice", env{"WECHATPAY_APIV3_KEY": secret, "WECHATPAY_APIV3_KEY_FILE": path("text")}, "WECHATPAY_APIV3_KEY: ", "unset one"},
		{"a secret in place of its path", env{"WECHATPAY_APIV2_KEY_FILE": secret}, "WECHATPAY_APIV2_KEY_FILE: ", "must be the path of a file"},
		{"a file that is not there", env{"WECHATPAY_APIV3_KEY_FILE": path("none")}, "WECHATPAY_APIV3_KEY_FILE: ", "cannot be read"},
		{"a folder", env{"WECHATPAY_APIV3_KEY_FILE": path("")}, "WECHATPAY_APIV3_KEY_FILE: ", "cannot be read"},
		{"an empty file", env{"WECHATPAY_APIV3_KEY_FILE": path("empty")}, "WECHATPAY_APIV3_KEY_FILE: ", "is empty"},
		{"a file that is too large", env{"WECHATPAY_APIV3_KEY_FILE": path("large")}, "WECHATPAY_APIV3_KEY_FILE: ", "more than 4096 bytes"},
		{"a key that is not there", env{"WECHATPAY_PRIVATE_KEY_FILE": path("none.pem")}, "WECHATPAY_PRIVATE_KEY_FILE: ", "none.pem"},
		{"a key in place of its path", env{"WECHATPAY_PRIVATE_KEY_FILE": merchant.PKCS8}, "WECHATPAY_PRIVATE_KEY_FILE: ", "not a path"},
		{"a text in place of a key", env{"WECHATPAY_PRIVATE_KEY": secret}, "WECHATPAY_PRIVATE_KEY: ", ""},
		{"a public key in place of the private one", env{"WECHATPAY_PRIVATE_KEY_FILE": path("pub.pem")}, "WECHATPAY_PRIVATE_KEY_FILE: ", "public key"},
		{"a wrong password", env{"WECHATPAY_PRIVATE_KEY_FILE": path("all.p12"), "WECHATPAY_PRIVATE_KEY_PASSWORD": secret}, "WECHATPAY_PRIVATE_KEY_FILE: ", "wrong"},
		{"no password", env{"WECHATPAY_PRIVATE_KEY_FILE": path("all.p12")}, "WECHATPAY_PRIVATE_KEY_FILE: ", "pass"},
		{"key and certificate of two merchants", env{"WECHATPAY_PRIVATE_KEY_FILE": path("key.pem"), "WECHATPAY_CERTIFICATE_FILE": path("platform.pem")}, "WECHATPAY_CERTIFICATE_FILE: ", "does not belong"},
		{"the same in one file", env{"WECHATPAY_PRIVATE_KEY_FILE": path("mixed.pem")}, "WECHATPAY_PRIVATE_KEY_FILE: ", "does not belong"},
		{"a key that is not there, beside a certificate", env{"WECHATPAY_PRIVATE_KEY_FILE": path("none.pem"), "WECHATPAY_CERTIFICATE_FILE": path("cert.pem")}, "WECHATPAY_PRIVATE_KEY_FILE: ", "none.pem"},
		{"a key in place of its path, beside a certificate", env{"WECHATPAY_PRIVATE_KEY_FILE": merchant.PKCS8, "WECHATPAY_CERTIFICATE_FILE": path("cert.pem")}, "WECHATPAY_PRIVATE_KEY_FILE: ", "not a path"},
		{"key and certificate swapped", env{"WECHATPAY_PRIVATE_KEY_FILE": path("cert.pem"), "WECHATPAY_CERTIFICATE_FILE": path("key.pem")}, "WECHATPAY_PRIVATE_KEY_FILE: ", "it contains a certificate, not a private key"},
		{"a key where the certificate should be", env{"WECHATPAY_PRIVATE_KEY_FILE": path("key.pem"), "WECHATPAY_CERTIFICATE_FILE": path("key.pem")}, "WECHATPAY_CERTIFICATE_FILE: ", "it contains a private key, not a certificate"},
		{"a certificate alone", env{"WECHATPAY_CERTIFICATE_FILE": path("cert.pem")}, "WECHATPAY_CERTIFICATE_FILE: ", "private key is missing"},
		{"an id without its key", env{"WECHATPAY_PUBLIC_KEY_ID": "PUB_KEY_ID_1"}, "WECHATPAY_PUBLIC_KEY_ID: ", "WECHATPAY_PUBLIC_KEY_FILE"},
		{"a key without its id", env{"WECHATPAY_PUBLIC_KEY": platform.SPKI}, "WECHATPAY_PUBLIC_KEY: ", "WECHATPAY_PUBLIC_KEY_ID"},
		{"a private key as the public one", env{"WECHATPAY_PUBLIC_KEY_ID": "PUB_KEY_ID_1", "WECHATPAY_PUBLIC_KEY": merchant.PKCS8}, "WECHATPAY_PUBLIC_KEY: ", "private key"},
		{"a key as the platform certificate", env{"WECHATPAY_PLATFORM_CERTIFICATE": platform.SPKI}, "WECHATPAY_PLATFORM_CERTIFICATE: ", "public key"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := envconfig.Load(row.env.lookup)
			require.Error(t, err)
			assert.Equal(t, envconfig.Values{}, got)
			assert.True(t, strings.HasPrefix(err.Error(), row.want), "%v", err)
			require.ErrorContains(t, err, row.part)
			assert.NotContains(t, err.Error(), "SECRET")
			assert.NotContains(t, err.Error(), merchant.PKCS8[40:80])
		})
	}
	t.Run("all problems at once", func(t *testing.T) {
		t.Parallel()
		_, err := envconfig.Load(env{
			"WECHATPAY_APIV3_KEY_FILE": path("none"), "WECHATPAY_PRIVATE_KEY": secret,
			"WECHATPAY_PUBLIC_KEY_ID": "PUB_KEY_ID_1", "WECHATPAY_PLATFORM_CERTIFICATE_FILE": path("pub.pem"),
		}.lookup)
		for _, name := range []string{"APIV3_KEY_FILE", "PRIVATE_KEY", "PUBLIC_KEY_ID", "PLATFORM_CERTIFICATE_FILE"} {
			require.ErrorContains(t, err, "WECHATPAY_"+name+": ")
		}
	})
}
