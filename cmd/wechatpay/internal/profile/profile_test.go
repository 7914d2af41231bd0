package profile_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/profile"
)

// getenv is an environment with a config file.
func getenv(t *testing.T, config string, env map[string]string) func(string) (string, bool) {
	t.Helper()
	dir := t.TempDir()
	if config != "" {
		require.NoError(t, os.Mkdir(filepath.Join(dir, "wechatpay"), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "wechatpay", "config.toml"), []byte(config), 0o600))
	}
	return func(name string) (string, bool) {
		if name == "XDG_CONFIG_HOME" {
			return dir, true
		}
		value, ok := env[name]
		return value, ok
	}
}

const two = `
default = "shop"
[profiles.shop]
mchid = '1900000109'
appid = 'wx-shop'
private_key_file = '/shop.pem'
base_url = 'https://proxy.example.com/'
[profiles.play]
kind = 'sandbox'
mchid = '1900000110'
base_url = 'http://127.0.0.1:8080'
[profiles.look]
kind = 'read-only'
mchid = '1900000109'
`

func TestResolve(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		env   map[string]string
		named string
		want  string // of the profile
		kind  profile.Kind
		texts map[string]string
	}{
		{"the default profile", nil, "", "shop", profile.Production, map[string]string{"WECHATPAY_APPID": "wx-shop"}},
		{"the environment goes before it", map[string]string{"WECHATPAY_APPID": "wx-env"}, "", "shop", profile.Production, map[string]string{"WECHATPAY_APPID": "wx-env", "WECHATPAY_MCHID": "1900000109"}},
		{"but not before a profile that is named", map[string]string{"WECHATPAY_APPID": "wx-env"}, "shop", "shop", profile.Production, map[string]string{"WECHATPAY_APPID": "wx-shop"}},
		{"nor by a variable", map[string]string{"WECHATPAY_APPID": "wx-env", "WECHATPAY_PROFILE": "shop"}, "", "shop", profile.Production, map[string]string{"WECHATPAY_APPID": "wx-shop"}},
		{"the flag goes before the variable", map[string]string{"WECHATPAY_PROFILE": "shop"}, "play", "play", profile.Sandbox, map[string]string{"WECHATPAY_MCHID": "1900000110"}},
		{"the environment fills what a named one lacks", map[string]string{"WECHATPAY_SERIAL": "AB"}, "shop", "shop", profile.Production, map[string]string{"WECHATPAY_SERIAL": "AB"}},
		{"a text goes before a file", map[string]string{"WECHATPAY_PRIVATE_KEY": "PEM"}, "", "shop", profile.Production, map[string]string{"WECHATPAY_PRIVATE_KEY": "PEM", "WECHATPAY_PRIVATE_KEY_FILE": ""}},
		{"the file of a named one before a text", map[string]string{"WECHATPAY_PRIVATE_KEY": "PEM"}, "shop", "shop", profile.Production, map[string]string{"WECHATPAY_PRIVATE_KEY": "", "WECHATPAY_PRIVATE_KEY_FILE": "/shop.pem"}},
		{"another merchant of the environment", map[string]string{"WECHATPAY_MCHID": "7"}, "", "", profile.Production, map[string]string{"WECHATPAY_MCHID": "7", "WECHATPAY_APPID": "", "WECHATPAY_BASE_URL": ""}},
		{"a brand of the environment", map[string]string{"WECHATPAY_BRAND_ID": "7"}, "", "", profile.Production, map[string]string{"WECHATPAY_MCHID": ""}},
		{"another merchant than that of a named one", map[string]string{"WECHATPAY_MCHID": "7", "WECHATPAY_SERIAL": "AB"}, "shop", "shop", profile.Production, map[string]string{"WECHATPAY_MCHID": "1900000109", "WECHATPAY_SERIAL": ""}},
		{"a sandbox whose base URL the environment changes", map[string]string{"WECHATPAY_PROFILE": "", "WECHATPAY_BASE_URL": "https://other.example.com", "WECHATPAY_MCHID": "1900000109"}, "", "shop", profile.Production, nil},
		{"read-only stays so", map[string]string{"WECHATPAY_KIND": "production"}, "look", "look", profile.ReadOnly, nil},
		{"a stricter kind of the environment", map[string]string{"WECHATPAY_KIND": "read-only"}, "play", "play", profile.ReadOnly, nil},
		{"a looser one", map[string]string{"WECHATPAY_KIND": "sandbox"}, "shop", "shop", profile.Production, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s, err := profile.Finder{Getenv: getenv(t, two, row.env), Named: row.named}.Resolve(t.Context())
			require.NoError(t, err)
			assert.Equal(t, row.want, s.Profile)
			assert.Equal(t, row.kind, s.Kind)
			for name, want := range row.texts {
				got, _ := s.Lookup(name)
				assert.Equal(t, want, got, name)
			}
		})
	}
}

