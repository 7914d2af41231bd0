package contract_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/contract"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

const (
	caller  = "1900000109"
	subShop = "1900000110"
	openid  = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
	hook    = "https://shop.example.com/contracts"
	paid    = "https://shop.example.com/paid"
	papay   = "/v3/papay/"
	plan    = 12535
	day     = 24 * time.Hour
)

// A world is a Book as one of the two sides calls it.
type world struct {
	*kittest.World
	t       *testing.T // for the functions of tables
	book    *contract.Book
	ledger  *ledger.Ledger
	partner bool
}

func newWorld(t *testing.T, partner bool) *world {
	t.Helper()
	l := ledger.New()
	w := &world{t: t, book: contract.New(l), ledger: l, partner: partner}
	w.World = kittest.New(w.book.Handlers())
	return w
}

// sides runs a test as a merchant and as a partner.
func sides(t *testing.T, test func(w *world)) {
	t.Helper()
	for name, partner := range map[string]bool{"merchant": false, "partner": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newWorld(t, partner))
		})
	}
}

func (w *world) part() string {
	if w.partner {
		return "partner/"
	}
	return ""
}

func (w *world) sub() string {
	if w.partner {
		return subShop
	}
	return ""
}

func (w *world) payee() string {
	if w.partner {
		return subShop
	}
	return caller
}

// of is a body that names whose it is.
func (w *world) of(values play.Object) play.Object {
	if w.partner {
		return play.Object{"sp_appid": "wxsp", "sub_mchid": subShop, "sub_appid": "wxsub"}.With(values)
	}
	return play.Object{"appid": "wx1"}.With(values)
}

func fen(n int) play.Object { return play.Object{"total": n, "currency": "CNY"} }

// presigned is a body about a deduction of at most 1000 from the third of April on.
func (w *world) presigned(code string) play.Object {
	return w.of(play.Object{
		"plan_id": plan, "out_contract_code": code, "contract_display_account": "微信代扣", "contract_notify_url": hook, "out_user_code": "u",
		"deduct_schedule": play.Object{"estimated_deduct_date": "2026-04-03", "estimated_deduct_amount": fen(1000), "description": "x"},
	})
}

func (w *world) presigning(scene string) string {
	return papay + "scheduled-deduct-sign/" + w.part() + "contracts/pre-entrust-sign/" + scene
}

func (w *world) sign(code string) (string, error) {
	sub := ""
	if w.partner {
		sub = "sub-openid"
	}
	return w.book.Sign(w.Now, w.Emit, w.Caller, w.sub(), plan, code, openid, sub)
}

// signed makes a contract of a scheduled deduction.
func (w *world) signed(t *testing.T, code string) (contractID string) {
	t.Helper()
	w.OK(t, "POST", w.presigning("app"), w.presigned(code))
	id, err := w.sign(code)
	require.NoError(t, err)
	return id
}

// plainly makes a contract of deductions at any time, which only merchants have.
func (w *world) plainly(t *testing.T, code string) (contractID string) {
	t.Helper()
	body := kittest.With(w.presigned(code), "deduct_schedule", nil).With(play.Object{
		"sign_scene": "SIGN_SCENE_APP", "device_info": play.Object{
			"device_type": "DEVICE_TYPE_TV", "device_os": "x", "device_id": "x", "device_running_as_root": false, "device_ip": "1.1.1.1",
			"weixin_installed": true, "weixin_version": "8.0", "days_since_first_login": "DAYS_SINCE_FIRST_LOGIN_UNKNOW",
		},
	})
	w.OK(t, "POST", papay+"sign/contracts/pre-entrust-sign", body)
	id, err := w.sign(code)
	require.NoError(t, err)
	return id
}

func (w *world) byCode(code string) string {
	target := fmt.Sprintf("%ssign/%scontracts/plan-id/%d/out-contract-code/%s", papay, w.part(), plan, code)
	if w.partner {
		target += "?sub_mchid=" + subShop
	}
	return target
}

func (w *world) get(t *testing.T, code string) play.Object {
	t.Helper()
	return w.OK(t, "GET", w.byCode(code), nil)
}

func (w *world) ending(code string) (target string, body play.Object) {
	target, _, _ = strings.Cut(w.byCode(code), "?")
	body = play.Object{"contract_termination_remark": "不再提供"}
	if w.partner {
		body["sub_mchid"] = subShop
	}
	return target + "/terminate", body
}

func (w *world) terminate(t *testing.T, code string) play.Object {
	t.Helper()
	target, body := w.ending(code)
	return w.OK(t, "POST", target, body)
}

func (w *world) scheduling(id string) string {
	return papay + "pay/" + w.part() + "schedules/contract-id/" + id + "/schedule"
}

func (w *world) scheduled(amount int) play.Object {
	return w.of(play.Object{"schedule_amount": fen(amount)})
}

func (w *world) scheduleOf(t *testing.T, id string) play.Object {
	t.Helper()
	target := strings.TrimSuffix(w.scheduling(id), "/schedule")
	if w.partner {
		target += "?sub_mchid=" + subShop
	}
	return w.OK(t, "GET", target, nil)
}

func (w *world) applying() string { return papay + "pay/" + w.part() + "transactions/apply" }

func (w *world) applied(id, no string, amount int) play.Object {
	return w.of(play.Object{
		"out_trade_no": no, "description": "会员", "transaction_notify_url": paid, "contract_id": id, "amount": fen(amount), "attach": "a",
	})
}

func (w *world) pay(no string) error {
	_, err := w.book.Pay(w.Now, w.Emit, w.Caller, no)
	return err
}

// third is noon of the third of April, when deductions begin.
func (w *world) third() { w.Now = w.Now.Add(2 * day) }
