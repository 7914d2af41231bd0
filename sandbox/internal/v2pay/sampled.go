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
	product, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(e.Path, "/secapi"), "/"), "/") // a path with a certificate is of the same product
	return func(c *Call) (play.Object, error) {
		given := sample.Given{Caller: c.Caller, Body: c.Body, Now: c.Now}
		if numbers := provoke.Numbers(nil, nil, c.Body); len(numbers) > 0 {
			given.Seed = product + "\n" + c.Caller + "\n" + numbers[0]
		}
		shown := e
		shown.Reply = slices.DeleteFunc(slices.Clone(e.Reply), func(f catalogue.Field) bool { return isAbsent(f, c.Body) })
		o := play.Object{}
		for name, value := range sample.Reply(shown, given) {
			o[first.Replace(name)] = value
		}
		return o, nil
	}
}

// isAbsent reports whether the reply to a call that succeeds leaves a field out, or has it from
// who writes it.
func isAbsent(f catalogue.Field, request play.Object) bool {
	asked, of := request.Text("trade_type"), urlsOf[f.Name]
	return common.MatchString(f.Name) || undone.MatchString(f.Name) || asked != "" && of != "" && of != asked ||
		strings.HasPrefix(f.Name, "sub_") && !f.Required && !request.Has(f.Name)
}

// common are the elements that every reply has, or that tell of an error.
var common = regexp.MustCompile(`^(return_code|return_msg|result_code|nonce_str|sign|sign_type)$|(^|_)(err|error)_(code|msg|code_des|param)`)

// undone are elements that tell of a failure, a refund or an end, of which there was none.
var undone = regexp.MustCompile(`fail_reason|^close_reason$|^reason$|reject|^(audit_detail|param_name|ret_msg)$|^refund_(time|amount)$|_terminat|^application_status$`)

// urlsOf are elements that only orders of one trade_type have.
var urlsOf = map[string]string{"code_url": "NATIVE", "mweb_url": "MWEB"}

// first numbers a numbered field, which has one element.
var first = strings.NewReplacer("$n", "0", "$m", "0")