func TestResolveTheEnvironmentAlone(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		env  map[string]string
		kind profile.Kind
		err  string
	}{
		{"nothing", nil, "", "no credentials"},
		{"an empty value counts as none", map[string]string{"WECHATPAY_MCHID": ""}, "", "no credentials"},
		{"a kind alone", map[string]string{"WECHATPAY_KIND": "sandbox"}, "", "no credentials"},
		{"is production", map[string]string{"WECHATPAY_MCHID": "1"}, profile.Production, ""},
		{"also with a base URL, which may be a proxy's", map[string]string{"WECHATPAY_MCHID": "1", "WECHATPAY_BASE_URL": "http://127.0.0.1:8080"}, profile.Production, ""},
		{"env.sh of a sandbox", map[string]string{"WECHATPAY_MCHID": "1", "WECHATPAY_BASE_URL": "http://127.0.0.1:8080", "WECHATPAY_KIND": "sandbox"}, profile.Sandbox, ""},
		{"a sandbox without a base URL", map[string]string{"WECHATPAY_MCHID": "1", "WECHATPAY_KIND": "sandbox"}, "", "WeChat Pay's own"},
		{"a sandbox at WeChat Pay", map[string]string{"WECHATPAY_MCHID": "1", "WECHATPAY_KIND": "sandbox", "WECHATPAY_BASE_URL": "https://api.mch.weixin.qq.com:443/"}, "", "WeChat Pay's own"},
		{"a sandbox at WeChat Pay's other host", map[string]string{"WECHATPAY_MCHID": "1", "WECHATPAY_KIND": "sandbox", "WECHATPAY_BASE_URL": "https://API.wechatpay.CN"}, "", "WeChat Pay's own"},
		{"a malformed base URL", map[string]string{"WECHATPAY_MCHID": "1", "WECHATPAY_KIND": "sandbox", "WECHATPAY_BASE_URL": "http://u:SECRET@h"}, "", "WECHATPAY_BASE_URL"},
		{"a profile that does not exist", map[string]string{"WECHATPAY_MCHID": "1", "WECHATPAY_PROFILE": "shop"}, "", "unknown profile"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s, err := profile.Finder{Getenv: getenv(t, "", row.env)}.Resolve(t.Context())
			if row.err != "" {
				require.ErrorContains(t, err, row.err)
				assert.NotContains(t, err.Error(), "SECRET")
				assert.Equal(t, failure.Usage, failure.Code(err))
				return
			}
			require.NoError(t, err)
			assert.Equal(t, row.kind, s.Kind)
		})
	}
}

func TestShowHidesSecrets(t *testing.T) {
	t.Parallel()
	env := map[string]string{}
	for _, name := range []string{
		"APIV3_KEY", "APIV2_KEY", "PRIVATE_KEY", "PRIVATE_KEY_PASSWORD", "CERTIFICATE", "PUBLIC_KEY", "PLATFORM_CERTIFICATE",
	} {
		env["WECHATPAY_"+name] = "SECRET"
	}
	env["WECHATPAY_BASE_URL"] = "https://u:SECRET@host"
	env["WECHATPAY_MCHID"] = "1900000109"
	s, err := profile.Finder{Getenv: getenv(t, "", env)}.Resolve(t.Context())
	require.NoError(t, err)
	shown := s.Show()
	assert.Len(t, shown, len(env))
	for _, v := range shown {
		assert.NotContains(t, v.Value, "SECRET", v.Name)
		assert.Equal(t, "environment", v.Origin)
	}
}

