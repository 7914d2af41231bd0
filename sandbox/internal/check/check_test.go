package check_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/check"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func fields(t *testing.T, notation string) catalogue.Fields {
	t.Helper()
	var fs catalogue.Fields
	require.NoError(t, fs.UnmarshalText([]byte(notation)))
	return fs
}

func TestBody(t *testing.T) {
	t.Parallel()
	documented := fields(t, "number! amount!{total!:integer rate:number} kind=A|B list[]{id!} tags:string[] text@{x!:integer} flag:boolean any:object two{a!} two:integer level:number=1|2 named:integer=A|B")
	for _, row := range []struct{ name, body, field string }{
		{"all is right", `{"number":"1","amount":{"total":1,"rate":1.5},"kind":"B","list":[{"id":"x"}],"tags":["a"],"text":"{\"x\":1}","flag":true,"any":{"q":[]}}`, ""},
		{"only what is required", `{"number":"1","amount":{"total":1}}`, ""},
		{"what is not documented", `{"number":"1","amount":{"total":1},"new":{}}`, ""},
		{"null for what is optional", `{"number":"1","amount":{"total":1},"kind":null}`, ""},
		{"missing", `{"amount":{"total":1}}`, "/number"},
		{"null", `{"number":null,"amount":{"total":1}}`, "/number"},
		{"empty", `{"number":"","amount":{"total":1}}`, "/number"},
		{"missing within", `{"number":"1","amount":{}}`, "/amount/total"},
		{"a number as text", `{"number":"1","amount":{"total":"1"}}`, "/amount/total"},
		{"a fraction", `{"number":"1","amount":{"total":1.5}}`, "/amount/total"},
		{"an exponent", `{"number":"1","amount":{"total":1e2}}`, "/amount/total"},
		{"text as a number", `{"number":1,"amount":{"total":1}}`, "/number"},
		{"an unknown value", `{"number":"1","amount":{"total":1},"kind":"C"}`, "/kind"},
		{"a number that is known", `{"number":"1","amount":{"total":1},"level":2}`, ""},
		{"an unknown number", `{"number":"1","amount":{"total":1},"level":3}`, "/level"},
		{"a number whose values have names", `{"number":"1","amount":{"total":1},"named":3}`, ""},
		{"an object for a list", `{"number":"1","amount":{"total":1},"list":{}}`, "/list"},
		{"the second of a list", `{"number":"1","amount":{"total":1},"list":[{"id":"x"},{}]}`, "/list/1/id"},
		{"null in a list", `{"number":"1","amount":{"total":1},"tags":[null]}`, "/tags/0"},
		{"text that is no JSON", `{"number":"1","amount":{"total":1},"text":"x"}`, "/text"},
		{"JSON in text", `{"number":"1","amount":{"total":1},"text":"{\"x\":\"1\"}"}`, "/text/x"},
		{"yes for true", `{"number":"1","amount":{"total":1},"flag":"yes"}`, "/flag"},
		{"text for an object", `{"number":"1","amount":{"total":1},"any":"x"}`, "/any"},
		{"the second form", `{"number":"1","amount":{"total":1},"two":2}`, ""},
		{"neither form", `{"number":"1","amount":{"total":1},"two":{"b":1}}`, "/two/a"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			body, err := play.ParseObject([]byte(row.body))
			require.NoError(t, err)
			refusal := check.Body(documented, body)
			if row.field == "" {
				assert.Nil(t, refusal)
				return
			}
			require.NotNil(t, refusal)
			assert.Equal(t, "PARAM_ERROR", refusal.Code)
			assert.Equal(t, row.field, refusal.Detail["field"])
		})
	}
}

// TestListsInTexts: a text holds a list or an object, and none is taken for the other.
func TestListsInTexts(t *testing.T) {
	t.Parallel()
	documented := fields(t, "receivers![]@{account!} detail@{goods![]{id!}} photos:string[]@ codes:integer[]@")
	for _, row := range []struct{ name, field, text, want string }{
		{"a list", "receivers", `[{"account":"1"}]`, ""},
		{"an object for a list", "receivers", `{"receiver":[{"account":"1"}]}`, "/receivers"},
		{"nobody", "receivers", `[]`, "/receivers"},
		{"nothing", "receivers", ``, "/receivers"},
		{"null", "receivers", `null`, "/receivers"},
		{"no JSON", "receivers", `1900000110,`, "/receivers"},
		{"missing in the second", "receivers", `[{"account":"1"},{}]`, "/receivers/1/account"},
		{"more than a list", "receivers", `[{"account":"1"}],"more":[]`, "/receivers"},
		{"an object", "detail", `{"goods":[{"id":"1"}]}`, ""},
		{"a list for an object", "detail", `[{"id":"1"}]`, "/detail"},
		{"a list of strings", "photos", `["a","b"]`, ""},
		{"an empty one that may be left out", "photos", `[]`, ""},
		{"a number among strings", "photos", `["a",1]`, "/photos/1"},
		{"a list of numbers", "codes", `[1721]`, ""},
		{"a string among numbers", "codes", `["1721"]`, "/codes/0"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			body := play.Object{"receivers": `[{"account":"1"}]`}.With(play.Object{row.field: row.text})
			refusal := check.Body(documented, body)
			if row.want == "" {
				assert.Nil(t, refusal)
				return
			}
			require.NotNil(t, refusal)
			assert.Equal(t, row.want, refusal.Detail["field"])
		})
	}
}

func TestQueryAndVars(t *testing.T) {
	t.Parallel()
	documented := fields(t, "mchid! limit:integer ratio:number all:boolean kind=A|B")
	for _, row := range []struct{ name, query, field string }{
		{"all is right", "mchid=1&limit=5&ratio=0.5&all=true&kind=A&more=x", ""},
		{"missing", "limit=5", "mchid"},
		{"empty", "mchid=", "mchid"},
		{"no number", "mchid=1&limit=x", "limit"},
		{"a fraction", "mchid=1&limit=1.5", "limit"},
		{"no ratio", "mchid=1&ratio=x", "ratio"},
		{"neither true nor false", "mchid=1&all=maybe", "all"},
		{"an unknown value", "mchid=1&kind=C", "kind"},
		{"the second value", "mchid=1&kind=A&kind=C", "kind"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			query, err := url.ParseQuery(row.query)
			require.NoError(t, err)
			refusal := check.Query(documented, query)
			if row.field == "" {
				assert.Nil(t, refusal)
				return
			}
			require.NotNil(t, refusal)
			assert.Equal(t, row.field, refusal.Detail["field"])
			assert.Equal(t, "query", refusal.Detail["location"])
		})
	}
	refusal := check.Vars(fields(t, "id! number!:integer"), map[string]string{"id": "x", "number": "y"})
	require.NotNil(t, refusal)
	assert.Equal(t, "number", refusal.Detail["field"])
	assert.Nil(t, check.Vars(fields(t, "id!"), map[string]string{"id": "x"}))
}
