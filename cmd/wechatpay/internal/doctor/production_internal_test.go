package doctor

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/profile"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// TestBackupHost: no test calls WeChat Pay, so that a RoundTripper answers for its hosts.
func TestBackupHost(t *testing.T) {
	t.Parallel()
	target, err := url.Parse(wechatpay.DefaultBaseURL + merchantTarget)
	require.NoError(t, err)
	for _, row := range []struct {
		name string
		err  error
		want Status
		seen string
	}{
		{name: "it answers", want: OK, seen: "api2.mch.weixin.qq.com answers"},
		{name: "it is out of reach", err: errors.New("the firewall drops it"), want: Failed, seen: "api2.mch.weixin.qq.com cannot be reached: the firewall drops it"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			p := &patient{App: &app.App{Now: time.Now, Getenv: func(string) (string, bool) { return "", false }}, settings: &profile.Settings{}}
			p.checkBackup(t.Context(), middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				assert.Equal(t, "https://api2.mch.weixin.qq.com/v3/certificates", r.URL.String())
				return &http.Response{StatusCode: http.StatusUnauthorized, Body: io.NopCloser(strings.NewReader(""))}, row.err
			}), target)
			assert.Equal(t, row.want, p.report.of(checkBackup))
			assert.Equal(t, row.seen, p.report.Findings[0].Seen)
		})
	}
}