// The keyring of the system is one for all tests.
func TestKeyring(t *testing.T) {
	keyring.MockInit()
	const config = "[profiles.shop]\nmchid = '1'\nkeyring = ['apiv3_key']\n"
	require.NoError(t, profile.Keep(t.Context(), "shop", "apiv3_key", "hush"))
	resolve := func(ctx context.Context, env map[string]string) (*profile.Settings, error) {
		return profile.Finder{Getenv: getenv(t, config, env), Named: "shop"}.Resolve(ctx)
	}
	t.Run("has the secret", func(t *testing.T) {
		s, err := resolve(t.Context(), nil)
		require.NoError(t, err)
		secret, _ := s.Lookup("WECHATPAY_APIV3_KEY")
		assert.Equal(t, "hush", secret)
		assert.Equal(t, "keyring of the system, profile shop", s.Origin("WECHATPAY_APIV3_KEY"))
	})
	t.Run("is not asked where the environment has it", func(t *testing.T) {
		s, err := resolve(t.Context(), map[string]string{"WECHATPAY_APIV3_KEY_FILE": "/run/secrets/three"})
		require.NoError(t, err)
		assert.Equal(t, "environment", s.Origin("WECHATPAY_APIV3_KEY_FILE"))
		assert.Empty(t, s.Origin("WECHATPAY_APIV3_KEY"))
	})
	t.Run("there is none", func(t *testing.T) {
		keyring.MockInitWithError(errors.New("no D-Bus"))
		t.Cleanup(keyring.MockInit)
		_, err := resolve(t.Context(), nil)
		require.ErrorContains(t, err, "no D-Bus; set WECHATPAY_APIV3_KEY_FILE to a file with it, or to - for stdin")
		assert.Equal(t, failure.Usage, failure.Code(err))
		require.Error(t, profile.Keep(t.Context(), "shop", "apiv3_key", "hush"))
	})
	t.Run("interrupted", func(t *testing.T) {
		ctx, interrupt := context.WithCancel(t.Context())
		interrupt()
		_, err := resolve(ctx, nil)
		assert.Equal(t, failure.Interrupted, failure.Code(err))
	})
	t.Run("forgets", func(t *testing.T) {
		stored := &profile.Stored{Keyring: []string{"apiv3_key"}}
		require.NoError(t, profile.Keep(t.Context(), "shop", "apiv3_key", "hush"))
		require.NoError(t, profile.Forget(t.Context(), "shop", stored))
		require.NoError(t, profile.Forget(t.Context(), "shop", stored), "what is gone is gone")
		_, err := resolve(t.Context(), nil)
		require.ErrorContains(t, err, "WECHATPAY_APIV3_KEY")
	})
}

func TestPath(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the paths of the rows are those of other systems")
	}
	for _, row := range []struct {
		name string
		env  map[string]string
		want string
	}{
		{"XDG", map[string]string{"XDG_CONFIG_HOME": "/x", "HOME": "/h"}, "/x/wechatpay/config.toml"},
		{"home", map[string]string{"HOME": "/h"}, "/h/.config/wechatpay/config.toml"},
		{"a relative XDG counts as none", map[string]string{"XDG_CONFIG_HOME": "x", "HOME": "/h"}, "/h/.config/wechatpay/config.toml"},
		{"none", nil, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := profile.Path(func(name string) (string, bool) { v, ok := row.env[name]; return v, ok })
			assert.Equal(t, row.want, got)
			assert.Equal(t, row.want == "", err != nil)
		})
	}
}

func TestSaveKeepsALink(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("links need rights there")
	}
	env := getenv(t, two, nil)
	path, err := profile.Path(env)
	require.NoError(t, err)
	kept := filepath.Join(t.TempDir(), "dotfile.toml")
	require.NoError(t, os.Rename(path, kept))
	require.NoError(t, os.Symlink(kept, path))
	file, err := profile.Load(env)
	require.NoError(t, err)
	file, err = file.Use("look")
	require.NoError(t, err)
	require.NoError(t, file.Save())
	info, err := os.Lstat(path)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink)
	data, err := os.ReadFile(kept)
	require.NoError(t, err)
	assert.Equal(t, strings.Replace(two, `"shop"`, `"look"`, 1), string(data))
}

func FuzzEdit(f *testing.F) {
	f.Add(two, "shop", "C:\\keys\\a'b.pem")
	f.Add("# only a comment", "x", "/a\nb")
	f.Add("default='a'\n[profiles.a]\nmchid='1'\n[[x]]\n", "a", "")
	f.Fuzz(func(t *testing.T, text, name, value string) {
		file, err := profile.Parse("/config.toml", text)
		if err != nil {
			assert.NotContains(t, err.Error(), "\n", "one line")
			return
		}
		added, err := file.Add(name, &profile.Stored{Kind: profile.ReadOnly, Values: map[string]string{"mchid": value}})
		if err != nil {
			return // it is not written at all
		}
		stored, err := added.Profile(name)
		require.NoError(t, err)
		assert.Equal(t, value, stored.Values["mchid"])
		assert.Equal(t, profile.ReadOnly, stored.Kind)
		for _, other := range file.Names() {
			before, err := file.Profile(other)
			require.NoError(t, err)
			after, err := added.Profile(other)
			require.NoError(t, err)
			if other != name {
				assert.Equal(t, before, after, "others stay")
			}
		}
		removed, err := added.Remove(name)
		if err == nil {
			assert.NotContains(t, removed.Names(), name)
		}
	})
}
