package cipher

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// A Secret holds a key or a pass phrase and prints as "[redacted]": under the verbs of
// package fmt, in JSON and text, and in package log/slog. Printers that read unexported
// fields by reflection print an address in place of the content. Only [Secret.Reveal]
// returns the content.
//
// The zero value is an empty secret. A Secret is immutable and safe for concurrent use.
// Secrets cannot be compared with ==.
type Secret struct {
	reveal func() string // no printer calls a func, nor reads what it captures
}

// NewSecret returns a Secret that holds s. NewSecret("") is the zero value.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{reveal: func() string { return s }}
}

// Reveal returns the content, which is empty for the zero value.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// IsZero reports whether the content is empty.
func (s Secret) IsZero() bool { return s.reveal == nil }

// Len returns the length of the content in bytes.
func (s Secret) Len() int { return len(s.Reveal()) }

// String returns "[redacted]".
func (Secret) String() string { return redacted }

// Format implements [fmt.Formatter]: it prints "[redacted]" whatever the verb.
func (Secret) Format(f fmt.State, _ rune) {
	if f != nil {
		_, _ = io.WriteString(f, redacted)
	}
}

// MarshalText implements [encoding.TextMarshaler]. It returns "[redacted]" and never
// fails.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON implements [encoding/json.Marshaler]. It returns the JSON string
// "[redacted]" and never fails.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue implements [slog.LogValuer]. It returns "[redacted]".
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
