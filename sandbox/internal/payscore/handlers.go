package payscore

import (
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A side is who calls: a merchant, or a partner for one of its merchants.
type side struct{ partner bool }

// Handlers returns the handlers of service orders and permissions, by their method and path.
func (b *Book) Handlers() map[string]play.Handler {
	parts := map[string]kit.Part{
		"GET /v3/payscore/permissions/openid/{openid}":                        b.permissionOf(side{}),
		"POST /v3/payscore/permissions/openid/{openid}/terminate":             b.terminateOf(side{}),
		"GET /v3/payscore/user-service-state":                                 b.serviceState,
		"POST /v3/payscore/users/{openid}/permissions/{service_id}/terminate": b.terminateOf(side{}),
		"GET /v3/payscore/partner/permissions/search":                         b.permissionOf(side{true}),
		"POST /v3/payscore/partner/permissions/terminate":                     b.terminateOf(side{true}),
		"POST /v3/payscore/partner/permissions/apply-for-scene":               b.apply(side{true}),
	}
	for base, s := range map[string]side{"/v3/payscore": {}, "/v3/payscore/partner": {true}} {
		orders, permissions := base+"/serviceorder", base+"/permissions"
		one, code := orders+"/{out_order_no}", permissions+"/authorization-code/{authorization_code}"
		parts["POST "+orders] = b.create(s)
		parts["POST "+base+"/servicepayondeliveryorder"] = b.create(s)
		parts["POST "+orders+"/direct-complete"] = b.directComplete(s)
		parts["GET "+orders] = b.query(s)
		parts["POST "+one+"/cancel"] = b.cancel(s)
		parts["POST "+one+"/modify"] = b.modify(s)
		parts["POST "+one+"/complete"] = b.complete(s)
		parts["POST "+one+"/pay"] = b.collect(s)
		parts["POST "+one+"/sync"] = b.sync(s)
		parts["POST "+one+"/send-prepaidmessage"] = b.message(s)
		parts["POST "+one+"/send-pendingmessage"] = b.message(s)
		parts["POST "+permissions] = b.apply(s)
		parts["POST "+permissions+"/assess-user-risk-level"] = b.assess(s)
		parts["GET "+code] = b.permissionByCode(s)
		parts["POST "+code+"/terminate"] = b.terminateByCode(s)
	}
	return kit.Handlers(&b.mu, parts)
}

// sub returns the sub_mchid of a partner's request, and "" of a merchant's.
func (s side) sub(t *kit.Turn) (string, error) {
	if !s.partner {
		return "", nil
	}
	location, field, sub := "body", "/sub_mchid", t.Body.Text("sub_mchid")
	if t.Query.Has("sub_mchid") {
		location, field, sub = "query", "sub_mchid", t.Query.Get("sub_mchid")
	}
	if issue := kit.SubMchid(t.Caller, sub); issue != "" {
		return "", play.WrongField(location, field, issue)
	}
	return sub, nil
}

// given returns a parameter that stands in the body, the path or the query.
func given(t *kit.Turn, name string) string {
	for _, value := range []string{t.Body.Text(name), t.Vars[name]} {
		if value != "" {
			return value
		}
	}
	return t.Query.Get(name)
}
