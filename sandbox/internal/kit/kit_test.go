package kit_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestAShelfDropsTheOldestThatIsFinished(t *testing.T) {
	t.Parallel()
	var s kit.Shelf[bool]
	var gone []string
	put := func(key string, finished bool) {
		s.Add(key, &finished, 3, func(done *bool) bool { return *done }, func(key string, _ *bool) { gone = append(gone, key) })
	}
	put("a", false)
	put("b", true)
	put("c", true)
	require.Empty(t, gone)
	put("d", true)
	assert.Equal(t, []string{"b"}, gone)
	put("e", true)
	assert.Equal(t, []string{"b", "c"}, gone)
	assert.NotNil(t, s.Get("a"), "it is not finished")
	require.NoError(t, s.Whole())

	var open kit.Shelf[bool]
	for i := range 1000 {
		open.Add(fmt.Sprint(i), new(bool), 50, func(*bool) bool { return false }, func(string, *bool) {})
	}
	assert.Len(t, open.Items, 50, "memory is bounded in any case")
	assert.NotNil(t, open.Get("999"), "the newest stays")
	require.NoError(t, open.Whole())
}

func TestFees(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name        string
		amount, fee int64
	}{{"a fen", 1, 0}, {"83 fen", 83, 0}, {"84 fen", 84, 1}, {"6.90 yuan", 690, 4}, {"100 yuan", 10000, 60}} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.fee, kit.Fee(row.amount))
			l := ledger.New()
			kit.Receive(l, time.Unix(0, 0), kit.Payment{MchID: "1", Number: "n", TransactionID: "i", Amount: row.amount})
			assert.Equal(t, row.amount-row.fee, l.Balance(ledger.Merchant("1")))
			assert.Equal(t, row.fee, l.Balance(ledger.Fees))
			entry := l.Between(time.Unix(0, 0), time.Unix(1, 0))[0]
			assert.Equal(t, []string{"pay", "n", "i", "i"}, []string{entry.Kind, entry.Number, entry.ID, entry.Order})
		})
	}
}

func TestAddressesOfWebhooks(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, address string
		taken         bool
	}{
		{"none", "", true},
		{"https", "https://shop.example.com/a", true},
		{"this machine by http", "http://127.0.0.1:8080/a", true},
		{"this machine by name", "http://localhost/a", true},
		{"http", "http://shop.example.com/a", false},
		{"a query", "https://shop.example.com/a?b", false},
		{"an empty query", "https://shop.example.com/a?", false},
		{"a fragment", "https://shop.example.com/a#b", false},
		{"a user", "https://u@shop.example.com/a", false},
		{"no host", "https:///a", false},
		{"no URL", "https://%", false},
		{"257 characters", "https://shop.example.com/" + strings.Repeat("x", 232), false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := kit.NotifyURL(play.Object{"url": row.address}, "url")
			if row.taken {
				require.NoError(t, err)
				return
			}
			kittest.Same(t, err, "PARAM_ERROR", 0, "/url")
		})
	}
}

func TestWholeNumbers(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, value string
		taken       bool
	}{{"the least", "1", true}, {"the most", "9", true}, {"too little", "0", false}, {"too much", "10", false}, {"a fraction", "1.5", false}, {"an exponent", "1e0", false}} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := kit.Whole(play.Object{"n": json.Number(row.value)}, "/o", "n", 1, 9)
			assert.Equal(t, row.taken, err == nil)
		})
	}
}

func TestLengths(t *testing.T) {
	t.Parallel()
	for text, taken := range map[string]bool{"": false, "长": true, "长长": true, "长长长": false} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			err := kit.Length(play.Object{"text": text}, "/o", "text", 1, 2)
			if taken {
				require.NoError(t, err)
				return
			}
			kittest.Same(t, err, "PARAM_ERROR", 0, "/o/text")
		})
	}
}

func TestAMapIsMadeOnce(t *testing.T) {
	t.Parallel()
	var m map[string]int
	kit.Made(&m)
	m["a"] = 1
	kit.Made(&m)
	assert.Equal(t, map[string]int{"a": 1}, m)
}

func TestForms(t *testing.T) {
	t.Parallel()
	late := time.Date(2026, 3, 31, 16, 30, 0, 0, time.UTC)
	assert.Equal(t, "2026-04-01T00:30:00+08:00", kit.Clock(late))
	assert.Equal(t, "2026-04-01", kit.Day(late))
	assert.Equal(t, "4200000060202604010000000007", kit.TransactionID("000060", late, 7))
	assert.Empty(t, kit.SubMchid("1", "2"))
	for _, sub := range []string{"", "x", "1"} {
		assert.NotEmpty(t, kit.SubMchid("1", sub), sub)
	}
	assert.Equal(t, kit.Digest("a\nb"), kit.Digest("a", "b"))
	assert.NotEqual(t, kit.Digest("a", "b"), kit.Digest("ab"))
	assert.NotEqual(t, kit.Print(nil, play.Object{"a": 1}), kit.Print(map[string]string{"id": "1"}, play.Object{"a": 1}))
}

func TestReplies(t *testing.T) {
	t.Parallel()
	var fields catalogue.Fields
	require.NoError(t, fields.UnmarshalText([]byte("a b{c} l[]{d} any:object n")))
	o := play.Object{
		"a": "1", "b": play.Object{"c": "2", "x": 0}, "l": []any{play.Object{"d": "3", "x": 0}}, "any": play.Object{"x": 0}, "n": nil, "x": 0,
	}
	assert.JSONEq(t, `{"a":"1","b":{"c":"2"},"l":[{"d":"3"}],"any":{"x":0}}`, kit.Shape(fields, o).Canonical())
	assert.Panics(t, func() { kit.Handlers(&sync.Mutex{}, map[string]kit.Part{"GET /nowhere": nil}) })
}

func TestWhatIsForLaterWaitsForTheLock(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var sent []string
	emit := func(e play.Event) { mu.Lock(); defer mu.Unlock(); sent = append(sent, e.URL) }
	n, err := kit.Act(&mu, time.Time{}, emit, "1", func(t *kit.Turn) (int, error) {
		t.Tell(play.Event{URL: "a"})
		t.Later(func() { emit(play.Event{URL: "not a webhook"}) })
		t.Tell(play.Event{})
		t.Tell(play.Event{URL: "b"})
		return 7, nil
	})
	require.NoError(t, err)
	assert.Equal(t, 7, n)
	assert.True(t, slices.Equal([]string{"a", "not a webhook", "b"}, sent), "nothing goes nowhere")
}
