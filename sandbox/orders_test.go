package sandbox_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

func TestAnOrderLives(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, gateway())
	expect := func(status int, code, method, target, body string) string {
		t.Helper()
		resp, reply := m.call(method, target, body)
		require.Equal(t, status, resp.StatusCode, reply)
		require.Equal(t, code, gjson.Get(reply, "code").String())
		return reply
	}
	mchid := gateway().Credentials().MchID
	query, closing := "?mchid="+mchid, fmt.Sprintf(`{"mchid":%q}`, mchid)
	byNumber := func(number string) string { return "/v3/pay/transactions/out-trade-no/" + number }

	expect(404, "ORDER_NOT_EXIST", "GET", byNumber("A%7Cb-12345")+query, "")
	expect(400, "PARAM_ERROR", "GET", byNumber("A%7Cb-12345"), "")
	first := expect(200, "", "POST", prepayPath, prepayBody("A|b-12345", nil))
	again := expect(200, "", "POST", prepayPath, prepayBody("A|b-12345", nil))
	assert.Equal(t, first, again, "the same order twice gives the same prepay_id")
	expect(400, "INVALID_REQUEST", "POST", prepayPath, prepayBody("A|b-12345", func(b map[string]any) { b["attach"] = "b" }))
	open := expect(200, "", "GET", byNumber("A%7Cb-12345")+query, "")
	assert.Equal(t, "NOTPAY", gjson.Get(open, "trade_state").String())
	assert.Equal(t, "A|b-12345", gjson.Get(open, "out_trade_no").String())

	id, err := gateway().Pay("A|b-12345")
	require.NoError(t, err)
	twice, err := gateway().Pay("A|b-12345")
	require.NoError(t, err)
	assert.Equal(t, id, twice)
	paid := expect(200, "", "GET", "/v3/pay/transactions/id/"+id+query, "")
	assert.Equal(t, "SUCCESS", gjson.Get(paid, "trade_state").String())
	assert.Equal(t, int64(100), gjson.Get(paid, "amount.payer_total").Int())
	assert.Equal(t, paid, expect(200, "", "GET", byNumber("A%7Cb-12345")+query, ""))
	expect(400, "ORDERPAID", "POST", byNumber("A%7Cb-12345")+"/close", closing)
	expect(400, "ORDERPAID", "POST", prepayPath, prepayBody("A|b-12345", nil))

	expect(200, "", "POST", prepayPath, prepayBody("closed-1", nil))
	expect(400, "PARAM_ERROR", "POST", byNumber("closed-1")+"/close", "{}")
	expect(204, "", "POST", byNumber("closed-1")+"/close", closing)
	expect(204, "", "POST", byNumber("closed-1")+"/close", closing)
	expect(404, "ORDER_NOT_EXIST", "POST", byNumber("none-12345")+"/close", closing)
	expect(400, "ORDER_CLOSED", "POST", prepayPath, prepayBody("closed-1", nil))
	_, err = gateway().Pay("closed-1")
	require.ErrorContains(t, err, "ORDER_CLOSED")
}
