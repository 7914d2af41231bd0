package sample_test

import (
	"crypto/sha1"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sample"
)

const caller = "1900000109"

var now = time.Date(2026, 6, 8, 2, 34, 56, 0, time.UTC)

func endpoint(t *testing.T, method, path string) catalogue.Endpoint {
	t.Helper()
	i := slices.IndexFunc(catalogue.All(), func(e catalogue.Endpoint) bool { return e.Method == method && e.Path == path })
	require.GreaterOrEqual(t, i, 0, path)
	return catalogue.All()[i]
}

func object(t *testing.T, text string) play.Object {
	t.Helper()
	o, err := play.ParseObject([]byte(text))
	require.NoError(t, err)
	return o
}

// written returns an endpoint that is not in the catalogue.
func written(t *testing.T, path, reply string) catalogue.Endpoint {
	t.Helper()
	e := catalogue.Endpoint{Method: "POST", Path: path}
	require.NoError(t, e.Reply.UnmarshalText([]byte(reply)))
	return e
}

func TestRepeats(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, reply, body, want string }{
		{"a field at the top", "attach", `{"attach":"x"}`, `{"attach":"x"}`},
		{"a number where a text is documented", "brand_id", `{"brand_id":4}`, `{"brand_id":"4"}`},
		{"a text where a number is documented", "brand_id:integer", `{"brand_id":"4"}`, `{"brand_id":4}`},
		{"from another place", "detail{out_trade_no}", `{"out_trade_no":"x"}`, `{"detail":{"out_trade_no":"x"}}`},
		{"the nearest of several", "payer{openid}", `{"openid":"a","receiver":{"openid":"b"},"payer":{"openid":"c"}}`, `{"payer":{"openid":"c"}}`},
		{"the highest of several", "openid", `{"receiver":{"openid":"b"},"openid":"a"}`, `{"openid":"a"}`},
		{"a common name in its place", "store{name}", `{"name":"a","store":{"name":"b"}}`, `{"store":{"name":"b"}}`},
		{"a list, element by element", "list[]{out_no n:integer}", `{"list":[{"out_no":"a","n":1},{"out_no":"b","n":2}]}`, `{"list":[{"n":1,"out_no":"a"},{"n":2,"out_no":"b"}]}`},
		{"how many a list has", "list[]{out_no} total_count:integer", `{"list":[{"out_no":"a"},{"out_no":"b"}]}`, `{"list":[{"out_no":"a"},{"out_no":"b"}],"total_count":2}`},
		{"a list of texts", "tags:string[]", `{"tags":["a","b"]}`, `{"tags":["a","b"]}`},
		{"a value that is known", "kind=A|B", `{"kind":"B"}`, `{"kind":"B"}`},
		{"a list in a text", "list[]@{a_id b_id}", `{"list":"[{\"a_id\":\"x\",\"b_id\":\"y\"},{\"a_id\":\"z\",\"b_id\":\"w\"}]"}`, `{"list":"[{\"a_id\":\"x\",\"b_id\":\"y\"},{\"a_id\":\"z\",\"b_id\":\"w\"}]"}`},
		{"strings in a text", "list:string[]@", `{"list":"[\"x\",\"y\"]"}`, `{"list":"[\"x\",\"y\"]"}`},
		{"within a text", "text@{a_id b_id}", `{"text":"{\"a_id\":\"x\",\"b_id\":\"y\"}"}`, `{"text":"{\"a_id\":\"x\",\"b_id\":\"y\"}"}`},
		{"out of a wrapper", "remark code_mode", `{"stock":{"remark":"x","code_mode":"y"}}`, `{"code_mode":"y","remark":"x"}`},
		{"into a wrapper", "batch{remark name}", `{"remark":"x","name":"y"}`, `{"batch":{"name":"y","remark":"x"}}`},
		{"an object of which nothing is documented", "any:object", `{"any":{"q":[1]}}`, `{"any":{"q":[1]}}`},
		{"true", "flag:boolean", `{"flag":false}`, `{"flag":false}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			reply := sample.Reply(written(t, "/v3/x", row.reply), sample.Given{Body: object(t, row.body), Now: now})
			assert.Equal(t, row.want, reply.Canonical())
		})
	}
}

func TestDoesNotRepeat(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, reply, body, value string }{
		{"a common name from another place", "name", `{"store":{"name":"x"}}`, "x"},
		{"a value that is not known", "kind=A|B", `{"kind":"C"}`, "C"},
		{"an empty text", "out_trade_no", `{"out_trade_no":""}`, `"out_trade_no":""`},
		{"the time of the last change", "update_time", `{"update_time":"x"}`, `"x"`},
		{"a fraction for a whole number", "amount:integer", `{"amount":1.5}`, "1.5"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			reply := sample.Reply(written(t, "/v3/x", row.reply), sample.Given{Body: object(t, row.body), Now: now})
			assert.NotContains(t, reply.Canonical(), row.value)
		})
	}
}

func TestSameRequestSameReply(t *testing.T) {
	t.Parallel()
	e := endpoint(t, "POST", "/v3/transfer/batches")
	given := sample.Given{Caller: caller, Query: url.Values{}, Body: object(t, `{"out_batch_no":"1"}`), Now: now}
	first := sample.Reply(e, given)
	assert.Equal(t, first, sample.Reply(e, given))
	for _, row := range []struct {
		name   string
		change func(*sample.Given)
	}{
		{"another body", func(g *sample.Given) { g.Body = object(t, `{"out_batch_no":"2"}`) }},
		{"another query", func(g *sample.Given) { g.Query = url.Values{"a": {"b"}} }},
		{"another path", func(g *sample.Given) { g.Vars = map[string]string{"a": "b"} }},
		{"another caller", func(g *sample.Given) { g.Caller = "1900000110" }},
		{"another seed", func(g *sample.Given) { g.Seed = "x" }},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			given := given
			row.change(&given)
			assert.NotEqual(t, first["batch_id"], sample.Reply(e, given)["batch_id"])
		})
	}
}

func TestState(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, path, field, want string }{
		{"success", "/v3/x", "state=PROCESSING|SUCCESS|FAIL", "SUCCESS"},
		{"finished", "/v3/x", "state=PROCESSING|FINISHED", "FINISHED"},
		{"normal", "/v3/x", "type=DISCOUNT|NORMAL", "NORMAL"},
		{"not done at once", "/v3/x", "state=CREATED|DOING|DONE|REVOKED", "CREATED"},
		{"success with a name before it", "/v3/x", "state=PAY_FAIL|PAY_SUCCESS", "PAY_SUCCESS"},
		{"not unknown", "/v3/x", "state=STATE_UNKNOWN|STATE_INIT", "STATE_INIT"},
		{"not unauthorized", "/v3/x", "state=UNAUTHORIZED|AUTHORIZED", "AUTHORIZED"},
		{"the first, where nothing is good", "/v3/x", "reason=FAIL_A|FAIL_B", "FAIL_A"},
		{"cancelled by cancel", "/v3/x/cancel", "state=SUCCESS|CANCELING|CANCELLED", "CANCELLED"},
		{"being cancelled", "/v3/x/cancel", "state=SUCCESS|CANCELING", "CANCELING"},
		{"closed by close", "/v3/x/close", "state=SUCCESS|CLOSED", "CLOSED"},
		{"no state", "/v3/x/close", "kind=OPEN|CLOSED", "OPEN"},
		{"open by resume", "/v3/x/resume", "store_state=CLOSED|OPEN", "OPEN"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			e := written(t, row.path, row.field)
			assert.Equal(t, row.want, sample.Reply(e, sample.Given{Now: now})[e.Reply[0].Name])
		})
	}
	e := written(t, "/v3/x/cancel", "state=SUCCESS|CANCELLED")
	known := sample.Given{Now: now, Known: play.Object{"state": "SUCCESS"}}
	assert.Equal(t, "CANCELLED", sample.Reply(e, known)["state"], "what was known of it is old")
}

func TestFile(t *testing.T) {
	t.Parallel()
	e := endpoint(t, "GET", "/v3/bill/tradebill")
	reply := sample.Reply(e, sample.Given{Caller: caller, Query: url.Values{"bill_date": {"2026-06-01"}}, Now: now, BaseURL: "http://127.0.0.1:8080"})
	token, ok := strings.CutPrefix(reply.Text("download_url"), "http://127.0.0.1:8080/v3/billdownload/file?token=")
	require.True(t, ok, reply.Text("download_url"))
	sum := sha1.Sum(sample.File(token))
	assert.Equal(t, hex.EncodeToString(sum[:]), reply.Text("hash_value"))
	assert.Equal(t, "SHA1", reply.Text("hash_type"))
	assert.Len(t, sample.Reply(written(t, "/v3/x", "hash_type=SHA256|SM3 hash_value download_url"), sample.Given{})["hash_value"], 64)
}

func TestElement(t *testing.T) {
	t.Parallel()
	e := written(t, "/v3/x", "list[]{detail_id out_detail_no}")
	body := object(t, `{"list":[{"out_detail_no":"a"},{"out_detail_no":"b"}]}`)
	list := sample.Reply(e, sample.Given{Seed: "s", Known: body, Now: now}).List("list")
	require.Len(t, list, 2)
	assert.NotEqual(t, list[0]["detail_id"], list[1]["detail_id"])
	for i, element := range list {
		one := sample.Reply(written(t, "/v3/y", "detail_id"), sample.Given{Seed: "s", Element: sample.ElementAt("list", i), Now: now})
		assert.Equal(t, element["detail_id"], one["detail_id"], "an element looks the same by itself")
	}
	alone := sample.Element(e, e.Reply[0], sample.Given{Seed: "s", Known: play.Object{"out_detail_no": "a"}, Now: now})
	assert.Equal(t, list[0], alone)
}
