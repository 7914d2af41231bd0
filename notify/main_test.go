package notify_test

import (
	"context"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var gateway = testgateway.Shared

// paid is what WeChat Pay tells of a payment.
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

// webhook is a signed delivery, as it comes in.
func webhook(tb testing.TB, n sandbox.Notification, fault string) (http.Header, []byte) {
	tb.Helper()
	r, err := gateway().WebhookRequest(tb.Context(), "http://shop.example/notify", n, fault)
	require.NoError(tb, err)
	body, err := io.ReadAll(r.Body)
	require.NoError(tb, err)
	return r.Header, body
}

// signed is the header of a webhook whose body is anything, signed by a platform key all the same.
func signed(tb testing.TB, body string) http.Header {
	tb.Helper()
	return gateway().SignWebhook([]byte(body))
}

// failures is an OnError that keeps what it was told.
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
	require.NotEmpty(tb, f.errs, "nothing was reported")
	return f.errs[len(f.errs)-1]
}

func (f *failures) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.errs)
}

// handler makes a Handler whose functions are given by event type.
func handler(tb testing.TB, change func(*notify.HandlerConfig)) (*notify.Handler, *failures) {
	tb.Helper()
	f := new(failures)
	cfg := notify.HandlerConfig{Config: config(), OnError: f.add}
	change(&cfg)
	h, err := notify.NewHandler(cfg)
	require.NoError(tb, err)
	return h, f
}
