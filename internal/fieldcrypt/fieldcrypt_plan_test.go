package fieldcrypt_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/fieldcrypt"
)

const auto = fieldcrypt.Auto

// What these calls encrypt is in the catalogue.
var (
	settlement = fieldcrypt.Call{Method: "POST", Route: "v3/apply4sub/sub_merchants/{sub_mchid}/modify-settlement", JSON: true}
	archives   = fieldcrypt.Call{Method: "GET", Route: "v3/aggracct-bc/wb-channel/bank-channel-account/rename/{application_id}"}
	receipt    = fieldcrypt.Call{Method: "POST", Route: "v3/marketing/shopping-receipt/shoppingreceipts", Upload: true}
	refund     = fieldcrypt.Call{Method: "POST", Route: "v3/refund/domestic/refunds", JSON: true}
)

func TestEncrypted(t *testing.T) {
	t.Parallel()
	accounts := cipher.Fields{"account_number?", "account_name?"}
	with := func(c fieldcrypt.Call, change func(c *fieldcrypt.Call)) fieldcrypt.Call {
		change(&c)
		return c
	}
	for _, row := range []struct {
		name  string
		call  fieldcrypt.Call
		names []string
		want  fieldcrypt.Fields
	}{
		{"nothing", settlement, nil, fieldcrypt.Fields{}},
		{"Auto, but not one that is to be sent as it is", with(settlement, func(c *fieldcrypt.Call) { c.Clear = []string{"account_name"} }), []string{auto}, fieldcrypt.Fields{Marked: cipher.Fields{"account_number?"}}},
		{"Auto, but not an optional one", with(settlement, func(c *fieldcrypt.Call) { c.Clear = []string{"account_name?"} }), []string{auto}, fieldcrypt.Fields{Marked: cipher.Fields{"account_number?"}}},
		{"names in a body", refund, []string{"a.b", "c?"}, fieldcrypt.Fields{JSON: cipher.Fields{"a.b", "c?"}}},
		{"names in an upload", receipt, []string{"a"}, fieldcrypt.Fields{Meta: cipher.Fields{"a"}}},
		{"names in a query", archives, []string{"a", "b?"}, fieldcrypt.Fields{Query: cipher.Fields{"a", "b?"}}},
		{"Auto in a body", settlement, []string{auto}, fieldcrypt.Fields{Marked: accounts}},
		{"Auto in a query", archives, []string{auto}, fieldcrypt.Fields{Marked: cipher.Fields{"bal_account_no?"}}},
		{"Auto in an upload", receipt, []string{auto}, fieldcrypt.Fields{Marked: cipher.Fields{"merchant_contact_information.consultation_phone_number?"}}},
		{"Auto and names", settlement, []string{"x", auto, "y"}, fieldcrypt.Fields{JSON: cipher.Fields{"x", "y"}, Marked: accounts}},
		{"Auto and a slash at the start", with(settlement, func(c *fieldcrypt.Call) { c.Route = "/" + c.Route }), []string{auto}, fieldcrypt.Fields{Marked: accounts}},
		{"Auto and placeholders filled", with(settlement, func(c *fieldcrypt.Call) { c.Route = "v3/apply4sub/sub_merchants/1/modify-settlement" }), []string{auto}, fieldcrypt.Fields{Marked: accounts}},
		{"Auto below a prefix that belongs to the path", fieldcrypt.Call{Method: "POST", Route: "v3/merchants", Prefix: "/hk", JSON: true}, []string{auto}, fieldcrypt.Fields{Marked: cipher.Fields{"contact.name?", "contact.phone?", "contact.email?"}}},
		{"Auto below a prefix that belongs to the path, and a slash", fieldcrypt.Call{Method: "POST", Route: "/v3/merchants", Prefix: "/hk", JSON: true}, []string{auto}, fieldcrypt.Fields{Marked: cipher.Fields{"contact.name?", "contact.phone?", "contact.email?"}}},
		{"Auto below a prefix that does not", with(settlement, func(c *fieldcrypt.Call) { c.Prefix = "/proxy" }), []string{auto}, fieldcrypt.Fields{Marked: accounts}},
		{"another name in the query of a call with a body", with(refund, func(c *fieldcrypt.Call) { c.Query = map[string]any{"q": 1} }), []string{"a"}, fieldcrypt.Fields{JSON: cipher.Fields{"a"}}},
		{"another name in the path", with(archives, func(c *fieldcrypt.Call) { c.InPath = url.Values{"q": {"1"}} }), []string{"a"}, fieldcrypt.Fields{Query: cipher.Fields{"a"}}},
		{"a name in the path and in the body", with(refund, func(c *fieldcrypt.Call) { c.InPath = url.Values{"a": {"1"}} }), []string{"a"}, fieldcrypt.Fields{JSON: cipher.Fields{"a"}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			fields, err := row.call.Encrypted(row.names)
			require.NoError(t, err)
			assert.Equal(t, row.want, fields)
		})
	}
}

