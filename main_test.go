package wechatpay_test

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var gateway = testgateway.Shared

// A wire is a real transport that keeps what passed: the requests as they were
// sent, with their bodies.
type wire struct {
	transport *http.Transport
	mu        sync.Mutex
	sent      []sent
}

type sent struct {
	*http.Request
	body string
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.GetBody != nil {
		copied, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		if body, err = io.ReadAll(copied); err != nil {
			return nil, err
		}
	}
	w.mu.Lock()
	w.sent = append(w.sent, sent{r, string(body)})
	w.mu.Unlock()
	return w.transport.RoundTrip(r)
}

func (w *wire) last(tb testing.TB) sent {
	tb.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	require.NotEmpty(tb, w.sent, "nothing was sent")
	return w.sent[len(w.sent)-1]
}

func (w *wire) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.sent)
}

// sandboxClient calls the shared gateway over loopback. change may be nil.
func sandboxClient(tb testing.TB, change func(*wechatpay.Config)) (*wechatpay.Client, *wire) {
	tb.Helper()
	server, err := gateway().Start()
	require.NoError(tb, err)
	tb.Cleanup(server.Close)
	w := &wire{transport: wechatpay.NewTransport()}
	tb.Cleanup(w.transport.CloseIdleConnections)
	cfg := config(server.URL)
	cfg.Transport = w
	if change != nil {
		change(&cfg)
	}
	c, err := wechatpay.New(cfg)
	require.NoError(tb, err)
	return c, w
}

func config(baseURL string) wechatpay.Config {
	cred := gateway().Credentials()
	return wechatpay.Config{
		MchID: cred.MchID, Serial: cred.Serial, PrivateKey: cred.PrivateKey,
		PlatformKeys: cred.PlatformKeys(), BaseURL: baseURL,
		Retry: middleware.RetryConfig{Attempts: 1}, // these tests look at single attempts
	}
}

// answering is a client whose transport is a function: for what no gateway does.
func answering(tb testing.TB, change func(*wechatpay.Config), answer middleware.RoundTripperFunc) *wechatpay.Client {
	tb.Helper()
	cfg := config("")
	cfg.Transport = answer
	if change != nil {
		change(&cfg)
	}
	c, err := wechatpay.New(cfg)
	require.NoError(tb, err)
	return c
}

func drain(r *http.Request) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
}

func reply(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{}, ContentLength: int64(len(body)),
		Body: io.NopCloser(bytes.NewReader([]byte(body))),
	}
}
