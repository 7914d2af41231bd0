// Package profile finds the values that a client is configured by: in the environment, in a
// profile of the config file, in the folder of a sandbox. It knows where each came from.
package profile

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// A Kind says what a profile may do.
type Kind string

// The kinds of a profile.
const (
	Sandbox    Kind = "sandbox"
	Production Kind = "production" // a call that takes effect is confirmed
	ReadOnly   Kind = "read-only"  // and here it is refused
)

// Settings are named values, with the names of [wechatpay.ConfigFrom], and their origins.
type Settings struct {
	Profile string // its name; "" if the environment alone has the values
	Kind    Kind
	values  map[string]Value
}

// A Value is one setting.
type Value struct {
	Text   string
	Origin string // for a person: "environment", the config file's path and profile
}

// Lookup returns the value of a name, for wechatpay.ConfigFrom.
func (s *Settings) Lookup(name string) (value string, ok bool) {
	v, ok := s.values[name]
	return v.Text, ok
}

// Origin returns where the value of a name came from.
func (s *Settings) Origin(name string) string { return s.values[name].Origin }

// Name is how a person calls the source of the settings.
func (s *Settings) Name() string {
	if s.Profile == "" {
		return "environment"
	}
	return "profile " + s.Profile
}

// Merchant returns the id of the merchant, or else of the brand.
func (s *Settings) Merchant() string {
	return cmp.Or(s.values["WECHATPAY_MCHID"].Text, s.values["WECHATPAY_BRAND_ID"].Text)
}

// Names are the settings that ConfigFrom knows. Those of Secret may be files, too.
var names = []string{
	"WECHATPAY_MCHID", "WECHATPAY_BRAND_ID", "WECHATPAY_SERIAL", "WECHATPAY_APPID", "WECHATPAY_BASE_URL", "WECHATPAY_PUBLIC_KEY_ID",
	"WECHATPAY_PRIVATE_KEY", "WECHATPAY_PRIVATE_KEY_FILE", "WECHATPAY_PRIVATE_KEY_PASSWORD", "WECHATPAY_PRIVATE_KEY_PASSWORD_FILE",
	"WECHATPAY_CERTIFICATE", "WECHATPAY_CERTIFICATE_FILE", "WECHATPAY_PUBLIC_KEY", "WECHATPAY_PUBLIC_KEY_FILE",
	"WECHATPAY_PLATFORM_CERTIFICATE", "WECHATPAY_PLATFORM_CERTIFICATE_FILE",
	"WECHATPAY_APIV3_KEY", "WECHATPAY_APIV3_KEY_FILE", "WECHATPAY_APIV2_KEY", "WECHATPAY_APIV2_KEY_FILE",
}

// Resolve returns the settings of a profile and of the environment, which goes first. An
// empty name is that of WECHATPAY_PROFILE, or the one that `profile use` chose.
func Resolve(getenv func(string) (string, bool), name string) (*Settings, error) {
	s := &Settings{Profile: name, Kind: Production, values: map[string]Value{}}
	for _, name := range names {
		if value, ok := getenv(name); ok && value != "" {
			s.values[name] = Value{value, "environment"}
		}
	}
	if len(s.values) == 0 {
		return nil, failure.Usagef("no credentials: use --sandbox, `wechatpay profile add`, or the variables WECHATPAY_…")
	}
	return s, nil
}

// SandboxDir returns the folder of the sandbox that `sandbox serve` serves by default.
func SandboxDir(getenv func(string) (string, bool)) string {
	if dir, ok := getenv("XDG_STATE_HOME"); ok && dir != "" {
		return filepath.Join(dir, "wechatpay", "sandbox")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = os.TempDir()
	}
	return filepath.Join(home, ".local", "state", "wechatpay", "sandbox")
}

// Served returns the settings of a sandbox that is being served from a folder.
func Served(ctx context.Context, dir string) (*Settings, error) {
	s, err := FromFolder(dir)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	base, _ := s.Lookup("WECHATPAY_BASE_URL")
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, base, http.NoBody)
	if err != nil {
		return nil, err
	}
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("no sandbox is served from %s: %w", dir, err)
	}
	return s, reply.Body.Close()
}

// FromFolder returns the settings that the credentials folder of a sandbox holds.
func FromFolder(dir string) (*Settings, error) {
	file := filepath.Join(dir, "credentials.json")
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var ids map[string]string
	if err := json.Unmarshal(data, &ids); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if ids["base_url"] == "" {
		return nil, errors.New(file + ": has no base_url")
	}
	s := &Settings{Profile: "sandbox", Kind: Sandbox, values: map[string]Value{}}
	for name, value := range map[string]string{
		"WECHATPAY_BASE_URL":         ids["base_url"],
		"WECHATPAY_MCHID":            ids["mchid"],
		"WECHATPAY_APIV3_KEY":        ids["apiv3_key"],
		"WECHATPAY_APIV2_KEY":        ids["apiv2_key"],
		"WECHATPAY_PUBLIC_KEY_ID":    ids["public_key_id"],
		"WECHATPAY_PUBLIC_KEY_FILE":  filepath.Join(dir, "pub_key.pem"),
		"WECHATPAY_PRIVATE_KEY_FILE": filepath.Join(dir, "apiclient_key.pem"),
		"WECHATPAY_CERTIFICATE_FILE": filepath.Join(dir, "apiclient_cert.pem"),
		"WECHATPAY_CONTROL_TOKEN":    ids["control_token"],
	} {
		s.values[name] = Value{value, file}
	}
	return s, nil
}
