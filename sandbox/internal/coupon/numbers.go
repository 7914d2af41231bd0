package coupon

import (
	"regexp"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A number is a request number that took effect.
type number struct {
	Print string `json:"print"` // of the request
	Ref   string `json:"ref"`   // to what it made or changed
}

// fingerprint is the same for the same endpoint, path and body.
func fingerprint(endpoint string, c *play.Call) string {
	vars := make(play.Object, len(c.Vars))
	for name, value := range c.Vars {
		vars[name] = value
	}
	return kit.Digest(endpoint, vars.Canonical(), c.Body.Canonical())
}

// once has the effect of p where the number is new. A refused number may be sent again.
func (t *turn) once(p part, mark string) (ref string, err error) {
	text := t.Body.Text(p.number)
	if err := checkNumber(p.number, text); err != nil {
		return "", err
	}
	s, key := &t.book.state, t.Caller+"/"+p.number+"/"+text
	if known, ok := s.Numbers[key]; ok {
		if known.Print != mark {
			// The code is documented of out_request_no, the number of both.
			return "", refusal(400, "ALREADY_EXISTS", sameNumber, "单号已使用且参数不一致")
		}
		return known.Ref, nil
	}
	if ref, err = p.effect(t); err != nil {
		return "", err
	}
	s.Numbers[key] = number{Print: mark, Ref: ref}
	s.Used = kept(append(s.Used, key), 4*kit.Limit(t.book.Limit), func(old string) { delete(s.Numbers, old) })
	return ref, nil
}

// kept drops the first of list where it is longer than limit.
func kept(list []string, limit int, drop func(string)) []string {
	over := len(list) - limit
	if over <= 0 {
		return list
	}
	for _, old := range list[:over] {
		drop(old)
	}
	clear(list[:over])
	return list[over:]
}

var numberForm = regexp.MustCompile(`^[0-9A-Za-z_-]*$`)

func checkNumber(field, text string) error {
	var issue string
	var code int
	switch {
	case len(text) < 6:
		issue, code = "单号长度应不少于 6 个字符", tooShort
	case len(text) > 40:
		issue, code = "单号长度应不超过 40 个字符", tooLong
	case !numberForm.MatchString(text):
		issue = "单号只能包含数字、字母、_ 和 -"
	default:
		return nil
	}
	return kit.WrongNumber("/"+field, code, issue)
}
