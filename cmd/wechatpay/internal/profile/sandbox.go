package profile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// SandboxDir returns the folder of the sandbox that `sandbox serve` serves by default.
func SandboxDir(getenv func(string) (string, bool)) string {
	if dir := variable(getenv, "XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, "wechatpay", "sandbox")
	}
	home := home(getenv)
	if home == "" {
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
	token, _ := s.Lookup("WECHATPAY_CONTROL_TOKEN")
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(base, "/")+"/_sandbox/v1/", http.NoBody)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("no sandbox is served from %s: %w", dir, err)
	}
	if reply.StatusCode != http.StatusOK { // it has another token: its port was that of an earlier one
		return nil, errors.Join(fmt.Errorf("no sandbox is served from %s: at %s is another one", dir, base), reply.Body.Close())
	}
	return s, reply.Body.Close()
}

// FromFolder returns the settings that the credentials folder of a sandbox holds.
func FromFolder(dir string) (*Settings, error) {
	file := filepath.Join(dir, "credentials.json")
	data, err := os.ReadFile(file) //nolint:gosec // the user names the file
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
