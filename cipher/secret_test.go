package cipher_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
)

const (
	content    = "hush-0123456789"
	contentHex = "687573682d30" // of its first bytes
)

// verbs are those of package fmt that call Format, with the flags that change output.
var verbs = []string{
	"%v", "%+v", "%#v", "%s", "%+s", "%q", "%+q", "%#q", "%x", "%X", "% x", "%#x",
	"%d", "%o", "%b", "%c", "%U", "%t", "%e", "%f", "%g", "%z", "%20s", "%.3s", "%-5v",
}

func TestSecretPrintsRedacted(t *testing.T) {
	t.Parallel()
	for _, verb := range verbs {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			s := cipher.NewSecret(content)
			assert.Equal(t, "[redacted]", fmt.Sprintf(verb, s))
			assert.Equal(t, "[redacted]", fmt.Sprintf(verb, &s))
			assert.Equal(t, "[redacted]", fmt.Sprintf(verb, cipher.Secret{}), "the zero value")
		})
	}
}

func TestSecretInAnotherStructIsHidden(t *testing.T) {
	t.Parallel()
	type nested struct{ secret cipher.Secret }
	s := cipher.NewSecret(content)
	foreign := struct {
		Exported cipher.Secret
		field    cipher.Secret
		pointer  *cipher.Secret
		any      any
		nested   nested
		slice    []cipher.Secret
		byName   map[string]cipher.Secret
	}{s, s, &s, s, nested{s}, []cipher.Secret{s}, map[string]cipher.Secret{"a": s}}
	for _, verb := range append([]string{"%p", "%T"}, verbs...) {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			for _, value := range []any{foreign, &foreign, foreign.field, nested{s}, []any{s}, map[string]any{"a": s}} {
				text := fmt.Sprintf(verb, value)
				assert.NotContains(t, text, "hush")
				assert.NotContains(t, text, contentHex)
			}
		})
	}
	for _, field := range []any{foreign.Exported, foreign.pointer, foreign.any, foreign.nested, foreign.slice, foreign.byName} {
		assert.NotNil(t, field)
	}
}

func TestSecretMarshalsRedacted(t *testing.T) {
	t.Parallel()
	type config struct {
		Key cipher.Secret
	}
	s := cipher.NewSecret(content)
	for _, tc := range []struct {
		name    string
		marshal func() ([]byte, error)
		want    string
	}{
		{"JSON", func() ([]byte, error) { return json.Marshal(s) }, `"[redacted]"`},
		{"JSON field", func() ([]byte, error) { return json.Marshal(config{s}) }, `{"Key":"[redacted]"}`},
		{"JSON pointer", func() ([]byte, error) { return json.Marshal(&s) }, `"[redacted]"`},
		{"JSON map key", func() ([]byte, error) { return json.Marshal(map[string]cipher.Secret{"a": s}) }, `{"a":"[redacted]"}`},
		{"text", s.MarshalText, `[redacted]`},
		{"XML field", func() ([]byte, error) { return xml.Marshal(config{s}) }, `<config><Key>[redacted]</Key></config>`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			data, err := tc.marshal()
			require.NoError(t, err)
			assert.Equal(t, tc.want, string(data))
		})
	}
}

func TestSecretLogsRedacted(t *testing.T) {
	t.Parallel()
	type config struct {
		Key    cipher.Secret
		hidden cipher.Secret
	}
	s := cipher.NewSecret(content)
	for _, tc := range []struct {
		name    string
		handler func(*bytes.Buffer) slog.Handler
		want    string
	}{
		{"text", func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) }, "key=[redacted]"},
		{"JSON", func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) }, `"key":"[redacted]"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			slog.New(tc.handler(&out)).Info("m", "key", s, "config", config{s, s}, "pointer", &config{s, s})
			assert.Contains(t, out.String(), tc.want)
			assert.NotContains(t, out.String(), "hush")
		})
	}
	assert.False(t, config{s, s}.hidden.IsZero())
}

func TestSecretReveal(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		secret  cipher.Secret
		content string
		zero    bool
	}{
		{"content", cipher.NewSecret(content), content, false},
		{"bytes, not characters", cipher.NewSecret("密"), "密", false},
		{"empty", cipher.NewSecret(""), "", true},
		{"zero value", cipher.Secret{}, "", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.content, tc.secret.Reveal())
			assert.Equal(t, len(tc.content), tc.secret.Len())
			assert.Equal(t, tc.zero, tc.secret.IsZero())
			assert.Equal(t, "[redacted]", tc.secret.String())
		})
	}
}
