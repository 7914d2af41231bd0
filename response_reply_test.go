package wechatpay_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

type common struct {
	ID string `json:"id"`
}

type order struct {
	common
	State  string          `json:"state,omitzero"`
	Amount amount          `json:"amount,omitzero"`
	Paid   bool            `json:"paid,omitzero"`
	Rate   json.Number     `json:"rate,omitzero"`
	Items  []amount        `json:"items,omitzero"`
	Tags   []string        `json:"tags,omitzero"`
	Any    json.RawMessage `json:"any,omitzero"`
	More   *amount         `json:"more,omitzero"`
	At     time.Time       `json:"at,omitzero"`
	Score  float64         `json:"score,omitzero"`
	Secret string          `json:"-"`
	Plain  string
	hidden string //nolint:unused // no field of a reply may reach it
}

type amount struct {
	Total int64 `json:"total"`
}

func as(t *testing.T, body string) *wechatpay.Reply[order] {
	t.Helper()
	c := answering(t, func(cfg *wechatpay.Config) {
		cfg.Stack = func(s *middleware.Stack) error { return s.Remove("verify") }
	}, func(*http.Request) (*http.Response, error) { return reply(http.StatusOK, body), nil })
	r, err := wechatpay.As[order](c.Chain("v3/x").Get(t.Context(), nil))
	require.NoError(t, err)
	return r
}

func data(t *testing.T, body string) order {
	t.Helper()
	got, err := as(t, body).Data()
	require.NoError(t, err)
	return got
}

func TestReplyData(t *testing.T) {
	t.Parallel()
	body := `{"id": "1", "state": "SUCCESS", "amount": {"total": 100}, "paid": true, "rate": 0.12345678901234567890, "items": [{"total": 1}, {"total": 2}],
		"tags": ["a"], "any": {"b": [1]}, "more": {"total": 3}, "at": "2018-06-08T10:34:56+08:00", "score": 1.5, "Plain": "p", "hidden": "h", "-": "s", "unknown": 7}`
	got := data(t, body)
	assert.Equal(t, order{
		common: common{"1"}, State: "SUCCESS", Amount: amount{100}, Paid: true, Rate: "0.12345678901234567890", Items: []amount{{1}, {2}},
		Tags: []string{"a"}, Any: json.RawMessage(`{"b": [1]}`), More: &amount{3}, At: got.At, Score: 1.5, Plain: "p",
	}, got)
	assert.EqualValues(t, 1528425296, got.At.Unix())
	assert.EqualValues(t, 7, as(t, body).Get("unknown").Int(), "what is not known is not lost")
}

func TestReplyDataConvertsWithoutLoss(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, body string
		want       order
	}{
		{"a number for a string", `{"state": 7}`, order{State: "7"}},
		{"a long number for a string", `{"state": 12345678901234567890}`, order{State: "12345678901234567890"}},
		{"an object for a string", `{"state": {"a": 1}}`, order{State: `{"a": 1}`}},
		{"null", `{"state": null, "amount": null}`, order{}},
		{"a quoted amount", `{"amount": {"total": "600"}}`, order{Amount: amount{600}}},
		{"a float without fraction", `{"amount": {"total": 600.0}}`, order{Amount: amount{600}}},
		{"an exponent", `{"amount": {"total": 1e2}}`, order{Amount: amount{100}}},
		{"beyond a float64", `{"amount": {"total": 9007199254740993}}`, order{Amount: amount{9007199254740993}}},
		{"beyond a float64, with .0", `{"amount": {"total": 9007199254740993.0}}`, order{Amount: amount{9007199254740993}}},
		{"a quoted bool", `{"paid": "true"}`, order{Paid: true}},
		{"a quoted json.Number", `{"rate": "0.5"}`, order{Rate: "0.5"}},
		{"one object for a list", `{"items": {"total": 1}}`, order{Items: []amount{{1}}}},
		{"an empty list", `{"items": []}`, order{Items: []amount{}}},
		{"an empty string for a list", `{"items": ""}`, order{}},
		{"an empty list for an object", `{"amount": []}`, order{}},
		{"an empty string for an object", `{"amount": ""}`, order{}},
		{"an empty list for a pointer", `{"more": []}`, order{}},
		{"a list of scalars", `{"tags": [1, true]}`, order{Tags: []string{"1", "true"}}},
		{"one string for a list", `{"tags": "one"}`, order{Tags: []string{"one"}}},
		{"no body", ``, order{}},
		{"names in another case", `{"ID": "not id", "sTaTe": "no case"}`, order{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, data(t, row.body))
		})
	}
}

func TestReplyDataListsEveryMismatch(t *testing.T) {
	t.Parallel()
	r := as(t, `{"state": "SUCCESS", "amount": "secret", "paid": 1, "rate": "secret", "items": [{"total": ""}, 5, {"total": 0.5}, {"total": 1e30}, {"total": 2}],
		"at": "yesterday", "score": "high", "more": 5}`)
	got, err := r.Data()
	var mismatch *wechatpay.DecodeError
	require.ErrorAs(t, err, &mismatch)
	assert.NotContains(t, err.Error(), "secret")
	paths := make([]string, 0, len(mismatch.Mismatches))
	for _, m := range mismatch.Mismatches {
		paths = append(paths, m.Path)
	}
	assert.Equal(t, []string{"amount", "paid", "rate", "items.0.total", "items.1", "items.2.total", "items.3.total", "more", "at", "score"}, paths)
	require.ErrorContains(t, err, `wechatpay: decoding the reply: "amount": cannot decode a string into wechatpay_test.amount without loss; `)
	assert.Equal(t, "SUCCESS", got.State, "the rest is there")
	assert.EqualValues(t, 2, got.Items[4].Total)
	assert.Nil(t, got.More)
	assert.Equal(t, "secret", r.Get("amount").String(), "and what did not fit is in the response")
}

func TestReplyDataOfOtherBodies(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, body, want string }{
		{"not JSON", "a,b\n1,2", "wechatpay: decoding the reply: not valid JSON"},
		{"a list", "[1]", `wechatpay: decoding the reply: "": cannot decode a list into wechatpay_test.order without loss`},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := as(t, row.body).Data()
			assert.EqualError(t, err, row.want)
		})
	}
	_, err := (*wechatpay.Reply[order])(nil).Data()
	assert.EqualError(t, err, "wechatpay: decoding the reply: nil Reply")
}

func TestTyped(t *testing.T) {
	t.Parallel()
	c := answering(t, func(cfg *wechatpay.Config) {
		cfg.Stack = func(s *middleware.Stack) error { return s.Remove("verify") }
	}, func(*http.Request) (*http.Response, error) {
		return reply(http.StatusOK, `{"amount": {"total": "5"}}`), nil
	})
	r, err := future.Then(c.Chain("v3/x").GetAsync(t.Context(), nil), wechatpay.Typed[order]).Wait()
	require.NoError(t, err)
	got, err := r.Data()
	require.NoError(t, err)
	assert.EqualValues(t, 5, got.Amount.Total)
}

func TestAsKeepsTheError(t *testing.T) {
	t.Parallel()
	own := errors.New("own")
	r, err := wechatpay.As[order](nil, own)
	assert.Same(t, own, err)
	assert.Nil(t, r)
}

func TestPtr(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(struct {
		A *bool  `json:"a,omitzero"`
		B *int64 `json:"b,omitzero"`
	}{A: wechatpay.Ptr(false)})
	require.NoError(t, err)
	assert.JSONEq(t, `{"a": false}`, string(data))
}
