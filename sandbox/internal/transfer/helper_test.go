package transfer_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/check"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/transfer"
)

const (
	bills   = "/v3/fund-app/mch-transfer/transfer-bills"
	sign    = "/v3/fund-app/mch-transfer/elecsign"
	batches = "/v3/transfer/batches"
	mchid   = "1900000109"
	other   = "1900000110"
	openid  = "o-MYE42l80oelYMDE34nYD456Xoy"
	appid   = "wxf636efh567hg4356"
	hook    = "https://shop.example.com/transfer"
	funds   = 1_000_000
)

var (
	cst   = time.FixedZone("CST", 8*60*60)
	start = time.Date(2026, 4, 1, 12, 0, 0, 0, cst)
)

// A world is a Book with a ledger and a clock, and what it sent.
type world struct {
	book     *transfer.Book
	ledger   *ledger.Ledger
	handlers map[string]play.Handler
	caller   string
	now      time.Time
	numbers  int
	lenient  bool // whether requests may be other than documented

	mu     sync.Mutex
	events []play.Event
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{ledger: ledger.New(), caller: mchid, now: start}
	w.book = transfer.New(w.ledger)
	w.handlers = w.book.Handlers()
	require.NoError(t, w.ledger.Post(ledger.Entry{At: start, Kind: "pay", From: ledger.World, To: ledger.Merchant(mchid), Amount: funds}))
	return w
}

