package sandbox_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestAShopsDay: the orders of a day are paid, told and in part refunded, and the bill of the
// next morning has them all.
func TestAShopsDay(t *testing.T) {
	t.Parallel()
	shopsDay(t, 400, 20)
}

// BenchmarkAShopsDay is a day of 10,000 orders and 500 refunds, with all signatures and webhooks,
// in less than a minute.
func BenchmarkAShopsDay(b *testing.B) {
	orders := 10_000
	if testing.Short() {
		orders = 2000 // refunds are spread evenly over batches
	}
	for b.Loop() {
		shopsDay(b, orders, orders/20)
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/day")
}

// shopsDay replays a day: every order costs 1.00 and is paid, and one of several is refunded by
// 0.40. The clock of the gateway runs through the day.
func shopsDay(tb testing.TB, orders, refunds int) {
	tb.Helper()
	var told atomic.Int64
	deliveries := make(chan error, orders+refunds)
	g, credential := benchGateway(tb, sandbox.Webhooks{OnDelivery: func(_ []sandbox.DeliveryAttempt, err error) { deliveries <- err }})
	defer g.Close()
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		told.Add(1)
		w.WriteHeader(http.StatusNoContent)
	}))
	defer shop.Close()

	zone := time.FixedZone("CST", 8*60*60)
	now := g.Now().In(zone)
	morning := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 1, 0, 0, zone)
	g.AdvanceClock(morning.Sub(now))
	const batches = 20
	for batch := range batches {
		var tills sync.WaitGroup
		for till := range 4 {
			tills.Go(func() {
				for i := till; i < orders/batches; i += 4 {
					n := batch*orders/batches + i
					oneOrder(tb, g, credential, n, shop.URL, n%(orders/refunds) == 0)
				}
			})
		}
		tills.Wait()
		for range orders/batches + refunds/batches {
			require.NoError(tb, <-deliveries)
		}
		g.AdvanceClock(23 * time.Hour / batches)
	}
	require.EqualValues(tb, orders+refunds, told.Load())

	g.AdvanceClock(24 * time.Hour)
	reply := signedCall(tb, g, credential, http.MethodGet, "/v3/bill/tradebill?bill_date="+morning.Format(time.DateOnly), "")
	_, path, _ := strings.Cut(gjson.Get(reply, "download_url").Str, "/v3/")
	bill := media.ReadBill(strings.NewReader(signedCall(tb, g, credential, http.MethodGet, "/v3/"+path, "")))
	rows := 0
	for _, err := range bill.Rows("商户订单号") {
		require.NoError(tb, err)
		rows++
	}
	require.Equal(tb, orders+refunds, rows)
	for name, want := range map[string]string{
		"总交易单数": strconv.Itoa(rows), "应结订单总金额": yuan(orders * 100), "退款总金额": yuan(refunds * 40),
	} {
		require.Equal(tb, want, bill.Summary().Get(name), name)
	}
}

func yuan(fen int) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }

// oneOrder makes an order, pays it, and refunds a part of it.
func oneOrder(tb testing.TB, g *sandbox.Gateway, credential signer.Credential, n int, notifyURL string, refund bool) {
	tb.Helper()
	number := fmt.Sprintf("DAY-%06d", n)
	signedCall(tb, g, credential, http.MethodPost, "/v3/pay/transactions/native", `{"appid":"wxd678efh567hg6787","mchid":"`+credential.ID+
		`","description":"QQ公仔","out_trade_no":"`+number+`","notify_url":"`+notifyURL+`","amount":{"total":100}}`)
	_, err := g.Pay(number)
	require.NoError(tb, err)
	if refund {
		signedCall(tb, g, credential, http.MethodPost, "/v3/refund/domestic/refunds", `{"out_trade_no":"`+number+
			`","out_refund_no":"R`+number+`","notify_url":"`+notifyURL+`","amount":{"refund":40,"total":100,"currency":"CNY"}}`)
	}
}

// signedCall calls a gateway without a network, and returns the body of its reply.
func signedCall(tb testing.TB, g *sandbox.Gateway, credential signer.Credential, method, target, body string) string {
	tb.Helper()
	auth, err := credential.Authorize(tb.Context(), signer.Request{
		Method: method, Target: target, Timestamp: strconv.FormatInt(time.Now().Unix(), 10), Nonce: signer.Nonce(), Body: []byte(body),
	})
	require.NoError(tb, err)
	r := httptest.NewRequestWithContext(tb.Context(), method, target, strings.NewReader(body))
	r.Header = http.Header{"Authorization": {auth}, "Accept": {"application/json"}, "User-Agent": {"test"}, "Content-Type": {"application/json"}}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	require.Equal(tb, http.StatusOK, w.Code, w.Body)
	return w.Body.String()
}