func TestEncryptedRefuses(t *testing.T) {
	t.Parallel()
	const inQuery = `Options.Encrypt: "q" is in Options.Query, but the call has a body, in which fields are encrypted; use Auto, or a separate call`
	const inPath = `Options.Encrypt: "q" is part of the path, where it stays in the clear; move it to Options.Query`
	query := map[string]any{"q": "1"}
	for _, row := range []struct {
		name  string
		call  fieldcrypt.Call
		names []string
		want  string
	}{
		{"no documented fields", refund, []string{auto}, "Options.Encrypt: no encrypted fields are documented for POST v3/refund/domestic/refunds; name the fields, or remove Auto"},
		{"documented for another method", fieldcrypt.Call{Method: "GET", Route: settlement.Route}, []string{auto}, "Options.Encrypt: no encrypted fields are documented for GET " + settlement.Route + "; name the fields, or remove Auto"},
		{"in the query, with a JSON body", fieldcrypt.Call{JSON: true, Query: query}, []string{"q"}, inQuery},
		{"in the query, with an upload", fieldcrypt.Call{Upload: true, Query: query}, []string{"q?"}, inQuery},
		{"after a good one", fieldcrypt.Call{JSON: true, Query: query}, []string{"a", "q"}, inQuery},
		{"in the path", fieldcrypt.Call{InPath: url.Values{"q": {"1"}}}, []string{"q"}, inPath},
		{"to be sent as it is", fieldcrypt.Call{JSON: true, Clear: []string{"a"}}, []string{"a?"}, `Options.Unencrypted: "a" is in Options.Encrypt too; remove it from one of them`},
		{"in the path, optional", fieldcrypt.Call{InPath: url.Values{"q": nil}}, []string{"a", "q?"}, inPath},
		{"in the path, by Auto", fieldcrypt.Call{Method: archives.Method, Route: archives.Route, InPath: url.Values{"bal_account_no": {"1"}}}, []string{auto}, `Options.Encrypt: "bal_account_no" is part of the path, where it stays in the clear; move it to Options.Query`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := row.call.Encrypted(row.names)
			assert.EqualError(t, err, row.want)
		})
	}
}

func TestDecrypted(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		call  fieldcrypt.Call
		names []string
		want  cipher.Fields
		err   string
	}{
		{"nothing", archives, nil, nil, ""},
		{"names", refund, []string{"a.#.b", "c?"}, cipher.Fields{"a.#.b", "c?"}, ""},
		{"Auto", archives, []string{auto}, cipher.Fields{"bal_account_no?", "new_account_name?"}, ""},
		{"names and Auto", archives, []string{"a", auto, "b"}, cipher.Fields{"a", "bal_account_no?", "new_account_name?", "b"}, ""},
		{"Auto, where only the request has encrypted fields", settlement, []string{auto}, nil, ""},
		{"Auto, without documented fields", refund, []string{auto}, nil, "Options.Decrypt: no encrypted fields are documented for POST v3/refund/domestic/refunds; name the fields, or remove Auto"},
		{"a malformed path", refund, []string{"a..b"}, nil, `Options.Decrypt: field "a..b": a key of the path is empty`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			fields, err := row.call.Decrypted(row.names)
			assert.Equal(t, row.want, fields)
			if row.err == "" {
				require.NoError(t, err)
				return
			}
			assert.EqualError(t, err, row.err)
		})
	}
}
