package v2pay

import (
	"regexp"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/provoke"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sample"
)

// Sampled answers an endpoint in its documented shape. It keeps nothing; but what is made up for
// a business number is the same at all endpoints of a product, such as a transaction_id.
func Sampled(e catalogue.Endpoint) Handler {
	product, _, _ := strings.Cut(strings.TrimPrefix(e.Path, "/"), "/")
	return func(c *Call) (play.Object, error) {
		given := sample.Given{Caller: c.Caller, Body: c.Body, Now: c.Now}
		if numbers := provoke.Numbers(nil, nil, c.Body); len(numbers) > 0 {
			given.Seed = product + "\n" + c.Caller + "\n" + numbers[0]
		}
		o := play.Object{}
		for name, value := range sample.Reply(e, given) {
			i := slices.IndexFunc(e.Reply, func(f catalogue.Field) bool { return f.Name == name })
			aboutSub := strings.HasPrefix(name, "sub_") && !e.Reply[i].Required && !c.Body.Has(name)
			if !aboutSub && !common.MatchString(name) {
				o[strings.NewReplacer("$n", "0", "$m", "0").Replace(name)] = value
			}
		}
		return o, nil
	}
}

// common are the elements that every reply has, or that tell of an error.
var common = regexp.MustCompile(`^(return_code|return_msg|result_code|nonce_str|sign|sign_type)$|(^|_)(err|error)_(code|msg|code_des)|^(fail|detail)_reason$`)
