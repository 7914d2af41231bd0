package guide_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// outcomesPaid makes an order of 100 fen and plays its payer.
func outcomesPaid(t *testing.T, s *sandboxtest.Sandbox, number string) {
	t.Helper()
	_, err := s.Client.Chain("v3/pay/transactions/native").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{
		"appid": "wxd678efh567hg6787", "mchid": s.Credentials.MchID, "description": "Tea", "out_trade_no": number,
		"notify_url": "https://example.com/pay", "amount": wechatpay.M{"total": 100},
	}})
	require.NoError(t, err)
	_, err = s.Gateway.Pay(number)
	require.NoError(t, err)
}

// outcomesRefunded is how much of an order went back, as the query of its refund says.
func outcomesRefunded(t *testing.T, s *sandboxtest.Sandbox, number string) int64 {
	t.Helper()
	resp, err := s.Client.Chain("v3/refund/domestic/refunds/{out_refund_no}").Get(t.Context(), &wechatpay.Options{Vars: wechatpay.M{"out_refund_no": number}})
	require.NoError(t, err)
	return resp.Get("amount.refund").Int()
}

// outcomesClient is a client that hardly waits between its attempts.
func outcomesClient(t *testing.T, s *sandboxtest.Sandbox) *wechatpay.Client {
	t.Helper()
	c, err := wechatpay.New(wechatpay.Config{
		MchID: s.Credentials.MchID, Serial: s.Credentials.Serial, PrivateKey: s.Credentials.PrivateKey,
		PlatformKeys: s.Credentials.PlatformKeys(), BaseURL: s.URL, Retry: middleware.RetryConfig{Wait: time.Millisecond},
	})
	require.NoError(t, err)
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func TestRefundOnce(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	client := outcomesClient(t, s)
	outcomesPaid(t, s, "outcomes1")
	const route, query = "/v3/refund/domestic/refunds", "/v3/refund/domestic/refunds/{out_refund_no}"
	for _, row := range []struct {
		name   string
		number string
		arm    []sandbox.FaultRule
		state  guide.State
		says   string
	}{
		{name: "nothing is lost", number: "r1", state: guide.Done},
		{name: "all replies are lost, and the query finds it", number: "r2", state: guide.Done,
			arm: []sandbox.FaultRule{{Method: "POST", Path: route, Times: 3, Fault: "drop"}}},
		{name: "the query is lost, too", number: "r3", state: guide.Unknown, says: "the outcome is unknown",
			arm: []sandbox.FaultRule{{Method: "POST", Path: route, Times: 3, Fault: "drop"}, {Method: "GET", Path: query, Times: 3, Fault: "html-502"}}},
		{name: "the query is answered without a signature", number: "r7", state: guide.Unknown, says: "the outcome is unknown",
			arm: []sandbox.FaultRule{{Method: "POST", Path: route, Times: 3, Fault: "drop"}, {Method: "GET", Path: query, Times: 3, Fault: "unsigned-400"}}},
		{name: "the query is lost on its way", number: "r8", state: guide.Unknown, says: "the outcome is unknown",
			arm: []sandbox.FaultRule{{Method: "POST", Path: route, Times: 3, Fault: "drop"}, {Method: "GET", Path: query, Times: 3, Fault: "drop"}}},
		{name: "WeChat Pay does not know it", number: "r4", state: guide.Unknown, says: "send the same number again",
			arm: []sandbox.FaultRule{{Method: "POST", Path: route, Times: 3, Status: 500, Code: "SYSTEM_ERROR"}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, rule := range row.arm {
				require.NoError(t, s.Gateway.Arm(rule))
			}
			status, err := guide.RefundOnce(t.Context(), client, "outcomes1", row.number, 10, 100)
			if row.state == guide.Done {
				require.NoError(t, err)
				assert.Contains(t, []string{"SUCCESS", "PROCESSING"}, status)
			} else {
				require.ErrorIs(t, err, guide.ErrUnsettled)
				require.ErrorContains(t, err, row.says)
				assert.Equal(t, row.state, guide.StateOf(err), "an error of the query does not settle the refund")
			}
			s.Gateway.Disarm()
			_, err = guide.RefundOnce(t.Context(), client, "outcomes1", row.number, 10, 100)
			require.NoError(t, err, "the same number again settles it")
			assert.EqualValues(t, 10, outcomesRefunded(t, s, row.number))
		})
	}
	left, err := guide.RefundOnce(t.Context(), client, "outcomes1", "r5", 40, 100)
	require.NoError(t, err, "six refunds of 10 went out, each once")
	assert.NotEmpty(t, left)
	_, err = guide.RefundOnce(t.Context(), client, "outcomes1", "r6", 1, 100)
	require.Error(t, err, "nothing is left")
	assert.Equal(t, guide.Refused, guide.StateOf(err))
}

func TestStateOf(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	client := outcomesClient(t, s)
	assert.Equal(t, guide.Done, guide.StateOf(nil))
	_, err := client.Chain("v3/refund/domestic/refunds").Post(t.Context(), &wechatpay.Options{JSON: "no object"})
	assert.Equal(t, guide.NotSent, guide.StateOf(err))
	require.NoError(t, s.Gateway.Arm(sandbox.FaultRule{Method: "POST", Times: 3, Fault: "unsigned"}))
	_, err = client.Chain("v3/refund/domestic/refunds").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{
		"out_trade_no": strings.Repeat("1", 8), "out_refund_no": "x1", "amount": wechatpay.M{"refund": 1, "total": 1, "currency": "CNY"},
	}})
	assert.Equal(t, guide.Unknown, guide.StateOf(err))
}

func TestTheReplyIsAboutTheRefundThatWasAskedFor(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	other := func(*sandbox.Request) *sandbox.Reply {
		return sandbox.JSON(200, map[string]string{"out_refund_no": "other", "status": "SUCCESS"})
	}
	s.Gateway.Handle("POST", "/v3/refund/domestic/refunds", other)
	s.Gateway.Handle("GET", "/v3/refund/domestic/refunds/{out_refund_no}", other)
	_, err := guide.RefundOnce(t.Context(), s.Client, "order", "r1", 10, 100)
	require.ErrorIs(t, err, guide.ErrUnsettled)
	assert.Equal(t, guide.Unknown, guide.StateOf(err))
}

func TestStateOfAnUnsignedError(t *testing.T) {
	t.Parallel()
	assert.Equal(t, guide.Unknown, guide.StateOf(&wechatpay.APIError{StatusCode: 401, Code: "SIGN_ERROR"}))
	assert.Equal(t, guide.Done, guide.StateOf(&wechatpay.DecodeError{}))
}
