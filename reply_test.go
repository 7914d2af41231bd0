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

func TestAs(t *testing.T) {
	r := as(t, `{"id": "1", "state": "SUCCESS", "amount": {"total": 100}, "paid": true, "rate": 0.12345678901234567890, "items": [{"total": 1}, {"total": 2}],
		"tags": ["a"], "any": {"b": [1]}, "more": {"total": 3}, "at": "2018-06-08T10:34:56+08:00", "score": 1.5, "Plain": "p", "hidden": "h", "-": "s", "unknown": 7}`)
	assert.Empty(t, r.Misfits)
	assert.Equal(t, order{
		common: common{"1"}, State: "SUCCESS", Amount: amount{100}, Paid: true, Rate: "0.12345678901234567890", Items: []amount{{1}, {2}},
		Tags: []string{"a"}, Any: json.RawMessage(`{"b": [1]}`), More: &amount{3}, At: r.Data.At, Score: 1.5, Plain: "p",
	}, r.Data)
	assert.EqualValues(t, 1528425296, r.Data.At.Unix())
	assert.EqualValues(t, 7, r.Get("unknown").Int(), "what is not known is not lost")
}

func TestAsOfOtherTypes(t *testing.T) {
	for body, want := range map[string]order{
		`{"state": 7}`:                            {State: "7"},
		`{"state": 12345678901234567890}`:         {State: "12345678901234567890"},
		`{"state": {"a": 1}}`:                     {State: `{"a": 1}`},
		`{"state": null, "amount": null}`:         {},
		`{"amount": {"total": "100"}}`:            {Amount: amount{100}},
		`{"amount": {"total": 100.0}}`:            {Amount: amount{100}},
		`{"amount": {"total": 1e2}}`:              {Amount: amount{100}},
		`{"amount": {"total": 9007199254740993}}`: {Amount: amount{9007199254740993}},
		`{"paid": "true"}`:                        {Paid: true},
		`{"rate": "0.5"}`:                         {Rate: "0.5"},
		`{"items": {"total": 1}}`:                 {Items: []amount{{1}}},
		`{"items": []}`:                           {Items: []amount{}},
		`{"tags": [1, true]}`:                     {Tags: []string{"1", "true"}},
		``:                                        {},
		`{"ID": "not id", "sTaTe": "no case"}`:    {},
	} {
		r := as(t, body)
		assert.Empty(t, r.Misfits, body)
		assert.Equal(t, want, r.Data, body)
	}
}

func TestAsMisfits(t *testing.T) {
	r := as(t, `{"state": "SUCCESS", "amount": "secret", "paid": 1, "rate": "secret", "items": [{"total": ""}, 5, {"total": 0.5}, {"total": 1e30}, {"total": 2}],
		"at": "yesterday", "score": "high", "tags": "one", "more": []}`)
	assert.Equal(t, []string{
		"amount: a JSON string does not fit wechatpay_test.amount",
		"paid: a JSON number does not fit bool",
		"rate: a JSON string does not fit json.Number",
		"items.0.total: a JSON string does not fit int64",
		"items.1: a JSON number does not fit wechatpay_test.amount",
		"items.2.total: a JSON number does not fit int64",
		"items.3.total: a JSON number does not fit int64",
		"more: a JSON list does not fit wechatpay_test.amount",
		"at: a JSON string does not fit time.Time",
		"score: a JSON string does not fit float64",
	}, r.Misfits)
	assert.Equal(t, "SUCCESS", r.Data.State, "the rest is there")
	assert.EqualValues(t, 2, r.Data.Items[4].Total)
	assert.Equal(t, []string{"one"}, r.Data.Tags)
	assert.Equal(t, "secret", r.Get("amount").String(), "and what did not fit is in the response")

	assert.Equal(t, []string{"the body is not JSON"}, as(t, "a,b\n1,2").Misfits)
	assert.Equal(t, []string{": a JSON list does not fit wechatpay_test.order"}, as(t, "[1]").Misfits)
}

func TestAsKeepsTheError(t *testing.T) {
	own := errors.New("own")
	r, err := wechatpay.As[order](nil, own)
	assert.Same(t, own, err)
	assert.Nil(t, r)
}

func TestPtr(t *testing.T) {
	data, err := json.Marshal(struct {
		A *bool  `json:"a,omitzero"`
		B *int64 `json:"b,omitzero"`
	}{A: wechatpay.Ptr(false)})
	require.NoError(t, err)
	assert.JSONEq(t, `{"a": false}`, string(data))
}
