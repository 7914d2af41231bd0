package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// spellings are the chains of some endpoints, as they are written.
func spellings(t *testing.T, operations ...string) ([]string, error) {
	t.Helper()
	endpoints := make([]catalogue.Endpoint, 0, len(operations))
	for _, operation := range operations {
		method, path, _ := strings.Cut(operation, " ")
		path, vars, _ := strings.Cut(path, " ")
		endpoints = append(endpoints, catalogue.Endpoint{Version: 3, Method: method, Path: path, Vars: fields(t, vars)})
	}
	root, err := buildChain(endpoints)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, n := range root.steps {
		list = append(list, spell(n, "")...)
	}
	return list, nil
}

func spell(n *node, before string) []string {
	before += "." + n.step
	if n.isVar {
		v := n.vars[len(n.vars)-1]
		before += "(" + v.arg
		if v.number {
			before += " int64"
		}
		before += ")"
	}
	list := make([]string, 0, len(n.verbs))
	for _, e := range n.verbs {
		list = append(list, before+"."+verb(e))
	}
	for _, next := range n.steps {
		list = append(list, spell(next, before)...)
	}
	return list
}

func TestChainRules(t *testing.T) {
	for _, c := range []struct {
		name             string
		operations, want []string
	}{
		{
			"a segment and its only variable are one step",
			[]string{"GET /v3/orders/id/{order_id}", "POST /v3/orders/id/{order_id}/close"},
			[]string{".V3.Orders.ID(orderID).Get", ".V3.Orders.ID(orderID).Close.Post"},
		},
		{
			"but not where the segment is an endpoint",
			[]string{"POST /v3/refunds", "GET /v3/refunds/{out_refund_no}"},
			[]string{".V3.Refunds.Post", ".V3.Refunds.OutRefundNo(outRefundNo).Get"},
		},
		{
			"nor where there is something else behind it",
			[]string{"GET /v3/stocks/{stock_id}", "GET /v3/stocks/all"},
			[]string{".V3.Stocks.StockID(stockID).Get", ".V3.Stocks.All.Get"},
		},
		{
			"nor where there are two variables",
			[]string{"GET /v3/a/{appid}", "GET /v3/a/{code}"},
			[]string{".V3.A.AppID(appID).Get", ".V3.A.Code(code).Get"},
		},
		{
			"hyphens make no difference",
			[]string{"GET /v3/policy-periods/x", "GET /v3/policy_periods/y"},
			[]string{".V3.PolicyPeriods.X.Get", ".V3.PolicyPeriods.Y.Get"},
		},
		{"a slash at the end is ignored", []string{"POST /v3/applyments/"}, []string{".V3.Applyments.Post"}},
		{
			"numbers, where all agree",
			[]string{"GET /v3/a/{id}/x id:integer", "GET /v3/a/{id}/y id:number", "GET /v3/b/{id}/x id:integer", "GET /v3/b/{id}/y id"},
			[]string{".V3.A(id int64).X.Get", ".V3.A(id int64).Y.Get", ".V3.B(id).X.Get", ".V3.B(id).Y.Get"},
		},
		{"a word of Go's", []string{"GET /v3/a/{type}"}, []string{".V3.A(type_).Get"}},
		{
			"other beginnings",
			[]string{"GET /hk/v3/refunds", "GET /v3/global/refunds", "GET /global/v3/refunds"},
			[]string{".Hk.V3.Refunds.Get", ".V3.Global.Refunds.Get", ".Global.V3.Refunds.Get"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := spellings(t, c.operations...)
			require.NoError(t, err)
			assert.ElementsMatch(t, c.want, got)
		})
	}
}

func TestChainRefuses(t *testing.T) {
	for _, c := range []struct {
		name       string
		operations []string
	}{
		{"have the same typed chain", []string{"GET /v3/a-b", "GET /v3/a_b"}},
		{"V3A has two methods Get", []string{"GET /v3/a", "GET /v3/a/get"}},
		{"V3 has two methods A", []string{"GET /v3/{a}", "GET /v3/a"}},
		{"the path of V3X has the variable a twice", []string{"GET /v3/{a}/x/{a}"}},
		{"has 4 variables; route.MaxVars is 3", []string{"GET /v3/{a}/x/{b}/x/{c}/x/{d}"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := spellings(t, c.operations...)
			require.ErrorContains(t, err, c.name)
		})
	}
}

