package errtext

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOf(t *testing.T) {
	t.Parallel()
	failed := &url.Error{Op: "Post", URL: "https://host:8443/a/SECRET?token=SECRET", Err: io.EOF}
	for _, row := range []struct {
		name string
		err  error
		want string
	}{
		{"nil", nil, "unknown error"},
		{"plain", io.EOF, "EOF"},
		{"of an http.Client", failed, `Post "https://host:8443": EOF`},
		{"wrapped", fmt.Errorf("a: %w", failed), `a: Post "https://host:8443": EOF`},
		{"joined", errors.Join(io.EOF, failed), "EOF\nPost \"https://host:8443\": EOF"},
		{"malformed", &url.Error{Op: "parse", URL: "https://[::1/SECRET", Err: io.EOF}, `parse "…": EOF`},
		{"nested", &url.Error{Op: "Get", URL: "/SECRET", Err: failed}, `Get "…": Post "https://host:8443": EOF`},
		{"long", errors.New(strings.Repeat("中", longest)), strings.Repeat("中", longest/3) + "…"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, Of(row.err))
		})
	}
}

func TestWithout(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, text, url, route, want string }{
		{"no values", "x /v3/a x", "https://h/v3/a", "v3/a", "x /v3/a x"},
		{"URL", "GET https://h/v3/1?a=b: x", "https://h/v3/1?a=b", "v3/{id}", "GET v3/{id}: x"},
		{"target", "GET /v3/1?a=b: x", "https://h/v3/1?a=b", "v3/{id}", "GET /v3/{id}: x"},
		{"decoded path", "GET /v3/a b: x", "https://h/v3/a%20b", "v3/{id}", "GET /v3/{id}: x"},
		{"another host", "GET https://other/v3/1: x", "https://h/v3/1", "v3/{id}", "GET https://other/v3/{id}: x"},
		{"query alone", "at ?a=b", "https://h/v3/x?a=b", "v3/x", "at "},
		{"root", "a/b", "https://h/", "{x}", "a/b"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(row.url)
			require.NoError(t, err)
			assert.Equal(t, row.want, Without(row.text, u, row.route))
		})
	}
	assert.Equal(t, "x", Without("x", nil, "v3/x"))
}

func TestHiddenKeepsItsCause(t *testing.T) {
	t.Parallel()
	err := Hidden("text", io.EOF)
	require.EqualError(t, err, "text")
	require.ErrorIs(t, err, io.EOF)
}

func TestPrintableCommandsNoTerminal(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "a [31mb 31mc d", Printable("a\x1b[31mb\u009b31mc\x7fd"))
}
