package generic_test

import (
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/generic"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestNumberMakesOneThing(t *testing.T) {
	t.Parallel()
	s := newShop(t, generic.New(), bills)
	first := s.ok("POST", bills, nil, nil, bill("bill1", 100))
	s.now = now.Add(time.Hour)
	assert.Equal(t, first, s.ok("POST", bills, nil, nil, bill("bill1", 100)), "the same reply, in an hour too")
	_, refusal := s.call("POST", bills, nil, nil, bill("bill1", 101))
	refusedAs(t, refusal, 400, "INVALID_REQUEST")
	assert.NotEqual(t, first["transfer_bill_no"], s.ok("POST", bills, nil, nil, bill("bill2", 100))["transfer_bill_no"])

	s.caller = "1900000110"
	_, refusal = s.getBill("bill1")
	refusedAs(t, refusal, 404, "RESOURCE_NOT_EXISTS")
	assert.NotEqual(t, first["transfer_bill_no"], s.ok("POST", bills, nil, nil, bill("bill1", 7))["transfer_bill_no"], "another caller's number")
}

func TestWhatWasMadeComesBack(t *testing.T) {
	t.Parallel()
	s := newShop(t, generic.New(), bills)
	made := s.ok("POST", bills, nil, nil, bill("bill1", 12345))
	s.now = now.Add(time.Hour)
	byNumber, refusal := s.getBill("bill1")
	require.Nil(t, refusal)
	for _, name := range []string{"out_bill_no", "transfer_bill_no", "create_time", "state"} {
		assert.Equal(t, made[name], byNumber[name], name)
	}
	assert.EqualValues(t, 12345, byNumber.Int("transfer_amount"))
	assert.Equal(t, "报销", byNumber.Text("transfer_remark"))
	assert.Equal(t, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", byNumber.Text("openid"))
	assert.Equal(t, byNumber, s.ok("GET", bills+"/transfer-bill-no/{transfer_bill_no}", map[string]string{"transfer_bill_no": made.Text("transfer_bill_no")}, nil, nil))

	for _, row := range []struct{ name, path, variable string }{
		{"a number nobody used", bills + "/out-bill-no/{out_bill_no}", "out_bill_no"},
		{"an id nobody got", bills + "/transfer-bill-no/{transfer_bill_no}", "transfer_bill_no"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, refusal := s.call("GET", row.path, map[string]string{row.variable: "other"}, nil, nil)
			refusedAs(t, refusal, 404, "RESOURCE_NOT_EXISTS")
		})
	}
}

func TestActionChangesWhatIsKept(t *testing.T) {
	t.Parallel()
	s := newShop(t, generic.New(), bills)
	s.ok("POST", bills, nil, nil, bill("bill1", 1))
	s.now = now.Add(time.Hour)
	vars := map[string]string{"out_bill_no": "bill1"}
	cancelled := s.ok("POST", bills+"/out-bill-no/{out_bill_no}/cancel", vars, nil, nil)
	assert.Equal(t, "CANCELLED", cancelled.Text("state"))
	assert.Equal(t, "2026-06-08T19:34:56+08:00", cancelled.Text("update_time"))
	s.now = now.Add(2 * time.Hour)
	got, _ := s.getBill("bill1")
	assert.Equal(t, "CANCELLED", got.Text("state"))
	assert.Equal(t, "2026-06-08T18:34:56+08:00", got.Text("create_time"))
	assert.Equal(t, "2026-06-08T19:34:56+08:00", got.Text("update_time"))
	_, refusal := s.call("POST", bills+"/out-bill-no/{out_bill_no}/cancel", map[string]string{"out_bill_no": "other"}, nil, nil)
	refusedAs(t, refusal, 404, "RESOURCE_NOT_EXISTS")
}

func TestOnlyWhatIsMadeHereIsMissed(t *testing.T) {
	t.Parallel()
	s := newShop(t, generic.New(), bills+"/out-bill-no/")
	got, refusal := s.getBill("bill1")
	require.Nil(t, refusal, "another part makes bills, so that this one cannot know them")
	assert.Equal(t, "bill1", got.Text("out_bill_no"))
	again, _ := s.getBill("bill1")
	assert.Equal(t, got, again, "the same request gets the same reply")

	s.handlers["POST "+bills] = s.book.Handler(endpoint(t, "POST", bills))
	_, refusal = s.getBill("bill1")
	refusedAs(t, refusal, 404, "RESOURCE_NOT_EXISTS")
}

func store(detail string) play.Object {
	return play.Object{"brand_id": "40001", "store_address": map[string]any{"address_code": "440300", "address_detail": detail}}
}

