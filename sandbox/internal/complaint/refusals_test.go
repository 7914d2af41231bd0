package complaint_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/complaint"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestRepliesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.a(t, "1")
	five := []any{"m/1+=", "m2", "m3", "m4", "m5"}
	for _, row := range []struct {
		name   string
		body   play.Object
		number int
		field  string
	}{
		{"201 characters", play.Object{"response_content": strings.Repeat("长", 201)}, 268435462, "/response_content"},
		{"blanks", play.Object{"response_content": " "}, 0, "/response_content"},
		{"five pictures", play.Object{"response_images": five}, 0, "/response_images"},
		{"an unknown picture", play.Object{"response_images": []any{"unknown"}}, 0, "/response_images"},
		{"a link without https", play.Object{"jump_url": "http://x.example.com", "jump_url_text": "x"}, 0, "/jump_url"},
		{"a long link", play.Object{"jump_url": "https://x.example.com/" + strings.Repeat("x", 500), "jump_url_text": "x"}, 268435462, "/jump_url"},
		{"a link without text", play.Object{"jump_url": "https://x.example.com"}, 0, "/jump_url_text"},
		{"a link with a long text", play.Object{"jump_url": "https://x.example.com", "jump_url_text": strings.Repeat("长", 11)}, 268435462, "/jump_url_text"},
		{"another merchant", play.Object{"complainted_mchid": "1900000999"}, 0, "/complainted_mchid"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w.Refused(t, "POST", path(id, "response"), reply(row.body), "PARAM_ERROR", row.number, row.field)
		})
	}
	w.OK(t, "POST", path(id, "response"), reply(play.Object{
		"response_content": strings.Repeat("长", 200), "response_images": five[:4], "jump_url": "https://x.example.com", "jump_url_text": "去看看",
	}))
	assert.Equal(t, []string{"MERCHANT_RESPONSE"}, w.actions(t))
}

func TestDecisionsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.a(t, "1")
	long := strings.Repeat("长", 201)
	for _, row := range []struct {
		name   string
		body   play.Object
		number int
		field  string
	}{
		{"no day", play.Object{"action": "APPROVE"}, 0, "/launch_refund_day"},
		{"a day that was", play.Object{"action": "APPROVE", "launch_refund_day": -1}, 268435464, "/launch_refund_day"},
		{"a long remark", play.Object{"action": "APPROVE", "launch_refund_day": 0, "remark": long}, 268435462, "/remark"},
		{"no reason", play.Object{"action": "REJECT"}, 0, "/reject_reason"},
		{"a long reason", play.Object{"action": "REJECT", "reject_reason": long}, 268435462, "/reject_reason"},
		{"an unknown picture", play.Object{"action": "REJECT", "reject_reason": "x", "reject_media_list": []any{"unknown"}}, 0, "/reject_media_list"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w.Refused(t, "POST", path(id, "update-refund-progress"), row.body, "PARAM_ERROR", row.number, row.field)
		})
	}
	assert.Equal(t, "PENDING", w.state(t, id))
}

func TestComplaintsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, row := range []struct {
		name  string
		edit  func(*complaint.Case)
		field string
	}{
		{"no transaction", func(c *complaint.Case) { c.TransactionID = "" }, "/transaction_id"},
		{"no number", func(c *complaint.Case) { c.OutTradeNo = "" }, "/transaction_id"},
		{"no amount", func(c *complaint.Case) { c.Amount = 0 }, "/amount"},
		{"more than was paid", func(c *complaint.Case) { c.Refund = 1001 }, "/refund"},
		{"less than nothing", func(c *complaint.Case) { c.Refund = -1 }, "/refund"},
		{"another type", func(c *complaint.Case) { c.Type = "RUDE" }, "/type"},
		{"no text", func(c *complaint.Case) { c.Text = "" }, "/text"},
		{"301 characters", func(c *complaint.Case) { c.Text = strings.Repeat("长", 301) }, "/text"},
		{"an unknown picture", func(c *complaint.Case) { c.Pictures = []string{"unknown"} }, "/pictures"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := about("1")
			row.edit(&c)
			_, err := w.book.Complain(w.Now, w.Emit, caller, c)
			kittest.Same(t, err, "PARAM_ERROR", 0, row.field)
		})
	}
	assert.Empty(t, w.Types())
	longest := about("long")
	longest.Text = strings.Repeat("长", 300)
	w.complain(t, longest)
	id := w.a(t, "1")
	_, err := w.book.Complain(w.Now, w.Emit, caller, about("1"))
	kittest.Same(t, err, "INVALID_REQUEST", 0, "")
	kittest.Same(t, w.book.Respond(w.Now, nil, caller, id, ""), "PARAM_ERROR", 0, "/text")
}