func (w *world) emit(e play.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

func (w *world) no() string {
	w.numbers++
	return fmt.Sprintf("NO%06d", w.numbers)
}

func (w *world) balance() int64 { return w.ledger.Balance(ledger.Merchant(mchid)) }

func (w *world) held() int64 { return w.ledger.Balance("transfer:" + mchid) }

// paid is what users got.
func (w *world) paid() int64 { return w.ledger.Balance(ledger.World) + funds }

var endpoints = sync.OnceValue(func() []catalogue.Endpoint {
	return slices.DeleteFunc(slices.Clone(catalogue.All()), func(e catalogue.Endpoint) bool {
		return !strings.HasPrefix(e.Path, bills) && !strings.HasPrefix(e.Path, sign) && !strings.HasPrefix(e.Path, "/v3/transfer/") &&
			!strings.HasPrefix(e.Path, "/v3/transfer-detail/")
	})
})

// match returns the endpoint of a path, and its variables.
func match(method, path string) (catalogue.Endpoint, map[string]string) {
	given := strings.Split(path, "/")
	for _, e := range endpoints() {
		vars, named := map[string]string{}, strings.Split(e.Path, "/")
		if e.Method != method || len(named) != len(given) {
			continue
		}
		same := true
		for i, segment := range named {
			if name, isVar := strings.CutPrefix(segment, "{"); isVar {
				vars[strings.TrimSuffix(name, "}")] = given[i]
			} else if segment != given[i] {
				same = false
			}
		}
		if same {
			return e, vars
		}
	}
	panic("no endpoint " + method + " " + path)
}

// do calls an endpoint. Its request and its reply must be as they are documented.
func (w *world) do(t *testing.T, method, path string, body play.Object) (play.Object, *play.Refusal) {
	t.Helper()
	u, err := url.Parse(path)
	require.NoError(t, err)
	e, vars := match(method, u.Path)
	c := &play.Call{Caller: w.caller, Vars: vars, Query: u.Query(), Now: w.now, Emit: w.emit}
	if body != nil {
		c.Body = wire(t, body)
		if !w.lenient {
			require.Nil(t, check.Body(e.JSON, c.Body), "the request is not as documented")
		}
	}
	require.Nil(t, check.Query(e.Query, c.Query))
	require.Nil(t, check.Vars(e.Vars, c.Vars))
	reply, err := w.handlers[e.Method+" "+e.Path](c)
	if err != nil {
		var refusal *play.Refusal
		require.ErrorAs(t, err, &refusal)
		return nil, refusal
	}
	o := wire(t, reply)
	require.Nil(t, check.Body(e.Reply, o), "%s %s: %s", e.Method, e.Path, o.Canonical())
	noOthers(t, e.Reply, map[string]any(o), e.Path)
	return o, nil
}

// ok calls an endpoint that takes the request.
func (w *world) ok(t *testing.T, method, path string, body play.Object) play.Object {
	t.Helper()
	o, refusal := w.do(t, method, path, body)
	require.Nil(t, refusal)
	return o
}

// refused calls an endpoint that refuses the request.
func (w *world) refused(t *testing.T, method, path string, body play.Object, code, message string) {
	t.Helper()
	_, refusal := w.do(t, method, path, body)
	require.NotNil(t, refusal)
	assert.Equal(t, code, refusal.Code, refusal.Message)
	status := map[string]int{"INVALID_REQUEST": 400, "PARAM_ERROR": 400, "NOT_ENOUGH": 403, "NOT_FOUND": 404}[code]
	assert.Equal(t, status, refusal.Status)
	assert.Contains(t, refusal.Message, message)
}

func wire(t *testing.T, value any) play.Object {
	t.Helper()
	data, err := json.Marshal(value)
	require.NoError(t, err)
	o, err := play.ParseObject(data)
	require.NoError(t, err)
	return o
}

func noOthers(t *testing.T, fields catalogue.Fields, value any, where string) {
	t.Helper()
	switch v := value.(type) {
	case []any:
		for _, element := range v {
			noOthers(t, fields, element, where)
		}
	case map[string]any:
		for name, inner := range v {
			i := slices.IndexFunc(fields, func(f catalogue.Field) bool { return f.Name == name })
			require.GreaterOrEqual(t, i, 0, "%s: %s is not documented", where, name)
			noOthers(t, fields[i].Fields, inner, where+"."+name)
		}
	}
}

func set(o play.Object, name string, value any) play.Object { return o.With(play.Object{name: value}) }

func infos(types ...string) []any {
	list := make([]any, len(types))
	for i, kind := range types {
		list[i] = map[string]any{"info_type": kind, "info_content": "内容"}
	}
	return list
}

// billing is the body of a transfer.
func (w *world) billing(amount int) play.Object {
	return play.Object{
		"appid": appid, "out_bill_no": w.no(), "openid": openid, "transfer_amount": amount, "transfer_remark": "活动奖励",
		"notify_url": hook, "transfer_scene_id": "1000", "transfer_scene_report_infos": infos("活动名称", "奖励说明"),
	}
}

// transfer creates a bill of a user with a name, and returns its number.
func (w *world) transfer(t *testing.T, amount int) string {
	t.Helper()
	return w.ok(t, "POST", bills, set(w.billing(amount), "user_name", "张三")).Text("out_bill_no")
}

func (w *world) get(t *testing.T, no string) play.Object {
	t.Helper()
	return w.ok(t, "GET", bills+"/out-bill-no/"+no, nil)
}

func (w *world) cancel(t *testing.T, no string) play.Object {
	t.Helper()
	return w.ok(t, "POST", bills+"/out-bill-no/"+no+"/cancel", nil)
}

// batching is the body of a batch.
func (w *world) batching(amounts ...int) play.Object {
	details, sum := make([]any, len(amounts)), 0
	for i, amount := range amounts {
		sum += amount
		details[i] = map[string]any{
			"out_detail_no": fmt.Sprintf("DETAIL%d", i), "transfer_amount": amount, "transfer_remark": "报销",
			"openid": fmt.Sprint(openid, i), "user_name": "张三",
		}
	}
	return play.Object{
		"appid": appid, "out_batch_no": w.no(), "batch_name": "报销单", "batch_remark": "四月", "total_amount": sum,
		"total_num": len(amounts), "transfer_detail_list": details, "transfer_scene_id": "1001", "notify_url": hook,
	}
}

func (w *world) batch(t *testing.T, amounts ...int) string {
	t.Helper()
	return w.ok(t, "POST", batches, w.batching(amounts...)).Text("out_batch_no")
}

func (w *world) getBatch(t *testing.T, no, query string) play.Object {
	t.Helper()
	return w.ok(t, "GET", batches+"/out-batch-no/"+no+"?"+query, nil)
}
