package catalogue_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

func TestAll(t *testing.T) {
	count := map[int]int{}
	fields := 0
	for _, e := range catalogue.All() {
		count[e.Version]++
		require.NotEmpty(t, e.Title, e.Path)
		require.Regexp(t, "^/", e.Path)
		require.Contains(t, []string{"GET", "POST", "PUT", "PATCH", "DELETE"}, e.Method, e.Path)
		for _, place := range []catalogue.Fields{e.Vars, e.Query, e.Header, e.JSON, e.XML, e.Body, e.Reply} {
			for range place.All() {
				fields++
			}
		}
	}
	assert.GreaterOrEqual(t, count[3], 1018+30, "of v3 and of the brand API")
	assert.GreaterOrEqual(t, count[2], 129)
	assert.GreaterOrEqual(t, fields, 26794)
}

// TestEntries: an entry has the names of its endpoint, and reads it.
func TestEntries(t *testing.T) {
	t.Parallel()
	require.Len(t, catalogue.Entries(), len(catalogue.All()))
	for i, entry := range catalogue.Entries() {
		e := catalogue.All()[i]
		assert.Equal(t, e, entry.Endpoint())
		assert.Equal(t, []any{e.Version, e.Method, e.Path, e.Title, e.Route()}, []any{entry.Version, entry.Method, entry.Path, entry.Title, entry.Route()})
	}
	assert.Zero(t, new(catalogue.Entry).Endpoint())
}

func TestEndpoint(t *testing.T) {
	i := slices.IndexFunc(catalogue.All(), func(e catalogue.Endpoint) bool {
		return e.Path == "/v3/global/customs/orders" || e.Path == "/global/v3/customs/orders"
	})
	e := catalogue.All()[i]
	assert.Equal(t, "https://apihk.mch.weixin.qq.com/global/", e.Base)
	assert.Equal(t, "报关查询", e.Title)
	assert.Equal(t, catalogue.Field{Name: "appid", Type: "string", Required: true}, e.Query[0])
}

func TestNotation(t *testing.T) {
	var fields catalogue.Fields
	require.NoError(t, fields.UnmarshalText([]byte("id! amount!{total!:integer payer%20currency} names!:string[]=A|B%20C~ detail@{x} list[]{y{z}} any:object text@")))
	assert.Equal(t, catalogue.Fields{
		{Name: "id", Type: "string", Required: true},
		{Name: "amount", Type: "object", Required: true, Fields: catalogue.Fields{
			{Name: "total", Type: "integer", Required: true}, {Name: "payer currency", Type: "string"},
		}},
		{Name: "names", Type: "string[]", Required: true, Enum: []string{"A", "B C"}, Encrypted: true},
		{Name: "detail", Type: "string", Text: true, Fields: catalogue.Fields{{Name: "x", Type: "string"}}},
		{Name: "list", Type: "object[]", Fields: catalogue.Fields{{Name: "y", Type: "object", Fields: catalogue.Fields{{Name: "z", Type: "string"}}}}},
		{Name: "any", Type: "object"},
		{Name: "text", Type: "string", Text: true},
	}, fields)

	var paths []string
	for path := range fields.All() {
		paths = append(paths, path)
		if path == "list[].y" {
			break
		}
	}
	assert.Equal(t, []string{"id", "amount", "amount.total", "amount.payer currency", "names", "detail", "detail.x", "list", "list[].y"}, paths)

	for notation, want := range map[string]string{
		"a:text": `field "a" has no type "text"`,
		"a{b":    `the fields of "a" have no end`,
		"a}":     `unexpected "}"`,
		"a  b":   `a name is missing before " b"`,
		"a~!":    `a name is missing before "!"`,
	} {
		assert.ErrorContains(t, fields.UnmarshalText([]byte(notation)), want, notation)
	}
}

func TestFilled(t *testing.T) {
	t.Parallel()
	assert.True(t, catalogue.Filled("combine_mch_id"))
	assert.False(t, catalogue.Filled("sub_mch_id"))
}

func TestRoute(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		of   catalogue.Endpoint
		want string
	}{
		{"v3", catalogue.Endpoint{Version: 3, Path: "/v3/ecommerce/applyments/"}, "v3/ecommerce/applyments/"},
		{"v2", catalogue.Endpoint{Version: 2, Path: "/pay/micropay"}, "v2/pay/micropay"},
		{"none", catalogue.Endpoint{}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, row.of.Route())
		})
	}
}