func TestWithoutNumber(t *testing.T) {
	t.Parallel()
	s := newShop(t, generic.New(), stores)
	first, second := s.ok("POST", stores, nil, nil, store("a")), s.ok("POST", stores, nil, nil, store("a"))
	assert.NotEqual(t, first["store_id"], second["store_id"], "each request makes another store")

	vars, query := map[string]string{"store_id": first.Text("store_id")}, url.Values{"brand_id": {"40001"}}
	changed := s.ok("PATCH", stores+"/{store_id}", vars, nil, play.Object{"brand_id": "40001", "store_address": map[string]any{"address_code": "440300", "address_detail": "b"}})
	assert.Equal(t, "b", changed.Text("store_address.address_detail"))
	got := s.ok("GET", stores+"/{store_id}", vars, query, nil)
	assert.Equal(t, "b", got.Text("store_address.address_detail"))
	assert.Equal(t, first["store_basics"], got["store_basics"], "what was not changed stays")

	assert.Equal(t, "CLOSED", s.ok("POST", stores+"/{store_id}/close", vars, nil, play.Object{"brand_id": "40001"}).Text("store_state"))
	assert.Equal(t, "CLOSED", s.ok("GET", stores+"/{store_id}", vars, query, nil).Text("store_state"))
	assert.Equal(t, "OPEN", s.ok("POST", stores+"/{store_id}/resume", vars, nil, play.Object{"brand_id": "40001"}).Text("store_state"))
	assert.Equal(t, "OPEN", s.ok("GET", stores+"/{store_id}", vars, query, nil).Text("store_state"))

	s.ok("DELETE", stores+"/{store_id}", vars, nil, play.Object{"brand_id": "40001"})
	for _, call := range []struct{ method, path string }{{"GET", "/{store_id}"}, {"PATCH", "/{store_id}"}, {"DELETE", "/{store_id}"}, {"POST", "/{store_id}/close"}} {
		_, refusal := s.call(call.method, stores+call.path, vars, query, store("c"))
		refusedAs(t, refusal, 404, "RESOURCE_NOT_EXISTS")
	}
	list := s.ok("GET", stores, nil, query, nil)
	assert.EqualValues(t, 1, list.Int("total_count"))
	assert.Equal(t, second["store_id"], list.List("data")[0]["store_id"])
}

func TestChildrenAreTheirOwn(t *testing.T) {
	t.Parallel()
	const cards = "/v3/marketing/membercard-open/cards"
	s := newShop(t, generic.New(), cards)
	made := s.ok("POST", cards, nil, nil, play.Object{"out_request_no": "card1", "title": "会员卡"})
	vars := map[string]string{"card_id": made.Text("card_id")}
	for _, id := range []string{"m1", "m2"} {
		s.ok("POST", cards+"/{card_id}/service-modules", vars, nil, play.Object{"service_module_id": id, "jump_miniprogram": map[string]any{"appid": "wx1234567890abcdef", "path": "/" + id}})
	}
	module := map[string]string{"card_id": vars["card_id"], "service_module_id": "m1"}
	s.ok("DELETE", cards+"/{card_id}/service-modules/{service_module_id}", module, nil, nil)
	assert.Equal(t, "会员卡", s.ok("GET", cards+"/{card_id}", vars, nil, nil).Text("title"), "the card is still there")
	_, refusal := s.call("DELETE", cards+"/{card_id}/service-modules/{service_module_id}", module, nil, nil)
	refusedAs(t, refusal, 404, "RESOURCE_NOT_EXISTS")
	module["service_module_id"] = "m2"
	changed := s.ok("PATCH", cards+"/{card_id}/service-modules/{service_module_id}", module, nil, play.Object{"jump_miniprogram": map[string]any{"appid": "wx1234567890abcdef", "path": "/new"}})
	assert.Equal(t, "/new", changed.Text("jump_miniprogram.path"))
	_, refusal = s.call("POST", cards+"/{card_id}/service-modules", map[string]string{"card_id": "other"}, nil, play.Object{"service_module_id": "m3"})
	refusedAs(t, refusal, 404, "RESOURCE_NOT_EXISTS")
}

func TestDetailsOfABatch(t *testing.T) {
	t.Parallel()
	s := newShop(t, generic.New(), batch)
	details := make([]any, 3)
	for i := range details {
		details[i] = map[string]any{"out_detail_no": "d" + strconv.Itoa(i), "transfer_amount": 10 + i, "transfer_remark": "r", "openid": "o" + strconv.Itoa(i)}
	}
	made := s.ok("POST", batch, nil, nil, play.Object{
		"appid": "wx1234567890abcdef", "out_batch_no": "batch1", "batch_name": "n", "batch_remark": "r", "total_amount": 33, "total_num": 3,
		"transfer_detail_list": details, "transfer_scene_id": "1000",
	})
	vars := map[string]string{"out_batch_no": "batch1", "out_detail_no": "d2"}
	detail := s.ok("GET", batch+"/out-batch-no/{out_batch_no}/details/out-detail-no/{out_detail_no}", vars, nil, nil)
	assert.EqualValues(t, 12, detail.Int("transfer_amount"))
	assert.Equal(t, made["batch_id"], detail["batch_id"])
	got := s.ok("GET", batch+"/out-batch-no/{out_batch_no}", map[string]string{"out_batch_no": "batch1"}, url.Values{"need_query_detail": {"true"}}, nil)
	assert.EqualValues(t, 33, got.Int("transfer_batch.total_amount"))
	require.Len(t, got.List("transfer_detail_list"), 3)
	assert.Equal(t, detail["detail_id"], got.List("transfer_detail_list")[2]["detail_id"], "the list and the detail agree")
	byID := map[string]string{"batch_id": made.Text("batch_id"), "detail_id": got.List("transfer_detail_list")[1].Text("detail_id")}
	assert.EqualValues(t, 11, s.ok("GET", batch+"/batch-id/{batch_id}/details/detail-id/{detail_id}", byID, nil, nil).Int("transfer_amount"))
	vars["out_detail_no"] = "other"
	_, refusal := s.call("GET", batch+"/out-batch-no/{out_batch_no}/details/out-detail-no/{out_detail_no}", vars, nil, nil)
	refusedAs(t, refusal, 404, "RESOURCE_NOT_EXISTS")
}