// What is another's does not exist.
func TestComplaintsOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.a(t, "1")
	all := func(id string) {
		w.Refused(t, "GET", list+"/"+id, nil, "RESOURCE_NOT_EXISTS", 0, "")
		w.Refused(t, "GET", path(id, "negotiation-historys"), nil, "RESOURCE_NOT_EXISTS", 0, "")
		w.Refused(t, "POST", path(id, "response"), reply(), "RESOURCE_NOT_EXISTS", 0, "")
		w.Refused(t, "POST", path(id, "response-immediate-service"), message("x", "i"), "RESOURCE_NOT_EXISTS", 0, "")
		w.Refused(t, "POST", path(id, "complete"), play.Object{"complainted_mchid": caller}, "RESOURCE_NOT_EXISTS", 0, "")
		w.Refused(t, "POST", path(id, "update-refund-progress"), play.Object{"action": "APPROVE", "launch_refund_day": 1}, "RESOURCE_NOT_EXISTS", 0, "")
		kittest.Same(t, w.book.Respond(w.Now, nil, w.Caller, id, "x"), "RESOURCE_NOT_EXISTS", 0, "")
	}
	all("unknown")
	w.Caller = "1900000999"
	all(id)
	assert.EqualValues(t, 0, w.OK(t, "GET", list+"?begin_date=2026-04-01&end_date=2026-04-01", nil).Int("total_count"))
}

func TestPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := make([]string, 12)
	for day := range ids {
		ids[day] = w.a(t, fmt.Sprint(day))
		w.Now = w.Now.Add(24 * time.Hour)
	}
	for _, row := range []struct {
		name, query string
		from, to    int
		total       bool
	}{
		{"ten of all", "begin_date=2026-04-01&end_date=2026-05-01", 0, 10, true},
		{"the rest", "begin_date=2026-04-01&end_date=2026-05-01&offset=10", 10, 12, false},
		{"behind the last", "begin_date=2026-04-01&end_date=2026-05-01&offset=12", 12, 12, false},
		{"a small one", "begin_date=2026-04-01&end_date=2026-05-01&offset=3&limit=2", 3, 5, false},
		{"all", "begin_date=2026-04-01&end_date=2026-05-01&limit=50", 0, 12, true},
		{"one day", "begin_date=2026-04-03&end_date=2026-04-03", 2, 3, true},
		{"three days", "begin_date=2026-04-03&end_date=2026-04-05", 2, 5, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := w.OK(t, "GET", list+"?"+row.query, nil)
			got := []string{}
			for _, c := range o.List("data") {
				got = append(got, c.Text("complaint_id"))
			}
			assert.Equal(t, ids[row.from:row.to], got)
			assert.Equal(t, row.total, o.Has("total_count"))
		})
	}
	for _, row := range []struct{ name, query, field string }{
		{"31 days apart", "begin_date=2026-04-01&end_date=2026-05-02", "end_date"},
		{"the end before the beginning", "begin_date=2026-04-02&end_date=2026-04-01", "end_date"},
		{"no date", "begin_date=20260401&end_date=2026-04-01", "begin_date"},
		{"no end", "begin_date=2026-04-01&end_date=x", "end_date"},
		{"51 at once", "begin_date=2026-04-01&end_date=2026-04-01&limit=51", "limit"},
		{"none at once", "begin_date=2026-04-01&end_date=2026-04-01&limit=0", "limit"},
		{"before the first", "begin_date=2026-04-01&end_date=2026-04-01&offset=-1", "offset"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w.Refused(t, "GET", list+"?"+row.query, nil, "PARAM_ERROR", 0, row.field)
		})
	}
	w.Refused(t, "GET", path(ids[0], "negotiation-historys")+"?limit=301", nil, "PARAM_ERROR", 0, "limit")
	require.NoError(t, w.book.Respond(w.Now, nil, caller, ids[0], "x"))
	data := w.OK(t, "GET", path(ids[0], "negotiation-historys")+"?limit=300&offset=1", nil).List("data")
	require.Len(t, data, 1)
	assert.Equal(t, "USER_RESPONSE", data[0].Text("operate_type"))
}
