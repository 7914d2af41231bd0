package guide_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestApply(t *testing.T) {
	s := sandboxtest.New(t)
	var received string
	var unreadable error
	s.Gateway.Handle("POST", "/v3/applyment4sub/applyment/", func(r *sandbox.Request) *sandbox.Reply {
		name := wechatpay.NewDocument(r.Body).Get("contact_info.contact_name").String()
		received, unreadable = s.Gateway.Decrypt(r.Header.Get("Wechatpay-Serial"), name)
		return sandbox.JSON(200, map[string]any{"applyment_id": 2000002124775691})
	})
	application := wechatpay.M{
		"business_code": "1900013511_10000",
		"contact_info":  wechatpay.M{"contact_name": "张三", "mobile_phone": "13800000000"},
	}
	id, err := guide.Apply(t.Context(), s.Client, application)
	require.NoError(t, err)
	require.NoError(t, unreadable)
	assert.EqualValues(t, 2000002124775691, id)
	assert.Equal(t, "张三", received)
	assert.Equal(t, "张三", application["contact_info"].(wechatpay.M)["contact_name"], "the caller's values")

	t.Run("in the clear", func(t *testing.T) {
		_, err := s.Client.Chain("v3/applyment4sub/applyment/").Post(t.Context(), &wechatpay.Options{JSON: application})
		assert.ErrorIs(t, err, wechatpay.ErrInvalid)
	})
}

func TestPhoneOf(t *testing.T) {
	s := sandboxtest.New(t)
	phone, err := s.Gateway.EncryptToMerchant("13800000000")
	require.NoError(t, err)
	s.Gateway.Handle("GET", "/v3/merchant-service/complaints-v2/{complaint_id}", func(*sandbox.Request) *sandbox.Reply {
		return sandbox.JSON(200, map[string]any{"complaint_id": "200201820200101080076610000", "payer_phone": phone})
	})
	got, err := guide.PhoneOf(t.Context(), s.Client, "200201820200101080076610000")
	require.NoError(t, err)
	assert.Equal(t, "13800000000", got)
}
