package guide_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestOnboarding(t *testing.T) {
	s := sandboxtest.New(t)
	ctx, c := t.Context(), s.Client
	licence := filepath.Join(t.TempDir(), "licence.png")
	require.NoError(t, os.WriteFile(licence, []byte("\x89PNG\r\n\x1a\n picture"), 0o600))
	mediaID, err := guide.UploadForApplyment(ctx, c, licence)
	require.NoError(t, err)
	assert.NotEmpty(t, mediaID)

	read := make(chan string, 1)
	s.Gateway.Handle("POST", "/v3/applyment4sub/applyment/", func(r *sandbox.Request) *sandbox.Reply {
		read <- gjson.GetBytes(r.Decrypted, "contact_info.contact_name").String()
		return sandbox.JSON(200, map[string]any{"applyment_id": 2000002124775691})
	})
	id, err := guide.ApplyForSubMerchant(ctx, c, wechatpay.M{
		"business_code": "1900000109_10000",
		"contact_info": wechatpay.M{
			"contact_type": "LEGAL", "contact_name": "张三", "mobile_phone": "13800000000", "contact_email": "zhangsan@example.com",
		},
		"subject_info": wechatpay.M{"business_license_info": wechatpay.M{"license_copy": mediaID}},
	})
	require.NoError(t, err)
	assert.EqualValues(t, 2000002124775691, id)
	assert.Equal(t, "张三", <-read)

	s.Gateway.Handle("GET", "/v3/applyment4sub/applyment/business_code/{business_code}", func(*sandbox.Request) *sandbox.Reply {
		return sandbox.JSON(200, map[string]any{
			"applyment_state": "APPLYMENT_STATE_REJECTED",
			"audit_detail":    []any{map[string]any{"field": "id_card_copy", "field_name": "身份证人像面照片", "reject_reason": "照片不清晰"}},
		})
	})
	state, err := guide.ApplymentState(ctx, c, "1900000109_10000")
	require.NoError(t, err)
	assert.Equal(t, guide.Applyment{State: "APPLYMENT_STATE_REJECTED", Rejected: []string{"身份证人像面照片: 照片不清晰"}}, state)

	bank, _, err := guide.BankOfCard(ctx, c, "6222020000000000")
	require.NoError(t, err)
	assert.NotEmpty(t, bank)
	number, err := guide.ChangeSettlement(ctx, c, "1900000110", "工商银行", "440305", "6222020000000000")
	require.NoError(t, err)
	assert.NotEmpty(t, number)
	for _, exchange := range s.Gateway.Exchanges() {
		assert.False(t, strings.Contains(exchange.Target+exchange.Body, "6222020000000000") || strings.Contains(exchange.Body, "张三"), "in the clear: %s", exchange.Target)
	}
}
