package table_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/table"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	require.NoError(t, table.Write(&b, [][]string{
		{"total", "integer", "required", "总金额"},
		{"金额（分）", "", "必填", "x"},
		{"a", "b", "", ""},
		{},
	}))
	assert.Equal(t, "total       integer  required  总金额\n"+
		"金额（分）           必填      x\n"+
		"a           b\n"+
		"\n", b.String())
}
