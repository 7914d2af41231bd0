package sandbox_test

import (
	"fmt"
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
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A seller is a merchant whose orders are shared with an employee.
type seller struct {
	*sandbox.Gateway
	credential signer.Credential
}

func newSeller(t *testing.T, cfg sandbox.Config) *seller {
	t.Helper()
	s := &seller{Gateway: newGateway(t, cfg)}
	sign, err := signer.New(s.Credentials().PrivateKey)
	require.NoError(t, err)
	s.credential = signer.Credential{ID: s.Credentials().MchID, Serial: s.Credentials().Serial, Signer: sign}
	s.ok(t, post{"/v3/profitsharing/receivers/add", `{"appid":"wx1","type":"PERSONAL_OPENID","account":"employee","relation_type":"STAFF"}`})
	return s
}

// A post is a call.
type post struct{ target, body string }

func sharing(transactionID, number string, amount int) post {
	return post{"/v3/profitsharing/orders", fmt.Sprintf(`{"appid":"wx1","transaction_id":%q,"out_order_no":%q,"unfreeze_unsplit":false,`+
		`"receivers":[{"type":"PERSONAL_OPENID","account":"employee","amount":%d,"description":"a"}]}`, transactionID, number, amount)}
}

func refunding(transactionID, number string, amount int) post {
	return post{"/v3/refund/domestic/refunds", fmt.Sprintf(
		`{"transaction_id":%q,"out_refund_no":%q,"amount":{"refund":%d,"total":1000,"currency":"CNY"}}`, transactionID, number, amount)}
}

func (s *seller) request(t *testing.T, p post) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, p.target, strings.NewReader(p.body))
	r.Header = http.Header{
		"Authorization": {authorization(t, s.credential, http.MethodPost, p.target, p.body)},
		"Accept":        {"application/json"}, "User-Agent": {"test"}, "Content-Type": {"application/json"},
	}
	return r
}

func (s *seller) ok(t *testing.T, p post) {
	t.Helper()
	signedCall(t, s.Gateway, s.credential, http.MethodPost, p.target, p.body)
}

// sell has an order of 10 yuan paid, of which WeChat Pay keeps 6 fen.
func (s *seller) sell(t *testing.T, number string) (transactionID string) {
	t.Helper()
	s.ok(t, post{"/v3/pay/transactions/native", fmt.Sprintf(`{"appid":"wx1","mchid":%q,"description":"书","out_trade_no":%q,`+
		`"notify_url":"https://shop.example.com/","amount":{"total":1000},"settle_info":{"profit_sharing":true}}`, s.Credentials().MchID, number)})
	id, err := s.Pay(number)
	require.NoError(t, err)
	return id
}

// booked returns the ledger of what was played.
func (s *seller) booked(t *testing.T) *ledger.Ledger {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, s.Save(dir))
	data, err := os.ReadFile(filepath.Join(dir, "sandbox-state.json"))
	require.NoError(t, err)
	l := ledger.New()
	require.NoError(t, l.Load([]byte(gjson.GetBytes(data, "parts.ledger").Raw)))
	return l
}

// TestRefundsAndSharingsAtOnce: no fen of an order goes both to its payer and to a receiver, and
// none of another order in its place.
func TestRefundsAndSharingsAtOnce(t *testing.T) {
	t.Parallel()
	s := newSeller(t, sandbox.Config{})
	const orders = 10
	ids := make([]string, 0, orders)
	for i := range orders {
		ids = append(ids, s.sell(t, fmt.Sprintf("SHARED-%d", i)))
	}
	s.sell(t, "ANOTHER-1")
	s.AdvanceClock(time.Minute)
	var requests []*http.Request
	for i, id := range ids {
		for n, p := range []post{sharing(id, "", 100), refunding(id, "", 900), sharing(id, "", 150), refunding(id, "", 600)} {
			p.body = strings.Replace(p.body, `_no":""`, fmt.Sprintf(`_no":"N-%d-%d"`, i, n), 1)
			requests = append(requests, s.request(t, p))
		}
	}
	var all sync.WaitGroup
	for _, r := range requests {
		all.Go(func() { s.ServeHTTP(httptest.NewRecorder(), r) })
	}
	all.Wait()
	s.AdvanceClock(time.Minute)

	l := s.booked(t)
	assert.Zero(t, l.Sum())
	left := map[string]int64{} // of an order, in its merchant's accounts
	frozen := ledger.Frozen(s.Credentials().MchID)
	for _, e := range l.Between(time.Time{}, s.Now().Add(time.Hour)) {
		switch frozen {
		case e.To:
			left[e.Order] += e.Amount
		case e.From:
			left[e.Order] -= e.Amount
		default:
			assert.NotEqual(t, "refund", e.Kind, "the merchant has nothing else of the order: %+v", e)
		}
	}
	require.Len(t, left, orders+1)
	sum, moved := int64(0), 0
	for id, fen := range left {
		assert.GreaterOrEqual(t, fen, int64(0), id)
		if sum += fen; fen < 994 {
			moved++
		}
	}
	assert.Equal(t, orders, moved, "each order but the last gave something")
	assert.Equal(t, sum, l.Balance(frozen))
}

