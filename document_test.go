package wechatpay_test

import (
	"encoding/json"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
)

func TestDocument(t *testing.T) {
	t.Parallel()
	base := wechatpay.M{"a": 1, "list": []int{1}}
	d := wechatpay.NewDocument(base)
	changed := d.Set("amount.total", 100).Set("list.-1", wechatpay.M{"x": "<&>"}).Set("name", "公仔").Delete("a").Set(`dot\.ted`, true)
	data, err := changed.Bytes()
	require.NoError(t, err)
	assert.JSONEq(t, `{"amount":{"total":100},"list":[1,{"x":"<&>"}],"name":"公仔","dot.ted":true}`, string(data))
	assert.Contains(t, string(data), "<&>", "not escaped")
	assert.Equal(t, int64(100), changed.Get("amount.total").Int())
	before, err := d.Bytes()
	require.NoError(t, err)
	assert.JSONEq(t, `{"a":1,"list":[1]}`, string(before), "the old one is as it was")

	inside, err := json.Marshal(wechatpay.M{"doc": wechatpay.NewDocument(nil).Set("x", 1)})
	require.NoError(t, err)
	assert.JSONEq(t, `{"doc":{"x":1}}`, string(inside))

	for _, tc := range []struct {
		name string
		bad  wechatpay.Document
	}{
		{"a null value", wechatpay.NewDocument(nil).Set("x", nil)},
		{"a bad value", wechatpay.NewDocument(nil).Set("x", func() {})},
		{"an empty path", wechatpay.NewDocument(nil).Set("", 1)},
		{"a wildcard", wechatpay.NewDocument(base).Set("a*", 1)},
		{"a query", wechatpay.NewDocument(base).Set("list.#", 1)},
		{"a pipe", wechatpay.NewDocument(base).Set("a|b", 1)},
		{"a modifier", wechatpay.NewDocument(base).Set("@reverse", 1)},
		{"a gap", wechatpay.NewDocument(base).Set("list.2", 1)},
		{"a gap in a new", wechatpay.NewDocument(nil).Set("list.2", 1)},
		{"into a number", wechatpay.NewDocument(base).Set("a.b", 1)},
		{"into a scalar", wechatpay.NewDocument(json.RawMessage(`{"a":1}`)).Set("a.b", 1)},
		{"an empty key", wechatpay.NewDocument(nil).Set("a..b", 1)},
		{"a bad start", wechatpay.NewDocument(json.RawMessage("{")).Set("x", 1)},
		{"a word for a list", wechatpay.NewDocument(base).Set("list.x", 1)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := tc.bad.Set("later", 1).Bytes()
			require.Error(t, err, tc.name)
			c, w := sandboxClient(t, nil)
			_, err = c.Chain("v3/x").Post(t.Context(), &wechatpay.Options{JSON: tc.bad})
			require.ErrorIs(t, err, wechatpay.ErrInvalid)
			assert.Zero(t, w.count())
		})
	}
}

// TestDocumentsShareWhatIsBefore: each of many Documents on one has its own change, whoever reads
// it first.
func TestDocumentsShareWhatIsBefore(t *testing.T) {
	t.Parallel()
	base := wechatpay.NewDocument(wechatpay.M{"a": 1}).Set("b.c", 2)
	var readers sync.WaitGroup
	for i := range 8 {
		d := base.Set("a", i).Set("b.d", i)
		for range 4 {
			readers.Go(func() {
				if data, err := d.Bytes(); assert.NoError(t, err) {
					assert.JSONEq(t, `{"a":`+strconv.Itoa(i)+`,"b":{"c":2,"d":`+strconv.Itoa(i)+`}}`, string(data))
				}
				assert.Equal(t, int64(1), base.Get("a").Int())
			})
		}
	}
	readers.Wait()
}

// TestADocumentTakesAValueAtOnce: what becomes of it later is not sent.
func TestADocumentTakesAValueAtOnce(t *testing.T) {
	t.Parallel()
	value := wechatpay.M{"total": 1}
	d := wechatpay.NewDocument(nil).Set("amount", value)
	value["total"] = 2
	data, err := d.Bytes()
	require.NoError(t, err)
	assert.JSONEq(t, `{"amount":{"total":1}}`, string(data))
}

func TestADocumentKeepsItsFirstError(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		bad  wechatpay.Document
		want string
	}{
		{"a path", wechatpay.NewDocument(nil).Set("a", 1).Set("a.b", 1).Set("x", nil).Set("", 1), `Document.Set("a.b"): "b" would be set inside of a number`},
		{"a value", wechatpay.NewDocument(nil).Set("x", nil).Set("a..b", 1), `Document.Set("x"): the value is a nil <nil>; leave it unset for an empty body`},
		{"to delete", wechatpay.NewDocument(nil).Delete("*").Set("a..b", 1), `Document.Delete("*"): "*" matches more than one value; escape "*" with a backslash if it belongs to the key`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			for range 2 {
				_, err := row.bad.Bytes()
				require.EqualError(t, err, row.want)
			}
			assert.False(t, row.bad.Get("a").Exists())
		})
	}
}