func TestProducts(t *testing.T) {
	endpoints := []catalogue.Endpoint{
		{Version: 3, Method: "GET", Path: "/v3/new-tax/cards/{card_id}"}, {Version: 3, Method: "GET", Path: "/v3/certificates"},
		{Version: 3, Method: "GET", Path: "/v3/big/a/x"}, {Version: 3, Method: "GET", Path: "/v3/big/b"},
		{Version: 3, Method: "GET", Path: "/hk/v3/refunds"}, {Version: 2, Method: "POST", Path: "/pay/unifiedorder"},
	}
	divided := func(rules ...packageRule) ([]string, error) {
		root, err := buildChain(ofChain(endpoints))
		require.NoError(t, err)
		list, err := products(root, rules, nil, labels{})
		var got []string
		for _, p := range list {
			for _, n := range p.nodes() {
				if len(n.verbs) > 0 && n.home == p {
					got = append(got, p.path+" "+n.typeName+" "+n.segment())
				}
			}
		}
		return got, err
	}
	got, err := divided(
		packageRule{Path: "/v3/new-tax", Name: "Tax", Reason: "x"}, packageRule{Path: "/v3/big", Split: true, Reason: "x"},
		packageRule{Path: "/hk", Package: "hongkong", Reason: "x"})
	require.NoError(t, err)
	assert.Equal(t, []string{
		"openapi/tax CardsNode cards", "openapi/certificates Node doc", "openapi/big/a XNode x", "openapi/big/b Node doc",
		"openapi/hongkong V3RefundsNode refunds", "openapi/v2/pay UnifiedorderNode unifiedorder",
	}, got)
	_, err = divided(packageRule{Path: "/v3/big"})
	require.ErrorContains(t, err, "/v3/big has no reason")
	_, err = divided(packageRule{Path: "/v3/big", Name: "Hk", Reason: "x"})
	require.ErrorContains(t, err, "package openapi/hk begins with a variable or exists already")
	_, err = divided(packageRule{Path: "/v2/pay", Package: "hk", Reason: "x"})
	require.ErrorContains(t, err, "package openapi/v2/hk begins with a variable or exists already", "its folder is another one, its name is not")
}

func TestEnums(t *testing.T) {
	var e enums
	e.add(fields(t, "state=NOT_PAY|not_pay|一级 list[]{state=PAID size:integer=1|2}"), "a")
	e.add(fields(t, "state=PAID"), "b")
	require.Len(t, e.list, 1)
	assert.Equal(t, []string{"a", "b"}, e.list[0].segments)
	_, err := e.list[0].source(map[string]bool{}, nil)
	require.ErrorContains(t, err, "the value not_pay of state has no unique name")

	source, err := e.list[0].source(map[string]bool{}, []naming{{Field: "state", Value: "not_pay", Name: "StateUnpaid"}})
	require.NoError(t, err)
	for _, constant := range []string{`StateNotPay State = "NOT_PAY"`, `StateUnpaid State = "not_pay"`, `State一级 State = "一级"`, `StatePaid State = "PAID"`} {
		assert.Contains(t, source, constant)
	}
	long := enum{name: "AuthorizationProduct"}
	assert.Equal(t, "AuthorizationProductAuthorityPaymentMerchantManageAndMore", long.constant("BRAND_PRODUCT_AUTHORITY_PAYMENT_MERCHANT_MANAGE_AND_MORE", nil))
}

func TestFieldNames(t *testing.T) {
	both := fields(t, "mch_id mchid")
	_, err := fieldNames(both, nil)
	require.ErrorContains(t, err, "the fields mch_id and mchid would both be MchID")
	names, err := fieldNames(both, []naming{{Field: "mchid", Beside: "mch_id", Name: "MerchantID"}})
	require.NoError(t, err)
	assert.Equal(t, []string{"MchID", "MerchantID"}, names)
}
