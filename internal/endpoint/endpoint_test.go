package endpoint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

func TestLookup(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, method, path string
		want               endpoint.Encrypted
	}{
		{"a body", "POST", "/v3/apply4sub/sub_merchants/{sub_mchid}/modify-settlement", endpoint.Encrypted{JSON: []string{"account_number", "account_name"}}},
		{"no slash at the start, a placeholder filled", "POST", "v3/apply4sub/sub_merchants/1900000109/modify-settlement", endpoint.Encrypted{JSON: []string{"account_number", "account_name"}}},
		{"lists", "POST", "v3/bank-transfer/batches", endpoint.Encrypted{JSON: []string{"transfer_detail_list.#.user_name", "transfer_detail_list.#.user_id_card"}}},
		{"a query", "GET", "v3/aggracct-bc/wb-channel/account/balance", endpoint.Encrypted{Query: []string{"bal_account_no", "card_no"}}},
		{"an upload", "POST", "v3/marketing/shopping-receipt/shoppingreceipts", endpoint.Encrypted{
			Meta:  []string{"merchant_contact_information.consultation_phone_number"},
			Reply: []string{"receipt.merchant_contact_information.consultation_phone_number"},
		}},
		{"a reply", "GET", "hk/v3/merchants/10000001", endpoint.Encrypted{Reply: []string{"contact.name", "contact.phone", "contact.email"}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			traits, ok := endpoint.Lookup(row.method, row.path)
			assert.True(t, ok)
			assert.Equal(t, row.want, traits.Encrypted)
			assert.True(t, traits.HasEncrypted())
		})
	}
}

func TestLookupFindsNothing(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, path string }{
		{"empty", ""},
		{"a slash", "/"},
		{"another method", "v3/pay/transactions/jsapi"},
		{"the beginning of a path", "v3/bank-transfer"},
		{"a segment too many", "v3/bank-transfer/batches/1"},
		{"an empty placeholder", "hk/v3/merchants/"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			traits, ok := endpoint.Lookup("GET", row.path)
			assert.False(t, ok)
			assert.Zero(t, traits)
		})
	}
}

func TestLookupBelow(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, path string
		ok         bool
	}{
		{"without a prefix", "/v3/bank-transfer/batches", true},
		{"below a prefix", "/proxy/v3/bank-transfer/batches", true},
		{"no slash at the start", "proxy/v3/bank-transfer/batches", true},
		{"a prefix that belongs to the path", "/hk/v3/merchants", true},
		{"unknown below a prefix", "/proxy/v3/nonsense", false},
		{"a prefix alone", "/proxy/bank-transfer/batches", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, ok := endpoint.LookupBelow("POST", row.path)
			assert.Equal(t, row.ok, ok)
		})
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, path, template string
		want                 int
	}{
		{"equal", "/v3/a", "/v3/a", 3},
		{"a placeholder", "/v3/1/a", "/v3/{id}/a", 3},
		{"a placeholder in both", "/v3/{x}", "/v3/{id}", 2},
		{"the same placeholder", "/v3/{id}", "/v3/{id}", 3},
		{"an empty segment", "/v3//a", "/v3/{id}/a", -1},
		{"another segment", "/v3/b", "/v3/a", -1},
		{"a segment too many", "/v3/a/b", "/v3/a", -1},
		{"a segment too few", "/v3", "/v3/a", -1},
		{"a slash at the end", "/v3/a/", "/v3/a", -1},
		{"a slash at the end of both", "/v3/a/", "/v3/a/", 4},
		{"empty", "", "", 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, endpoint.Match(row.path, row.template))
		})
	}
}

// TestTable: every mark that the catalogue has of API v3 is in the table, and is found.
func TestTable(t *testing.T) {
	t.Parallel()
	marks, found := 0, 0
	for _, e := range catalogue.All() {
		if e.Version == 3 {
			marks += count(e)
			traits, _ := endpoint.Lookup(e.Method, e.Path)
			entry := traits.Encrypted
			found += len(entry.JSON) + len(entry.Query) + len(entry.Meta) + len(entry.Reply)
		}
	}
	require.GreaterOrEqual(t, marks, 353)
	assert.Equal(t, marks, found)
}

// count is how many fields of an endpoint the catalogue marks as encrypted.
func count(e catalogue.Endpoint) (marks int) {
	for _, place := range []catalogue.Fields{e.JSON, e.Query, e.Body, e.Reply} {
		for _, f := range place.All() {
			if f.Encrypted {
				marks++
			}
		}
	}
	return marks
}
