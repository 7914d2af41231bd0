package kit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// Shanghai is the zone of WeChat Pay; it has had no summer time since 1991.
var Shanghai = time.FixedZone("CST", 8*60*60)

// Clock writes a time in RFC 3339.
func Clock(t time.Time) string { return t.In(Shanghai).Format(time.RFC3339) }

// Day writes a day, such as 2026-04-01.
func Day(t time.Time) string { return t.In(Shanghai).Format(time.DateOnly) }

// TransactionID returns a transaction_id of 28 digits. Each part has its own digits, of which
// there are six, so that no two parts give the same.
func TransactionID(digits string, now time.Time, seq int64) string {
	return fmt.Sprintf("4200%s%s%010d", digits, now.In(Shanghai).Format("20060102"), seq%10_000_000_000)
}

// Print is the same for the same values of a request.
func Print(vars map[string]string, body play.Object) string {
	values := make(play.Object, len(vars))
	for name, value := range vars {
		values[name] = value
	}
	return Digest(values.Canonical(), body.Canonical())
}

// Digest is the same for the same texts, of which only the last may have several lines.
func Digest(texts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\n")))
	return hex.EncodeToString(sum[:])
}

var mchidForm = regexp.MustCompile(`^[0-9]{1,32}$`)

// SubMchid checks the sub_mchid of a partner's request: any id of digits but its own.
func SubMchid(caller, sub string) (issue string) {
	switch {
	case !mchidForm.MatchString(sub):
		return "子商户号格式错误"
	case sub == caller:
		return "子商户号不能与服务商商户号相同"
	}
	return ""
}

// NotifyURL checks the address of webhooks, which may be left out. It takes https, and http to
// this machine, which only a simulator can reach.
func NotifyURL(o play.Object, name string) error {
	address := o.Text(name)
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	switch at := "/" + name; {
	case len(address) > 256:
		return Wrong(at, "长度应不超过 256 个字符")
	case err != nil || u.Hostname() == "" || u.User != nil:
		return Wrong(at, "通知地址无效")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return Wrong(at, "通知地址不能携带参数")
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		return Wrong(at, "通知地址应为 https")
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