// TestARefundWaitsForTheSharing: while it is being executed, and for what is left of the order.
func TestARefundWaitsForTheSharing(t *testing.T) {
	t.Parallel()
	s := newSeller(t, sandbox.Config{SharingDelay: -1})
	id := s.sell(t, "WAITING-1")
	s.AdvanceClock(time.Minute)
	refused := func(amount int, text string) {
		t.Helper()
		w := httptest.NewRecorder()
		s.ServeHTTP(w, s.request(t, refunding(id, "BACK-1", amount)))
		assert.Equal(t, http.StatusBadRequest, w.Code)
		assert.Contains(t, w.Body.String(), text)
	}
	settle := func(number string) {
		t.Helper()
		status, reply := control(t, s.Gateway, "POST", "sharing/settle", `{"out_order_no":"`+number+`","result":"SUCCESS"}`, nil)
		require.Equal(t, http.StatusOK, status, reply)
	}
	s.ok(t, sharing(id, "SHARE-1", 200))
	refused(1, "订单分账处理中")
	settle("SHARE-1")
	refused(1000, "请先解冻剩余资金")
	s.ok(t, post{"/v3/profitsharing/orders/unfreeze", fmt.Sprintf(`{"transaction_id":%q,"out_order_no":"UNFREEZE-1","description":"a"}`, id)})
	refused(1000, "订单分账处理中")
	settle("UNFREEZE-1")
	s.ok(t, refunding(id, "BACK-1", 1000))
	assert.Zero(t, s.booked(t).FrozenFor(id))
}

// TestARefundReachesTheComplaint: whoever complained about an order sees what came back of it.
func TestARefundReachesTheComplaint(t *testing.T) {
	t.Parallel()
	told := make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		told <- gjson.GetBytes(body, "event_type").Str
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(server.Close)
	s := newSeller(t, sandbox.Config{})
	t.Cleanup(s.Close)
	id := s.sell(t, "COMPLAINED-1")
	s.ok(t, post{"/v3/merchant-service/complaint-notifications", `{"url":"` + server.URL + `"}`})
	status, reply := control(t, s.Gateway, "POST", "complaints", fmt.Sprintf(
		`{"transaction_id":%q,"out_trade_no":"COMPLAINED-1","openid":"o","text":"坏了","amount":1000}`, id), nil)
	require.Equal(t, http.StatusOK, status, reply)
	require.Equal(t, "COMPLAINT.CREATE", <-told)
	path := "/v3/merchant-service/complaints-v2/" + gjson.Get(reply, "complaint_id").Str
	look := func(path string) string { return signedCall(t, s.Gateway, s.credential, http.MethodGet, path, "") }
	for _, row := range []struct {
		refund int
		full   bool
		line   string
	}{
		{300, false, "COMPLAINT_PARTIAL_REFUNDED_SYSTEM_MESSAGE"},
		{700, true, "COMPLAINT_FULL_REFUNDED_SYSTEM_MESSAGE"},
	} {
		s.ok(t, refunding(id, fmt.Sprint("BACK-", row.refund), row.refund))
		assert.Equal(t, row.full, gjson.Get(look(path), "complaint_full_refunded").Bool())
		assert.Contains(t, look(path+"/negotiation-historys"), row.line)
	}
	assert.Equal(t, "COMPLAINT.STATE_CHANGE", <-told, "of the full refund")
	assert.Empty(t, told)
}
