package fieldcrypt_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/fieldcrypt"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

var (
	marks  = []string{"name", "account.card_no", "list.#.phone", "ids.#"}
	sealed = base64.StdEncoding.EncodeToString(make([]byte, 256))
)

const fix = " would leave in the clear, and is documented as encrypted; set Options.Encrypt to Auto(), or name it in Options.Unencrypted to send it as it is"

func misnamed(path, name string) string {
	return `Options.JSON: "` + path + `" would leave in the clear: the name is "` + name + `", and its value is encrypted; write it so, with a json tag in a struct`
}

func TestNoDocumentedFieldLeavesInTheClear(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, body, want string }{
		{"at the top", `{"name": "x"}`, `Options.JSON: "name"` + fix},
		{"deeper", `{"account": {"card_no": "x"}}`, `Options.JSON: "account.card_no"` + fix},
		{"a number", `{"name": 7}`, `Options.JSON: "name"` + fix},
		{"a boolean", `{"name": true}`, `Options.JSON: "name"` + fix},
		{"an object in its place", `{"name": {"first": "x"}}`, `Options.JSON: "name"` + fix},
		{"a list in its place", `{"name": ["x"]}`, `Options.JSON: "name"` + fix},
		{"the second in a list", `{"list": [{"phone": "` + sealed + `"}, {"phone": "x"}]}`, `Options.JSON: "list.phone"` + fix},
		{"no list where there should be one", `{"list": {"phone": "x"}}`, `Options.JSON: "list.phone"` + fix},
		{"a list where there should be none", `{"account": [{"card_no": "x"}]}`, `Options.JSON: "account.card_no"` + fix},
		{"a list of texts", `{"ids": ["", "x"]}`, `Options.JSON: "ids"` + fix},
		{"the second of two with one name", `{"name": "` + sealed + `", "name": "x"}`, `Options.JSON: "name"` + fix},
		{"escaped letters", `{"n\u0061me": "x"}`, `Options.JSON: "name"` + fix},
		{"JSON within a string", `{"account": "{\"card_no\": \"x\"}"}`, `Options.JSON: "account.card_no"` + fix},
		{"a list around it", `[{"name": "x"}]`, `Options.JSON: "name"` + fix},
		{"almost a ciphertext", `{"name": "` + sealed[1:] + `"}`, `Options.JSON: "name"` + fix},
		{"as long as a ciphertext", `{"name": "` + sealed[1:] + `*"}`, `Options.JSON: "name"` + fix},
		{"a capital", `{"Name": "x"}`, misnamed("Name", "name")},
		{"a struct without tags", `{"Account": {"CardNo": "x"}}`, misnamed("Account", "account")},
		{"camel case", `{"account": {"cardNo": "x"}}`, misnamed("account.cardNo", "card_no")},
		{"hyphens", `{"account": {"card-no": "x"}}`, misnamed("account.card-no", "card_no")},
		{"not JSON", `name=x`, `Options.JSON: what is signed is not JSON, in which "name" is encrypted; name the fields in Options.Unencrypted to send it as it is`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			guard := fieldcrypt.Call{}.Guard(marks)
			require.EqualError(t, guard.JSON("Options.JSON", []byte(row.body)), row.want)
			if row.body[0] == '{' {
				assert.True(t, guard.Any([]byte(row.body), nil, false))
			}
		})
	}
}

func TestGuardPasses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, body string
		call       fieldcrypt.Call
	}{
		{"nothing", ``, fieldcrypt.Call{}},
		{"other fields", `{"names": "x", "account": {"name": "x"}, "phone": "1"}`, fieldcrypt.Call{}},
		{"empty fields", `{"name": "", "account": null, "list": [], "ids": [null, ""]}`, fieldcrypt.Call{}},
		{"a ciphertext", `{"name": "` + sealed + `", "ids": ["` + sealed + `"]}`, fieldcrypt.Call{}},
		{"a ciphertext of a longer key", `{"name": "` + base64.StdEncoding.EncodeToString(make([]byte, 512)) + `"}`, fieldcrypt.Call{}},
		{"text in place of an object", `{"account": "x", "list": 7}`, fieldcrypt.Call{}},
		{"what is sent as it is", `{"name": "x", "list": [{"phone": "1"}]}`, fieldcrypt.Call{Clear: []string{"name?", "list.#.phone"}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			guard := row.call.Guard(marks)
			require.NoError(t, guard.JSON("Options.JSON", []byte(row.body)))
			assert.False(t, guard.Any([]byte(row.body), nil, false))
		})
	}
	require.NoError(t, fieldcrypt.Guard{}.JSON("Options.JSON", []byte(`{"name": "x"}`)))
}

// TestGuardSurvivesDeepNesting: a check that recurses without bound would end the process.
func TestGuardSurvivesDeepNesting(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 16<<20)
	for _, row := range []struct{ name, body, want string }{
		{"in the body", deep, `Options.JSON: what is signed is not JSON, in which "name" is encrypted; name the fields in Options.Unencrypted to send it as it is`},
		{"in a string", `{"account": "` + deep + `"}`, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := fieldcrypt.Call{}.Guard(marks).JSON("Options.JSON", []byte(row.body))
			if row.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, row.want)
		})
	}
}

func TestGuardOfAQuery(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, query, want string }{
		{"none", "", ""},
		{"other names", "a=1&card_no=1&name=", ""},
		{"a ciphertext", "name=" + sealed, ""},
		{"in the clear", "a=1&name=x", `Options.Query: "name"` + fix},
		{"the second", "name=&name=x", `Options.Query: "name"` + fix},
		{"an escaped name", "n%61me=x", `Options.Query: "name"` + fix},
		{"a capital", "Name=x", `Options.Query: "Name" would leave in the clear: the name is "name", and its value is encrypted; write it so, with a json tag in a struct`},
		{"malformed", "name=%", "the query of the path is malformed, and has encrypted fields; move it to Options.Query"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := fieldcrypt.Call{}.Guard(marks).Query(row.query)
			if row.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, row.want)
		})
	}
}

// TestGuardRefusesNoDocumentedField: no field beside an encrypted one is taken for it.
func TestGuardRefusesNoDocumentedField(t *testing.T) {
	t.Parallel()
	for _, e := range catalogue.All() {
		traits, _ := endpoint.Lookup(e.Method, e.Path)
		guard := fieldcrypt.Call{}.Guard(traits.Encrypted.OfRequest())
		places := []catalogue.Fields{e.JSON}
		for _, part := range e.Body {
			places = append(places, part.Fields)
		}
		for _, place := range places {
			require.NoError(t, guard.JSON("", sample(place)), "%s %s", e.Method, e.Path)
		}
		for _, f := range e.Query {
			if !f.Encrypted {
				require.NoError(t, guard.Query(f.Name+"=x"), "%s %s", e.Method, e.Path)
			}
		}
	}
}

// sample is an object with a value in each field that is not encrypted.
func sample(fields catalogue.Fields) []byte {
	b := []byte{'{'}
	for _, f := range fields {
		if f.Encrypted {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(b, `"`+f.Name+`":`...)
		if len(f.Fields) > 0 {
			b = append(b, sample(f.Fields)...)
			continue
		}
		b = append(b, `"x"`...)
	}
	return append(b, '}')
}
