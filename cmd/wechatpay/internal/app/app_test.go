package app_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
)

func TestT(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		env  map[string]string
		want string
	}{
		{"nothing set", nil, "help"},
		{"English", map[string]string{"LANG": "en_US.UTF-8"}, "help"},
		{"Chinese", map[string]string{"LANG": "zh_CN.UTF-8"}, "帮助"},
		{"its own variable goes first", map[string]string{"LANG": "zh_CN.UTF-8", "WECHATPAY_LANG": "en"}, "help"},
		{"an empty one counts as none", map[string]string{"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "帮助"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			a := &app.App{Getenv: func(name string) (string, bool) { v, ok := row.env[name]; return v, ok }}
			assert.Equal(t, row.want, a.T("help", "帮助"))
		})
	}
}
