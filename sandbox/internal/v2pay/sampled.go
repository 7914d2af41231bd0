package v2pay

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/provoke"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sample"
)

// Sampled answers an endpoint in its documented shape. It keeps nothing; but what is made up for
// a business number is the same at all endpoints of a product, such as a transaction_id.
func Sampled(e catalogue.Endpoint) Handler {
	product, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(e.Path, "/secapi"), "/"), "/") // a path with a certificate is of the same product
	return func(c *Call) (play.Object, error) {
		given := sample.Given{Caller: c.Caller, Body: c.Body, Now: c.Now}
		if numbers := provoke.Numbers(nil, nil, c.Body); len(numbers) > 0 {
			given.Seed = product + "\n" + c.Caller + "\n" + numbers[0]
		}
		shown := e
		shown.Reply = nil
		names := map[string]string{} // of what is made up, those of the elements
		for _, f := range e.Reply {
			aboutSub := strings.HasPrefix(f.Name, "sub_") && !f.Required && !c.Body.Has(f.Name)
			if aboutSub || common.MatchString(f.Name) {
				continue
			}
			name := first.Replace(f.Name)
			if f.Name = single.Replace(f.Name); names[f.Name] != "" {
				f.Name = name
			}
			names[f.Name] = name
			shown.Reply = append(shown.Reply, f)
		}
		o := play.Object{}
		for name, value := range sample.Reply(shown, given) {
			o[names[name]] = timeIn(e.Path, value)
		}
		return o, nil
	}
}

// common are the elements that every reply has, or that tell of an error.
var common = regexp.MustCompile(`^(return_code|return_msg|result_code|nonce_str|sign|sign_type)$|(^|_)(err|error)_(code|msg|code_des)`)

// A numbered field has one element; it is made up as if it had no number.
var (
	first  = strings.NewReplacer("$n", "0", "$m", "0")
	single = strings.NewReplacer("_$n", "", "_$m", "")
)

// spacedPaths are where times are not digits alone.
var spacedPaths = []string{"/mmpaymkttransfers/", "/mmpaysptrans/", "/papay/"}

// timeIn writes a time as the pages of an endpoint do.
func timeIn(path string, value any) any {
	text, _ := value.(string)
	if _, err := time.Parse(time.RFC3339, text); err != nil {
		return value
	}
	if slices.ContainsFunc(spacedPaths, func(prefix string) bool { return strings.HasPrefix(path, prefix) }) {
		return inDigits(text, spacedTime)
	}
	return inDigits(text, digitTime)
}