func TestDeleteLeavesWhatStandsAbove(t *testing.T) {
	t.Parallel()
	const ranges = "/v3/webizpay/avail-mch-ranges"
	s := newShop(t, generic.New(), ranges)
	made := s.ok("POST", ranges, nil, nil, play.Object{"sp_mchid": caller, "identifier_type": "TRANSACTION_ID"})
	vars := map[string]string{"range_id": made.Text("range_id"), "merchant_identifier": "x"}
	s.ok("POST", ranges+"/{range_id}/merchant-identifiers", map[string]string{"range_id": vars["range_id"]}, nil, play.Object{"sp_mchid": caller, "merchant_identifier": "x"})
	for range 2 {
		s.ok("DELETE", ranges+"/{range_id}/merchant-identifiers/{merchant_identifier}", vars, nil, play.Object{"sp_mchid": caller})
	}
	vars["range_id"] = "other"
	_, refusal := s.call("DELETE", ranges+"/{range_id}/merchant-identifiers/{merchant_identifier}", vars, nil, play.Object{"sp_mchid": caller})
	refusedAs(t, refusal, 404, "RESOURCE_NOT_EXISTS")
}

func TestNumberInTheQuery(t *testing.T) {
	t.Parallel()
	const orders = "/v3/payscore/serviceorder"
	s := newShop(t, generic.New(), orders)
	made := s.ok("POST", orders, nil, nil, play.Object{"out_order_no": "order1", "service_id": "1", "appid": "wx1234567890abcdef", "service_introduction": "充电宝"})
	query := url.Values{"out_order_no": {"order1"}, "service_id": {"1"}, "appid": {"wx1234567890abcdef"}}
	got := s.ok("GET", orders, nil, query, nil)
	assert.Equal(t, made["order_id"], got["order_id"])
	assert.Equal(t, "充电宝", got.Text("service_introduction"))
	query.Set("out_order_no", "other")
	_, refusal := s.call("GET", orders, nil, query, nil)
	refusedAs(t, refusal, 404, "RESOURCE_NOT_EXISTS")
}

func TestNumberOfAnActionAlone(t *testing.T) {
	t.Parallel()
	const use = "/v3/marketing/busifavor/coupons/use"
	s := newShop(t, generic.New(), use)
	body := play.Object{"use_request_no": "use1", "coupon_code": "c1", "out_trade_no": "order1"}
	first := s.ok("POST", use, nil, nil, body)
	assert.Equal(t, first, s.ok("POST", use, nil, nil, body))
	_, refusal := s.call("POST", use, nil, nil, body.With(play.Object{"out_trade_no": "order2"}))
	refusedAs(t, refusal, 400, "INVALID_REQUEST")
}

func TestCodeOfAResultIsNoID(t *testing.T) {
	t.Parallel()
	const upload = "/v3/gov/subsidy/goods/upload"
	s := newShop(t, generic.New(), upload)
	first := s.ok("POST", upload, nil, nil, play.Object{"brand": "a"})
	assert.Equal(t, first, s.ok("POST", upload, nil, nil, play.Object{"brand": "a"}))
}

func TestQuestionsNeedNothingThatWasMade(t *testing.T) {
	t.Parallel()
	const customs = "/v3/global/customs"
	s := newShop(t, generic.New(), customs)
	s.ok("POST", customs+"/verify-certificate", nil, nil, play.Object{"mchid": caller, "out_trade_no": "order1"})
}

func TestSettingComesBack(t *testing.T) {
	t.Parallel()
	const callbacks = "/v3/marketing/favor/callbacks"
	s := newShop(t, generic.New(), callbacks)
	for _, url := range []string{"https://a.example.com/x", "https://b.example.com/x"} {
		s.ok("POST", callbacks, nil, nil, play.Object{"mchid": caller, "notify_url": url})
	}
	assert.Equal(t, "https://b.example.com/x", s.ok("GET", callbacks, nil, url.Values{"mchid": {caller}}, nil).Text("notify_url"))
}
