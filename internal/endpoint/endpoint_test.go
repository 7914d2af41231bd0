package endpoint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

func TestLookup(t *testing.T) {
	for name, c := range map[string]struct {
		method, path string
		want         endpoint.Encrypted
	}{
		"a body": {"POST", "/v3/apply4sub/sub_merchants/{sub_mchid}/modify-settlement", endpoint.Encrypted{JSON: []string{"account_number", "account_name"}}},
		"no slash at the start, a placeholder filled": {
			"POST", "v3/apply4sub/sub_merchants/1900000109/modify-settlement",
			endpoint.Encrypted{JSON: []string{"account_number", "account_name"}},
		},
		"lists": {"POST", "v3/bank-transfer/batches", endpoint.Encrypted{JSON: []string{"transfer_detail_list.#.user_name", "transfer_detail_list.#.user_id_card"}}},
		"query": {"GET", "v3/aggracct-bc/wb-channel/account/balance", endpoint.Encrypted{Query: []string{"bal_account_no", "card_no"}}},
		"an upload": {"POST", "v3/marketing/shopping-receipt/shoppingreceipts", endpoint.Encrypted{
			Meta:  []string{"merchant_contact_information.consultation_phone_number"},
			Reply: []string{"receipt.merchant_contact_information.consultation_phone_number"},
		}},
		"a reply": {"GET", "hk/v3/merchants/10000001", endpoint.Encrypted{Reply: []string{"contact.name", "contact.phone", "contact.email"}}},
	} {
		entry, ok := endpoint.Lookup(c.method, c.path)
		assert.True(t, ok, name)
		assert.Equal(t, c.want, entry.Encrypted, name)
	}
	for _, path := range []string{"", "/", "v3/pay/transactions/jsapi", "v3/bank-transfer", "v3/bank-transfer/batches/1", "hk/v3/merchants/"} {
		_, ok := endpoint.Lookup("GET", path)
		assert.False(t, ok, path)
	}
}

// TestTable: every mark that the catalogue has of API v3 is in the table, and is found.
func TestTable(t *testing.T) {
	marks, found := 0, 0
	for _, e := range catalogue.All() {
		if e.Version != 3 {
			continue
		}
		for _, place := range []catalogue.Fields{e.JSON, e.Query, e.Body, e.Reply} {
			for _, f := range place.All() {
				if f.Encrypted {
					marks++
				}
			}
		}
		traits, _ := endpoint.Lookup(e.Method, e.Path)
		entry := traits.Encrypted
		found += len(entry.JSON) + len(entry.Query) + len(entry.Meta) + len(entry.Reply)
	}
	require.GreaterOrEqual(t, marks, 353)
	assert.Equal(t, marks, found)
}
