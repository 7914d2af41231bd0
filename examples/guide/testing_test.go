package guide_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestCancelOrder(t *testing.T) {
	s := sandboxtest.New(t)
	testingOrder(t, s, "cancel1")
	if err := guide.CancelOrder(t.Context(), s.Client, s.Credentials.MchID, "cancel1"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Gateway.Pay("cancel1"); err == nil {
		t.Fatal("a closed order was paid")
	}
}

func TestCancelOrderThatIsPaid(t *testing.T) {
	s := sandboxtest.New(t)
	testingOrder(t, s, "cancel2")
	if _, err := s.Gateway.Pay("cancel2"); err != nil { // the payer
		t.Fatal(err)
	}
	err := guide.CancelOrder(t.Context(), s.Client, s.Credentials.MchID, "cancel2")
	require.ErrorIs(t, err, guide.ErrPaid)
}

func TestCancelOrderWithoutAnAnswer(t *testing.T) {
	s := sandboxtest.New(t)
	testingOrder(t, s, "cancel3")
	err := s.Gateway.Arm(sandbox.FaultRule{Method: "POST", Fault: "html-502", Times: 3})
	require.NoError(t, err)
	err = guide.CancelOrder(t.Context(), s.Client, s.Credentials.MchID, "cancel3")
	assert.True(t, wechatpay.OutcomeUnknown(err))
}

func TestPaidOrderIsSettledOnce(t *testing.T) {
	s := sandboxtest.New(t)
	settled := make(chan string, 9)
	shop := guide.MovedShop{Client: s.Client}
	handler, err := shop.Notifications(s.Credentials.APIv3Key, func(number string, _ int64) error {
		settled <- number
		return nil
	})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	defer server.Close()

	testingOrder(t, s, "order4")
	_, err = s.Gateway.Pay("order4")
	require.NoError(t, err)
	paid, err := s.Gateway.PaidNotification("order4")
	require.NoError(t, err)
	_, err = s.Gateway.Deliver(t.Context(), sandbox.Delivery{
		URL: server.URL, Faults: []string{"probe", "tampered"}, Duplicates: 2, Scale: 0.0001,
	}, paid)
	require.NoError(t, err)
	assert.Len(t, settled, 1)
}

func TestOrderExpires(t *testing.T) {
	s := sandboxtest.New(t)
	testingOrder(t, s, "order5")
	s.Gateway.AdvanceClock(8 * 24 * time.Hour)
	_, err := s.Gateway.Pay("order5")
	require.Error(t, err)
}

// testingOrder makes an order of 100 fen.
func testingOrder(t *testing.T, s *sandboxtest.Sandbox, number string) {
	t.Helper()
	_, err := s.Client.Chain("v3/pay/transactions/native").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{
		"appid": "wxd678efh567hg6787", "mchid": s.Credentials.MchID, "description": "Tea", "out_trade_no": number,
		"notify_url": "https://example.com/pay", "amount": wechatpay.M{"total": 100},
	}})
	require.NoError(t, err)
}
