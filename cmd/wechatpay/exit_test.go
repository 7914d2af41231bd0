package main_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
)

// An environment is that of a merchant of the sandbox, in production by its kind.
type environment map[string]string

func (e environment) with(name, value string) environment {
	changed := environment{name: value}
	for n, v := range e {
		if n != name {
			changed[n] = v
		}
	}
	return changed
}

// served is a sandbox that all tests share.
var served = sync.OnceValue(func() environment {
	server, err := testgateway.Shared().Start()
	if err != nil {
		panic(err)
	}
	dir, err := os.MkdirTemp("", "wechatpay-test-")
	if err != nil {
		panic(err)
	}
	if err := testgateway.Shared().WriteCredentials(dir, server.URL); err != nil {
		panic(err)
	}
	c := testgateway.Shared().Credentials()
	return environment{
		"XDG_CONFIG_HOME": filepath.Join(dir, "config"), "XDG_STATE_HOME": filepath.Join(dir, "state"),
		"WECHATPAY_BASE_URL": server.URL, "WECHATPAY_MCHID": c.MchID, "WECHATPAY_APIV2_KEY": c.APIv2Key.Reveal(), "WECHATPAY_APIV3_KEY": c.APIv3Key.Reveal(),
		"WECHATPAY_PRIVATE_KEY_FILE": filepath.Join(dir, "apiclient_key.pem"), "WECHATPAY_CERTIFICATE_FILE": filepath.Join(dir, "apiclient_cert.pem"),
		"WECHATPAY_PUBLIC_KEY_ID": c.PublicKeyID, "WECHATPAY_PUBLIC_KEY_FILE": filepath.Join(dir, "pub_key.pem"),
	}
})

// An ended command is what it left.
type ended struct {
	code           int
	stdout, stderr string
}

// run runs a command in this process, and searches all that it writes for secrets.
func run(ctx context.Context, t *testing.T, env environment, args ...string) ended {
	t.Helper()
	var out, said bytes.Buffer
	a := &app.App{
		In: strings.NewReader(""), Out: &out, Err: &said, Now: time.Now,
		Getenv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	}
	code := cli.Main(ctx, a, args)
	noSecrets(t, out.String()+said.String())
	return ended{code, out.String(), said.String()}
}

// noSecrets fails if a text has a secret of the sandbox.
func noSecrets(t *testing.T, text string) {
	t.Helper()
	c := testgateway.Shared().Credentials()
	key, err := os.ReadFile(served()["WECHATPAY_PRIVATE_KEY_FILE"])
	require.NoError(t, err)
	for name, secret := range map[string]string{
		"APIv3 key": c.APIv3Key.Reveal(), "APIv2 key": c.APIv2Key.Reveal(), "control token": testgateway.Shared().ControlToken(),
		"private key": string(key[100:140]),
	} {
		assert.NotContains(t, text, secret, name)
	}
}

// failing is a server that answers as a broken gateway does.
func failing(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	t.Cleanup(server.Close)
	return server.URL
}

// A dripping server begins a reply, says so, and does not end it.
func dripping(t *testing.T) (url string, called <-chan struct{}) {
	t.Helper()
	calls := make(chan struct{}, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "{")
		_ = http.NewResponseController(w).Flush()
		calls <- struct{}{}
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	return server.URL, calls
}

// A hanging server answers when the caller has gone, and says when it was called.
func hanging(t *testing.T) (url string, called <-chan struct{}) {
	t.Helper()
	calls := make(chan struct{}, 100)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // until then, a server does not see that the caller goes
		calls <- struct{}{}
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	return server.URL, calls
}

var refund = []string{
	"post", "v3/refund/domestic/refunds", "--no-validate", "-f", "out_trade_no=T", "-f", "out_refund_no=R", "-f", "amount.refund=1", "-f", "amount.total=1",
	"-f", "amount.currency=CNY",
}

