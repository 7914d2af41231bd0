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
	if n.fills > 0 {
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
	for name, c := range map[string]struct{ operations, want []string }{
		"a segment and its only variable are one step": {
			[]string{"GET /v3/orders/id/{order_id}", "POST /v3/orders/id/{order_id}/close"},
			[]string{".V3.Orders.ID(orderID).Get", ".V3.Orders.ID(orderID).Close.Post"},
		},
		"but not where the segment is an endpoint": {
			[]string{"POST /v3/refunds", "GET /v3/refunds/{out_refund_no}"},
			[]string{".V3.Refunds.Post", ".V3.Refunds.OutRefundNo(outRefundNo).Get"},
		},
		"nor where there is something else behind it": {
			[]string{"GET /v3/stocks/{stock_id}", "GET /v3/stocks/all"},
			[]string{".V3.Stocks.StockID(stockID).Get", ".V3.Stocks.All.Get"},
		},
		"nor where there are two variables": {
			[]string{"GET /v3/a/{appid}", "GET /v3/a/{code}"},
			[]string{".V3.A.AppID(appID).Get", ".V3.A.Code(code).Get"},
		},
		"hyphens make no difference": {
			[]string{"GET /v3/policy-periods/x", "GET /v3/policy_periods/y"},
			[]string{".V3.PolicyPeriods.X.Get", ".V3.PolicyPeriods.Y.Get"},
		},
		"a slash at the end is no step": {[]string{"POST /v3/applyments/"}, []string{".V3.Applyments.Post"}},
		"numbers, where all agree": {
			[]string{"GET /v3/a/{id}/x id:integer", "GET /v3/a/{id}/y id:number", "GET /v3/b/{id}/x id:integer", "GET /v3/b/{id}/y id"},
			[]string{".V3.A(id int64).X.Get", ".V3.A(id int64).Y.Get", ".V3.B(id).X.Get", ".V3.B(id).Y.Get"},
		},
		"a word of Go's": {[]string{"GET /v3/a/{type}"}, []string{".V3.A(type_).Get"}},
		"other beginnings": {
			[]string{"GET /hk/v3/refunds", "GET /v3/global/refunds", "GET /global/v3/refunds"},
			[]string{".Hk.V3.Refunds.Get", ".V3.Global.Refunds.Get", ".Global.V3.Refunds.Get"},
		},
	} {
		got, err := spellings(t, c.operations...)
		require.NoError(t, err, name)
		assert.ElementsMatch(t, c.want, got, name)
	}
	for want, operations := range map[string][]string{
		"are the same chain":      {"GET /v3/a-b", "GET /v3/a_b"},
		"V3A has two methods Get": {"GET /v3/a", "GET /v3/a/get"},
		"V3 has two methods A":    {"GET /v3/{a}", "GET /v3/a"},
		"is there twice":          {"GET /v3/{a}/x/{a}"},
	} {
		_, err := spellings(t, operations...)
		require.ErrorContains(t, err, want, operations)
	}
}

func TestFamily(t *testing.T) {
	root, err := buildChain([]catalogue.Endpoint{
		{Version: 3, Method: "GET", Path: "/v3/new-tax/cards/{card_id}"}, {Version: 3, Method: "GET", Path: "/v3/certificates"},
		{Version: 3, Method: "GET", Path: "/hk/v3/refunds"}, {Version: 2, Method: "POST", Path: "/pay/unifiedorder"},
	})
	require.NoError(t, err)
	var got []string
	for n := range root.all() {
		if len(n.verbs) > 0 {
			pkg, name := n.family()
			got = append(got, pkg+"."+name)
		}
	}
	assert.Equal(t, []string{"newtax.Cards", "certificates.", "hk.V3Refunds"}, got)
}

func TestEnums(t *testing.T) {
	var e enums
	e.add(fields(t, "state=NOT_PAY|not_pay|一级 list[]{state=PAID size:integer=1|2}"))
	parts, err := e.parts(map[string]bool{})
	require.NoError(t, err)
	require.Len(t, parts, 1)
	for _, constant := range []string{`StateNotPay State = "NOT_PAY"`, `StateNotPay2 State = "not_pay"`, `State一级 State = "一级"`, `StatePaid State = "PAID"`} {
		assert.Contains(t, parts[0], constant)
	}
	_, err = e.parts(map[string]bool{"State": true})
	assert.ErrorContains(t, err, "a struct and an enum would be named State")
}
