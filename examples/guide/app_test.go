package guide_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestApp(t *testing.T) {
	s := sandboxtest.New(t)
	params, err := guide.App(t.Context(), s.Client, orderOf("APP-0001"))
	require.NoError(t, err)
	text, err := json.Marshal(params)
	require.NoError(t, err)
	var sent map[string]string
	require.NoError(t, json.Unmarshal(text, &sent))
	for _, name := range []string{"appid", "partnerid", "prepayid", "package", "noncestr", "timestamp", "sign"} {
		assert.NotEmpty(t, sent[name], name)
	}
	assert.Equal(t, s.Credentials.MchID, sent["partnerid"])
	_, err = s.Gateway.Pay("APP-0001")
	require.NoError(t, err)
	assert.Equal(t, "APP", tradeOf(t, s, "APP-0001").Get("trade_type").String())
}