// query asks for an order that is not there, and is answered with a fault of the sandbox.
func query(fault string) []string {
	return []string{"get", "v3/pay/transactions/out-trade-no/none", "-q", "mchid=" + served()["WECHATPAY_MCHID"], "-H", "Sandbox-Fault: " + fault}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	other := filepath.Join(t.TempDir(), "brand.pem")
	data, err := os.ReadFile(filepath.Join(filepath.Dir(served()["WECHATPAY_PUBLIC_KEY_FILE"]), "brand_pub_key.pem"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(other, data, 0o600))
	confirmed := append([]string{"--yes"}, refund...)
	for _, row := range []struct {
		name   string
		env    environment
		args   []string
		want   int
		stderr string
	}{
		{"0 done", served(), []string{"get", "v3/certificates"}, 0, ""},
		{"1 refused", served(), []string{"get", "v3/pay/transactions/out-trade-no/none", "-q", "mchid=" + served()["WECHATPAY_MCHID"]}, 1, "ORDER_NOT_EXIST"},
		{"1 refused by APIv2", served(), []string{"post", "v2/pay/orderquery", "-f", "out_trade_no=none", "-f", "appid=wxd678efh567hg6787"}, 1, "ORDERNOTEXIST"},
		{"2 no credentials", environment{}, []string{"get", "v3/certificates"}, 2, "no credentials"},
		{"2 a serial that is missing", served().with("WECHATPAY_CERTIFICATE_FILE", ""), []string{"get", "v3/certificates"}, 2, "WECHATPAY_SERIAL"},
		{"2 a file that is missing", served().with("WECHATPAY_PRIVATE_KEY_FILE", "none.pem"), []string{"get", "v3/certificates"}, 2, "none.pem"},
		{"2 read-only", served().with("WECHATPAY_KIND", "read-only"), confirmed, 2, "is read-only; use another profile"},
		{"3 a broken gateway", served().with("WECHATPAY_BASE_URL", failing(t)), confirmed, 3, "502"},
		{"4 the key of another", served().with("WECHATPAY_PUBLIC_KEY_FILE", other).with("WECHATPAY_APIV3_KEY", ""), []string{"get", "v3/certificates"}, 4, "signature"},
		{"3 a refund whose reply does not verify", served().with("WECHATPAY_PUBLIC_KEY_FILE", other).with("WECHATPAY_APIV3_KEY", ""), confirmed, 3, "signature"},
		{"4 a refusal that nobody signed", served(), query("unsigned"), 4, "ORDER_NOT_EXIST"},
		{"4 one of another", served(), query("unsigned-400"), 4, "PARAM_ERROR"},
		{"1 the limit of the rate, which nobody signs", served(), query("rate-429"), 1, "RATELIMIT_EXCEEDED"},
		{"5 a query that a gateway answers", served(), query("html-502"), 5, "502"},
		{"5 a query that nobody answers", served(), query("empty-500"), 5, "500"},
		{"2 a query whose result is asked for what it lacks", served(), []string{"get", "v3/certificates", "--jq", ".data.x"}, 2, "--jq"},
		{"5 nobody listens", served().with("WECHATPAY_BASE_URL", "http://127.0.0.1:1").with("WECHATPAY_APIV3_KEY", ""), confirmed, 5, "refused"},
		{"6 not confirmed", served(), refund, 6, "add --yes"},
		{"a sandbox is not asked", served().with("WECHATPAY_KIND", "sandbox"), refund, 1, "T"},
		{"a query is not asked", served(), []string{"post", "v2/pay/orderquery", "-f", "out_trade_no=none", "-f", "appid=wxd678efh567hg6787"}, 1, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := run(t.Context(), t, row.env, row.args...)
			assert.Equal(t, row.want, got.code, "%s", got.stderr)
			assert.Contains(t, got.stderr, row.stderr)
			if row.want == 0 {
				assert.NotEmpty(t, got.stdout)
				assert.Empty(t, got.stderr)
				return
			}
			assert.Empty(t, got.stdout)
			assert.Equal(t, 1, strings.Count(got.stderr, "\n"), "one line: %s", got.stderr)
			machine := run(t.Context(), t, row.env, append([]string{"--json-errors"}, row.args...)...)
			assert.Equal(t, row.want, machine.code)
			assert.Contains(t, machine.stderr, `"exit":`+string(rune('0'+row.want)))
		})
	}
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		server func(*testing.T) (string, <-chan struct{})
		args   []string
		want   int
	}{
		{"a query", hanging, []string{"get", "v3/certificates"}, 130},
		{"a query that is being answered", dripping, []string{"get", "v3/certificates"}, 130},
		{"a diagnosis", hanging, []string{"doctor"}, 130},
		{"a refund, of which nobody knows", hanging, append([]string{"--yes"}, refund...), 3},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			url, called := row.server(t)
			ctx, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			go func() { <-called; interrupt() }()
			got := run(ctx, t, served().with("WECHATPAY_BASE_URL", url).with("WECHATPAY_APIV3_KEY", ""), row.args...)
			assert.Equal(t, row.want, got.code, "%s", got.stderr)
		})
	}
}

// A waiting reader has nothing until its context ends, and says when it is read.
type waiting struct {
	context.Context
	read chan struct{}
}

func (w waiting) Read([]byte) (int, error) {
	w.read <- struct{}{}
	<-w.Done()
	return 0, io.EOF
}

func TestInterruptedWhileItWaitsForInput(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--yes", "post", "v3/refund/domestic/refunds", "--input", "-"},
		{"snippet", "post", "v3/refund/domestic/refunds", "--input", "-"},
		{"doctor", "explain"},
		{"webhook", "verify"},
		{"batch", "post", "v3/refund/domestic/refunds", "--yes", "--state", t.TempDir()},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			ctx, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			in := waiting{t.Context(), make(chan struct{}, 100)}
			go func() { <-in.read; interrupt() }()
			var out, said bytes.Buffer
			a := &app.App{In: in, Out: &out, Err: &said, Now: time.Now, Getenv: func(name string) (string, bool) { v, ok := served()[name]; return v, ok }}
			assert.Equal(t, 130, cli.Main(ctx, a, args), "%s", said.String())
			assert.Empty(t, out.String())
		})
	}
}
