package coupon

import (
	"fmt"
	"regexp"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A codePool holds the codes that were uploaded for a stock.
type codePool struct {
	All  map[string]bool `json:"all"`
	Free []string        `json:"free"` // those of All that were not sent, in the order of the upload
}

// A code is checked for what can stand in the path of a request. The official length is not
// known.
var codeForm = regexp.MustCompile(`^[0-9A-Za-z_-]{1,32}$`)

// uploadCodes takes what it can of a list. Its reference is the reply, which is no view of
// anything that is kept.
func uploadCodes(t *turn) (string, error) {
	s, err := t.liveStock()
	if err != nil {
		return "", err
	}
	if s.mode() != "UPLOAD" {
		return "", invalid(0, "批次的 coupon_code_mode 不为 UPLOAD")
	}
	list, _ := t.Body.Get("code_list").([]any)
	seen := map[string]bool{}
	var success, exist, duplicate []string
	var failed []any
	kit.Made(&s.Codes.All)
	for _, value := range list {
		code, _ := value.(string)
		switch {
		case seen[code]:
			duplicate = append(duplicate, code)
		case !codeForm.MatchString(code):
			failed = append(failed, play.Object{"coupon_code": code, "code": "PARAM_ERROR", "message": "券Code格式错误"})
		case s.Codes.All[code]:
			exist = append(exist, code)
		case len(s.Codes.All) >= kit.Limit(t.book.Limit):
			failed = append(failed, play.Object{"coupon_code": code, "code": "RULE_LIMIT", "message": "券Code数量已达上限"})
		default:
			success = append(success, code)
			s.Codes.All[code] = true
			s.Codes.Free = append(s.Codes.Free, code)
		}
		seen[code] = true
	}
	return play.Object{
		"total_count": len(list), "success_code_list": some(success), "failed_code_list": some(failed),
		"already_exist_code_list": some(exist), "duplicate_code_list": some(duplicate),
	}.Canonical(), nil
}

// some is an empty list instead of null.
func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func viewUpload(_ *turn, reply string) (play.Object, error) {
	return play.ParseObject([]byte(reply))
}

// checkCode tells whether there is a code for one more coupon of s. wanted is the code of the
// request, which counts only where the caller assigns codes.
func (t *turn) checkCode(s *stock, wanted string) error {
	switch s.mode() {
	case "API_ASSIGN":
		switch {
		case !codeForm.MatchString(wanted):
			return kit.Wrong("/coupon_code", "API_ASSIGN 批次应填写 coupon_code")
		case t.book.state.Coupons[key(s.ID, wanted)] != nil:
			return invalid(0, "coupon_code 已使用")
		}
	case "UPLOAD":
		if len(s.Codes.Free) == 0 {
			return invalid(0, "可用券Code不足")
		}
	}
	return nil
}

// takeCode returns the code of a new coupon of s.
func (t *turn) takeCode(s *stock, wanted string) string {
	switch s.mode() {
	case "API_ASSIGN":
		return wanted
	case "UPLOAD":
		code := s.Codes.Free[0]
		s.Codes.Free = s.Codes.Free[1:]
		return code
	}
	return fmt.Sprintf("%d", 4_000_000_000_000_000+t.book.next())
}
