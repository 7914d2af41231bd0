package saved_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/saved"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		want       saved.Message
	}{
		{"a request", "POST /n?a=b HTTP/1.1\r\nhost: x\r\nWechatpay-Nonce:  n \r\n\r\n{\"a\":1}", saved.Message{
			Method: "POST", Target: "/n?a=b", Header: http.Header{"Host": {"x"}, "Wechatpay-Nonce": {"n"}}, Body: []byte(`{"a":1}`),
		}},
		{"a request with line feeds alone", "\nGET /n\nA: b\n\n", saved.Message{Method: "GET", Target: "/n", Header: http.Header{"A": {"b"}}, Body: []byte{}}},
		{"a reply", "HTTP/1.1 401 Unauthorized\nA: b\nA: c\n\nbody\n", saved.Message{Status: 401, Header: http.Header{"A": {"b", "c"}}, Body: []byte("body\n")}},
		{"a reply by HTTP/2", "HTTP/2 200\nA: b\n\n", saved.Message{Status: 200, Header: http.Header{"A": {"b"}}, Body: []byte{}}},
		{"a header first, with that of HTTP/2", "a: b\n:status: 200\n\nx", saved.Message{Header: http.Header{"A": {"b"}}, Body: []byte("x")}},
		{"no body", "A: b", saved.Message{Header: http.Header{"A": {"b"}}}},
		{"a line break that an editor added", "A: b\nContent-Length: 2\n\nxy\n", saved.Message{Header: http.Header{"A": {"b"}, "Content-Length": {"2"}}, Body: []byte("xy")}},
		{"more than Content-Length says", "Content-Length: 1\n\nxy", saved.Message{Header: http.Header{"Content-Length": {"1"}}, Body: []byte("xy")}},
		{"chunks", "Transfer-Encoding: chunked\n\n2\r\nxy\r\n0\r\n\r\n", saved.Message{Header: http.Header{"Transfer-Encoding": {"chunked"}}, Body: []byte("xy")}},
		{"chunks that were joined", "Transfer-Encoding: chunked\n\n{}", saved.Message{Header: http.Header{"Transfer-Encoding": {"chunked"}}, Body: []byte("{}")}},
		{"a byte order mark", "\ufeffGET /\n\n", saved.Message{Method: "GET", Target: "/", Header: http.Header{}, Body: []byte{}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := saved.Parse([]byte(row.text))
			require.NoError(t, err)
			assert.Equal(t, row.want, *got)
		})
	}
	for _, row := range []struct {
		name, text string
		want       error
	}{
		{"JSON", `{"code":"SIGN_ERROR"}`, saved.ErrNoMessage},
		{"prose", "it does not work", saved.ErrNoMessage},
		{"a header that is none", "GET / HTTP/1.1\nnonsense\n\n", saved.ErrHeader},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := saved.Parse([]byte(row.text))
			require.ErrorIs(t, err, row.want)
		})
	}
}

func TestParseHeader(t *testing.T) {
	t.Parallel()
	want := http.Header{"Wechatpay-Nonce": {"n"}, "A": {"b", "c"}}
	for name, text := range map[string]string{
		"lines": "wechatpay-nonce: n\na: b\na: c\n", "JSON": ` {"wechatpay-nonce":"n","a":["b","c"]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := saved.ParseHeader([]byte(text))
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
	for _, text := range []string{`{"a":1}`, `{"a":`, "nonsense"} {
		_, err := saved.ParseHeader([]byte(text))
		require.Error(t, err)
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	m := &saved.Message{Body: []byte("a\r\nb\r\n")}
	texts := make([]string, 0, 4)
	for _, body := range m.Bodies() {
		texts = append(texts, string(body))
	}
	assert.Equal(t, []string{"a\r\nb\r\n", "a\r\nb", "a\nb\n", "a\nb"}, texts)
	assert.Len(t, (&saved.Message{Body: []byte("{}")}).Bodies(), 1)
}

func FuzzParse(f *testing.F) {
	f.Add("POST /n HTTP/1.1\r\nA: b\r\n\r\n{}")
	f.Add("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\r\nx\r\n0\r\n\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := saved.Parse([]byte(text))
		if err != nil {
			return
		}
		for name := range m.Header {
			assert.NotContains(t, name, "\n")
		}
		assert.LessOrEqual(t, len(m.Body), len(text), "a body is made of the text")
		assert.NotContains(t, strings.Join(m.Header["A"], ""), "\r\n")
	})
}
