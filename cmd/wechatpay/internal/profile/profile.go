// Package profile finds the values that a client is configured by: in the environment, in a
// profile of the config file, in the folder of a sandbox. It knows where each came from.
package profile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/internal/baseurl"
	"github.com/wechatpay-chain/wechatpay/internal/errtext"
)

// A Kind says what a profile may do.
type Kind string

// The kinds of a profile, the strictest last.
const (
	Sandbox    Kind = "sandbox"
	Production Kind = "production" // a call that takes effect is confirmed
	ReadOnly   Kind = "read-only"  // and here it is refused
)

var kinds = []Kind{Sandbox, Production, ReadOnly}

// KindNames are the kinds, for a person.
const KindNames = "sandbox, production, read-only"

func parseKind(text, where string) (Kind, error) {
	if kind := Kind(text); slices.Contains(kinds, kind) {
		return kind, nil
	}
	return "", failure.Usagef("%s: unknown kind %s; it is one of %s", where, word(text), KindNames)
}

// stricter returns the stricter of two kinds.
func stricter(x, y Kind) Kind { return kinds[max(slices.Index(kinds, x), slices.Index(kinds, y))] }

// Settings are named values, with the names of [wechatpay.ConfigFrom], and their origins.
type Settings struct {
	Profile string // its name; "" if the environment alone has the values
	Kind    Kind
	// Notes say what of the environment or the profile is not used, to a person.
	Notes   []string
	values  map[string]Value
	kindSet bool // the environment says it
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

// A Shown is a setting without its secret.
type Shown struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Origin string `json:"origin"`
}

// Show returns all settings, sorted by name. A secret or a key is "[redacted]", and its
// file is named. So is an id that has not the form of one.
func (s *Settings) Show() []Shown {
	shown := make([]Shown, 0, len(s.values))
	for name, v := range s.values {
		value := v.Text
		if !public(name) || mayBeSecret(name, value) {
			value = "[redacted]"
		}
		shown = append(shown, Shown{name, value, v.Origin})
	}
	slices.SortFunc(shown, func(x, y Shown) int { return strings.Compare(x.Name, y.Name) })
	return shown
}

// mayBeSecret reports whether a value that may be shown has not the form that its name asks for: a
// malformed URL may have a password, and who mixes up two settings has put a key there.
func mayBeSecret(name, value string) bool {
	switch {
	case name == "WECHATPAY_BASE_URL":
		_, err := baseurl.Parse(value)
		return err != nil
	case strings.HasSuffix(name, "_FILE"):
		return strings.Contains(value, "\n") || len(value) == cipher.KeySize && !strings.ContainsAny(value, `/\.`)
	case name == "WECHATPAY_APPID":
		return len(value) >= cipher.KeySize
	}
	return !errtext.IsID(value)
}

// word is an unknown word for a person: in quotes, or its length alone if it may be a secret.
func word(text string) string {
	const longest = 20
	if len(text) <= longest {
		return fmt.Sprintf("%q", text)
	}
	return errtext.ID(text)
}

// checkSandbox refuses a sandbox whose calls would go to WeChat Pay.
func (s *Settings) checkSandbox() error {
	if s.Kind != Sandbox {
		return nil
	}
	raw, ok := s.Lookup("WECHATPAY_BASE_URL")
	base, err := baseurl.Parse(raw)
	if ok && err != nil {
		return failure.Usagef("%s: WECHATPAY_BASE_URL: %w", s.Name(), err)
	}
	if !ok || baseurl.IsWeChatPay(base.Host) {
		return failure.Usagef("%s is a sandbox, but its base URL is WeChat Pay's own; set the sandbox's, or the kind production", s.Name())
	}
	return nil
}

// origin says where the values of a profile are.
func origin(file, profile string) string { return fmt.Sprintf("%s, profile %s", file, profile) }
