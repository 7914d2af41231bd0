package labels_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue/labels"
)

func TestOf(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, endpoint, path, want string
		place                      func(labels.Labels) labels.Names
	}{
		{"of a body", "POST v3/pay/transactions/jsapi", "amount.total", "总金额", func(l labels.Labels) labels.Names { return l.JSON }},
		{"in a list", "POST v3/pay/transactions/jsapi", "detail.goods_detail[].merchant_goods_id", "商户侧商品编码", func(l labels.Labels) labels.Names { return l.JSON }},
		{"of a reply", "POST v3/pay/transactions/jsapi", "prepay_id", "预支付交易会话标识", func(l labels.Labels) labels.Names { return l.Reply }},
		{"of a variable, which others name", "GET v3/pay/transactions/out-trade-no/{out_trade_no}", "out_trade_no", "商户订单号", func(l labels.Labels) labels.Names { return l.Vars }},
		{"of a query", "GET v3/bill/tradebill", "bill_date", "账单日期", func(l labels.Labels) labels.Names { return l.Query }},
		{"of APIv2", "POST v2/pay/unifiedorder", "out_trade_no", "商户订单号", func(l labels.Labels) labels.Names { return l.XML }},
		{"of an upload", "POST v3/merchant/media/upload", "meta", "媒体文件元信息", func(l labels.Labels) labels.Names { return l.Body }},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, row.place(labels.Of(find(t, row.endpoint)))[row.path])
		})
	}
	t.Run("of an endpoint that is not known", func(t *testing.T) {
		t.Parallel()
		assert.Empty(t, labels.Of(catalogue.Endpoint{Method: "GET", Path: "/v3/x", Version: 3}).JSON)
	})
}

// TestAllEndpoints: every line can be read, most fields have a name, and no name is of
// a field that is not there.
func TestAllEndpoints(t *testing.T) {
	t.Parallel()
	fields, named := 0, 0
	for _, e := range catalogue.All() {
		l := labels.Of(e)
		for _, place := range []struct {
			fields catalogue.Fields
			names  labels.Names
		}{{e.Vars, l.Vars}, {e.Query, l.Query}, {e.Header, l.Header}, {e.JSON, l.JSON}, {e.XML, l.XML}, {e.Body, l.Body}, {e.Reply, l.Reply}} {
			found := 0
			for path := range place.fields.All() {
				fields++
				if place.names[path] != "" {
					found++
				}
			}
			require.Len(t, place.names, found, e.Path)
			named += found
		}
	}
	t.Logf("%d of %d fields have a name", named, fields)
	assert.Greater(t, named*100, fields*84)
}

// TestSize: what a program with the names holds more.
func TestSize(t *testing.T) {
	t.Parallel()
	info, err := os.Stat("labels.gz")
	require.NoError(t, err)
	t.Logf("%d bytes", info.Size())
	assert.Less(t, info.Size(), int64(130_000))
}

func BenchmarkOf(b *testing.B) {
	e := catalogue.Entries()[0].Endpoint()
	for b.Loop() {
		labels.Of(e)
	}
}

func find(t *testing.T, endpoint string) catalogue.Endpoint {
	t.Helper()
	for _, e := range catalogue.Entries() {
		if e.Method+" "+e.Route() == endpoint {
			return e.Endpoint()
		}
	}
	require.Fail(t, endpoint)
	return catalogue.Endpoint{}
}
