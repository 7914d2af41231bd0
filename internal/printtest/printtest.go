// Package printtest prints values in the ways in which programs print them by accident.
package printtest

import (
	"bytes"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

var verbs = []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%c", "%e"}

// Hides runs a subtest for each way of printing value: the verbs of fmt, for the value, for
// what it points to, and for both in an unexported field, a list and a map; JSON; and both
// handlers of log/slog. It fails where a secret is in the output: as it is, in hex, or as a
// list of bytes.
func Hides(t *testing.T, value any, secrets ...string) {
	t.Helper()
	values := []any{value}
	if v := reflect.ValueOf(value); v.Kind() == reflect.Pointer && !v.IsNil() {
		values = append(values, v.Elem().Interface()) // a copy, locks and all, as a careless program makes it
	}
	for _, verb := range verbs {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			for _, v := range values {
				for _, printed := range []any{v, struct{ hidden any }{v}, struct{ Shown any }{v}, []any{v}, map[string]any{"key": v}} {
					check(t, fmt.Sprintf(verb, printed), secrets)
				}
			}
		})
	}
	t.Run("JSON", func(t *testing.T) {
		t.Parallel()
		data, err := json.Marshal(value)
		check(t, fmt.Sprint(string(data), err), secrets)
	})
	for _, tc := range []struct {
		name    string
		handler func(io.Writer) slog.Handler
	}{
		{"slog text", func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) }},
		{"slog JSON", func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			slog.New(tc.handler(&b)).Info("message", "value", value)
			check(t, b.String(), secrets)
		})
	}
}

func check(t *testing.T, text string, secrets []string) {
	t.Helper()
	if form := find(text, secrets); form != "" {
		t.Errorf("%.20q… is in the output: %.500s", form, text)
	}
}

// find returns the first form of a secret that is in text, or "".
func find(text string, secrets []string) string {
	text = strings.ToLower(text)
	for _, secret := range secrets {
		list := strings.Trim(fmt.Sprintf("%d", []byte(secret)), "[]")
		syntax := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", []byte(secret)), "[]byte{"), "}")
		for _, form := range []string{secret, fmt.Sprintf("%x", secret), list, syntax} {
			if strings.Contains(text, strings.ToLower(form)) {
				return form
			}
		}
	}
	return ""
}

// PrivateNumbers returns the secret numbers of a key as printers write them: in decimal, in
// hex, and a machine word of each in both.
func PrivateNumbers(key *rsa.PrivateKey) (numbers []string) {
	for _, n := range append(key.Primes[:len(key.Primes):len(key.Primes)], key.D) {
		word := uint64(n.Bits()[1])
		numbers = append(numbers, n.String(), n.Text(16), strconv.FormatUint(word, 10), strconv.FormatUint(word, 16))
	}
	return numbers
}
