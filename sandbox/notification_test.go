package sandbox_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func TestPaidNotification(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	m := newMerchant(t, g)
	_, err := g.PaidNotification("1217752501201407033233368018")
	require.ErrorContains(t, err, "does not exist or is not paid; call Pay first")
	resp, _ := m.call("POST", "/v3/pay/transactions/jsapi-with-contract", prepayBody("1217752501201407033233368018", nil))
	require.Equal(t, 200, resp.StatusCode)
	_, err = g.PaidNotification("1217752501201407033233368018")
	require.ErrorContains(t, err, "does not exist or is not paid; call Pay first")
	id, err := g.Pay("1217752501201407033233368018")
	require.NoError(t, err)
	n, err := g.PaidNotification("1217752501201407033233368018")
	require.NoError(t, err)
	assert.Equal(t, "TRANSACTION.SUCCESS", n.EventType)
	resource, err := json.Marshal(n.Resource)
	require.NoError(t, err)
	assert.Equal(t, id, gjson.GetBytes(resource, "transaction_id").String())
}
