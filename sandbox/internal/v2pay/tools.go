package v2pay

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/wire"
)

// mark is the same for the same text.
func mark(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// shortURL is tools/shorturl.
func shortURL(c *Call) (play.Object, error) {
	if !strings.HasPrefix(c.Body.Text("long_url"), "weixin://") {
		return nil, wire.ParamError("long_url", "应为 weixin:// 开头的链接")
	}
	return play.Object{"short_url": "weixin://wxpay/s/" + mark(c.Body.Text("long_url"))[:7]}, nil
}

// openID is tools/authcodetoopenid: the payer is the same for an AppID, as that of orders.
func openID(c *Call) (play.Object, error) {
	code := c.Body.Text("auth_code")
	if len(code) != 18 || strings.Trim(code, "0123456789") != "" {
		return nil, refuse("AUTH_CODE_INVALID", "付款码应为 18 位数字，以 10 到 15 开头")
	}
	o := play.Object{"openid": "o" + mark(c.Body.Text("appid"))[:27]}
	if appid := c.Body.Text("sub_appid"); appid != "" {
		o["sub_openid"] = "o" + mark(appid)[:27]
	}
	return o, nil
}

// report is payitil/report.
func report(*Call) (play.Object, error) { return play.Object{}, nil }
