package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/check"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// Object returns the parameters as they are documented, numbers as such, or refuses them with
// PARAM_ERROR: what is required and missing, of another type, or of an unknown value. Empty
// values count as left out.
func (r *Request) Object() (play.Object, *play.Refusal) {
	if issue := r.checkNonce(); issue != "" {
		return nil, ParamError("nonce_str", issue)
	}
	fields := r.fields()
	o := play.Object{}
	for _, p := range r.Params {
		if p.Name == "sign" || p.Name == "nonce_str" || p.Value == "" {
			continue
		}
		o[p.Name] = typed(fields, p.Name, r.Get(p.Name))
	}
	if r.Endpoint.Method != http.MethodGet {
		query := url.Values{}
		for _, p := range r.query {
			query.Set(p.Name, p.Value)
		}
		if refusal := check.Query(r.Endpoint.Query, query); refusal != nil {
			return nil, V2(refusal)
		}
	}
	if refusal := check.Body(fields, o); refusal != nil {
		return nil, V2(refusal)
	}
	if names := r.checkNumbers(); names != nil {
		return nil, ParamError(names[0], strings.Join(names, "、")+" 至少填写一个")
	}
	if r.File != nil && !strings.EqualFold(r.Get("media_hash"), r.MediaHash()) {
		return nil, ParamError("media_hash", "与文件的 MD5 不一致")
	}
	return o, nil
}

// checkNonce checks that there is a nonce where there has to be one, and none where it is not known.
func (r *Request) checkNonce() (issue string) {
	nonce := r.Get("nonce_str")
	switch e := r.Endpoint; {
	case nonce != "" && e.Features.Nonceless:
		return "该接口没有此参数"
	case len(nonce) > 32:
		return "长度应不超过 32 个字符"
	case nonce == "" && e.Method == http.MethodPost && !e.Features.Nonceless && e.Features.Multipart == nil:
		return "缺少必填字段 nonce_str"
	}
	return ""
}

// numbers name the same order or refund: where several may be left out, one has to be there.
var numbers = []string{"transaction_id", "out_trade_no", "out_refund_no", "refund_id"}

// checkNumbers returns those of which one is missing, or nil.
func (r *Request) checkNumbers() []string {
	var names []string
	for _, f := range r.Endpoint.XML {
		if slices.Contains(numbers, f.Name) && !f.Required {
			names = append(names, f.Name)
		}
	}
	if len(names) < 2 || slices.ContainsFunc(names, func(name string) bool { return r.Get(name) != "" }) {
		return nil
	}
	return names
}

// fields returns what is documented of the request, without what every request has. An object in
// a text has several forms.
func (r *Request) fields() catalogue.Fields {
	source := r.Endpoint.XML
	switch {
	case r.Endpoint.Method == http.MethodGet:
		source = r.Endpoint.Query
	case r.Endpoint.Features.Multipart != nil:
		source = r.Endpoint.Body
	}
	facts, _ := endpoint.LookupV2(r.Endpoint.Method, r.Endpoint.Path)
	fields := make(catalogue.Fields, 0, len(source))
	for _, f := range source {
		if f.Name == "sign" || f.Name == "nonce_str" || f.Name == "media" {
			continue
		}
		if f.Holds == "object" {
			f.Fields = optional(f.Fields)
		}
		if slices.Contains(facts.Form, f.Name) { // not JSON
			f.Text, f.Fields = false, nil
		}
		fields = append(fields, f)
	}
	return fields
}

func optional(fields catalogue.Fields) catalogue.Fields {
	all := slices.Clone(fields)
	for i := range all {
		all[i].Required = false
	}
	return all
}

var number = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})$`)

// typed returns a text as a number or a boolean where one is documented, if it is one.
func typed(fields catalogue.Fields, name, text string) any {
	i := slices.IndexFunc(fields, func(f catalogue.Field) bool { return f.Name == name })
	if i < 0 {
		return text
	}
	switch kind := fields[i].Type; {
	case (kind == "integer" || kind == "number") && number.MatchString(text):
		return json.Number(text)
	case kind == "boolean" && (text == "true" || text == "false"):
		return text == "true"
	}
	return text
}

// ParamError refuses a parameter.
func ParamError(name, issue string) *play.Refusal {
	return play.Refuse(http.StatusOK, "PARAM_ERROR", fmt.Sprintf("参数错误：%s：%s", name, issue))
}

// V2 returns the refusal of a parameter in the form of APIv2.
func V2(refusal *play.Refusal) *play.Refusal {
	field, _ := refusal.Detail["field"].(string)
	issue, _ := refusal.Detail["issue"].(string)
	return ParamError(strings.TrimPrefix(field, "/"), issue)
}
