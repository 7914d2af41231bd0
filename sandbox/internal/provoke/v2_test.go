package provoke_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/provoke"
)

func TestRefusalV2(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, path, number, code, message string }{
		{"of every endpoint", "/deposit/micropay", "1_SYSTEMERROR", "SYSTEMERROR", "系统异常，请用相同参数重新调用"},
		{"the nearest path wins", "/pay/micropay", "1_NOTENOUGH", "NOTENOUGH", "余额不足"},
		{"of another endpoint", "/pay/closeorder", "1_USERPAYING", "", ""},
		{"of v3", "/pay/unifiedorder", "1_SYSTEM_ERROR", "", ""},
		{"none", "/pay/unifiedorder", "1", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			refusal := provoke.RefusalV2(row.path, []string{row.number})
			if row.code == "" {
				assert.Nil(t, refusal)
				return
			}
			require.NotNil(t, refusal)
			assert.Equal(t, []string{row.code, row.message}, []string{refusal.Code, refusal.Message})
		})
	}
}

func TestTableV2(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, row := range provoke.TableV2() {
		at := row.Path + " " + row.Code
		assert.False(t, seen[at], "%s stands twice", at)
		seen[at] = true
		assert.NotEmpty(t, row.Message)
		prefix, all := strings.CutSuffix(row.Path, "*")
		assert.True(t, slices.ContainsFunc(catalogue.All(), func(e catalogue.Endpoint) bool {
			return e.Version == 2 && (e.Path == row.Path || (all || row.Path == "") && strings.HasPrefix(e.Path, prefix))
		}), "%s has no endpoint", row.Path)
	}
	assert.True(t, provoke.IsNumber("mch_billno") && provoke.IsNumber("partner_trade_no"))
}
