package notify_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var gateway = testgateway.Shared

// paid notifies of a payment.
var paid = sandbox.Notification{
	ID: "EV-2018022511223320873", EventType: notify.TransactionSuccess, OriginalType: "transaction", Summary: "支付成功",
	CreateTime: "2015-05-20T13:29:35+08:00",
	Resource: map[string]any{
		"out_trade_no": "1217752501201407033233368018", "trade_state": "SUCCESS", "amount": map[string]any{"total": 100},
		"a_new_field": "注意",
	},
}

func config() notify.Config {
	cred := gateway().Credentials()
	return notify.Config{Keys: cred.PlatformKeys(), APIv3Key: cred.APIv3Key}
}

func newParser(tb testing.TB) *notify.Parser {
	tb.Helper()
	p, err := notify.NewParser(config())
	require.NoError(tb, err)
	return p
}

// webhook returns the header and the body of a signed webhook.
func webhook(tb testing.TB, n sandbox.Notification, fault string) (http.Header, []byte) {
	tb.Helper()
	r, err := gateway().WebhookRequest(tb.Context(), "http://shop.example/notify", n, fault)
	require.NoError(tb, err)
	body, err := io.ReadAll(r.Body)
	require.NoError(tb, err)
	return r.Header, body
}

// signed returns the header of a webhook with any body.
func signed(tb testing.TB, body string) http.Header {
	tb.Helper()
	return gateway().SignWebhook([]byte(body))
}

// failures is an OnError that keeps the errors.
type failures struct {
	mu   sync.Mutex
	errs []error
}

func (f *failures) add(_ context.Context, _ *notify.Event, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.errs = append(f.errs, err)
}

func (f *failures) last(tb testing.TB) error {
	tb.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	require.NotEmpty(tb, f.errs, "no error was reported")
	return f.errs[len(f.errs)-1]
}

func (f *failures) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.errs)
}

// handler returns a Handler with the changes to its config, and the errors of its OnError.
func handler(tb testing.TB, change func(*notify.HandlerConfig)) (*notify.Handler, *failures) {
	tb.Helper()
	f := new(failures)
	cfg := notify.HandlerConfig{Config: config(), OnError: f.add}
	change(&cfg)
	h, err := notify.NewHandler(cfg)
	require.NoError(tb, err)
	return h, f
}

// ignore is a Func that does nothing.
func ignore(context.Context, *notify.Event) (*notify.Reply, error) { return nil, nil }

// counting sets a Fallback that counts its calls.
func counting(n *atomic.Int32) func(*notify.HandlerConfig) {
	return func(cfg *notify.HandlerConfig) {
		cfg.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) { n.Add(1); return nil, nil }
	}
}

// request returns a signed webhook for Handler.Serve.
func request(tb testing.TB, n sandbox.Notification) notify.Request {
	tb.Helper()
	header, body := webhook(tb, n, "")
	return notify.Request{Header: header, Body: bytes.NewReader(body), Target: "/notify"}
}

// parsed sends n through a Parser.
func parsed(tb testing.TB, n sandbox.Notification) *notify.Event {
	tb.Helper()
	header, body := webhook(tb, n, "")
	e, err := newParser(tb).Parse(tb.Context(), header, bytes.NewReader(body))
	require.NoError(tb, err)
	return e
}

// deliver sends notifications over loopback. It does not retry by default.
func deliver(t *testing.T, h http.Handler, d sandbox.Delivery, ns ...sandbox.Notification) ([]sandbox.DeliveryAttempt, error) {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	d.URL = server.URL + "/notify"
	if d.RetrySchedule == nil {
		d.RetrySchedule = []time.Duration{}
	}
	return gateway().Deliver(t.Context(), d, ns...)
}
