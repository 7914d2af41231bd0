package oneline_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/oneline"
)

func TestOf(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "参数 [31m错 误", oneline.Of("参数\t\x1b[31m错\n误\r\u202e\u0085"))
}
