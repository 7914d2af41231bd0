// Package contract plays deductions that users agreed to (委托代扣): contracts that are signed
// in advance of any payment, the schedules of deductions, the deductions, and the same of
// insurances, for merchants and partners. It knows nothing of HTTP and of signatures.
//
// Other products with contracts of their own (平台收付通, 教育续费通, 跨境) are not played. Where
// the pages name no status and code of a refusal, it is 400 INVALID_REQUEST, and 404
// RESOURCE_NOT_EXISTS for what does not exist or is another's.
package contract

import (
	"errors"
	"slices"
	"sync"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A Book holds the contracts and deductions of all callers. Its field is set before its first
// use; its methods are safe for concurrent use.
type Book struct {
	// Limit is how many contracts are kept, and as many deductions; 1,000,000 where it is 0.
	// The oldest that are finished are dropped first.
	Limit int

	ledger *ledger.Ledger

	mu    sync.Mutex
	state state
	byID  map[string]*contract // by contract_id
}

// A state is all that a Book knows, as it is saved.
type state struct {
	Seq       int64               `json:"seq"` // of the last id that was given
	Contracts kit.Shelf[contract] `json:"contracts"`
	Debits    kit.Shelf[debit]    `json:"debits"` // by caller and out_trade_no
}

// New returns an empty Book, whose deductions are booked in l.
func New(l *ledger.Ledger) *Book { return &Book{ledger: l, byID: map[string]*contract{}} }

func (b *Book) next() int64 {
	b.state.Seq++
	return b.state.Seq
}

// Save returns all that the Book knows as JSON, for [Book.Load]. Its field and the money are
// not part.
func (b *Book) Save() ([]byte, error) { return kit.Save(&b.mu, "contract", &b.state) }

// Load replaces all that the Book knows by what Save returned. After an error the Book is as
// it was.
func (b *Book) Load(data []byte) error {
	s, err := kit.Load("contract", data, func(s *state) error {
		for _, c := range s.Contracts.Items {
			if c != nil && slices.Contains(c.Periods, nil) {
				return errors.New("a contract has a period that is null")
			}
		}
		return kit.First(s.Contracts.Whole(), s.Debits.Whole())
	})
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state, b.byID = *s, map[string]*contract{}
	for _, c := range s.Contracts.Items {
		b.byID[c.ID] = c
	}
	return nil
}

// A kind is what a contract is for.
type kind string

const (
	plain     kind = "plain"     // deductions at any time
	scheduled kind = "scheduled" // one that was scheduled
	insurance kind = "insurance" // those of its periods, scheduled one by one
)

// Handlers returns the handlers of all endpoints, by their method and path.
func (b *Book) Handlers() map[string]play.Handler {
	const papay = "/v3/papay/"
	byCode := "/plan-id/{plan_id}/out-contract-code/{out_contract_code}"
	period := papay + "insurance-pay/policy-periods/contract-id/{contract_id}/policy-period-id/{policy_period_id}"
	parts := map[string]kit.Part{
		"POST " + papay + "sign/contracts/pre-entrust-sign":                                               b.presign(side{}, plain),
		"GET " + papay + "sign/contracts/harmony-plan-id/{plan_id}/out-contract-code/{out_contract_code}": b.query(side{}, plain),
		"POST " + papay + "pay/harmony/transactions/apply":                                                b.apply(side{}),

		"GET " + papay + "insurance-sign/contracts" + byCode:                                                 b.query(side{}, insurance),
		"POST " + papay + "insurance-sign/contracts" + byCode + "/terminate":                                 b.terminate(side{}, insurance),
		"GET " + papay + "insurance-sign/policy_periods" + byCode:                                            b.periods,
		"POST " + papay + "insurance-sign/contracts/plan-id/{plan_id}/contract-id/{contract_id}/renew":       b.renew,
		"POST " + papay + "insurance-sign/policy-periods/plan-id/{plan_id}/contract-id/{contract_id}/modify": b.modify,
		"GET " + period:                                      b.getSchedule(side{}),
		"POST " + period + "/schedule":                       b.schedule(side{}),
		"POST " + papay + "insurance-pay/transactions/apply": b.apply(side{}),
	}
	for part, s := range map[string]side{"": {}, "partner/": {true}} {
		sign, pay := papay+"sign/"+part+"contracts"+byCode, papay+"pay/"+part
		schedules := pay + "schedules/contract-id/{contract_id}"
		parts["GET "+sign] = b.query(s, plain)
		parts["POST "+sign+"/terminate"] = b.terminate(s, plain)
		parts["GET "+schedules] = b.getSchedule(s)
		parts["POST "+schedules+"/schedule"] = b.schedule(s)
		parts["POST "+pay+"transactions/apply"] = b.apply(s)
		for _, scene := range []string{"app", "h5", "jsapi", "mini-program"} {
			parts["POST "+papay+"scheduled-deduct-sign/"+part+"contracts/pre-entrust-sign/"+scene] = b.presign(s, scheduled)
			parts["POST "+papay+"insurance-sign/contracts/pre-entrust-sign/"+scene] = b.presign(side{}, insurance)
		}
	}
	for base, s := range map[string]side{papay: {}, "/v3/partner-papay/": {true}} {
		parts["POST "+base+"contracts/{contract_id}/notify"] = b.notify(s)
		parts["POST "+base+"contracts/{contract_id}/fail-notify"] = b.notify(s)
	}
	return kit.Handlers(&b.mu, parts)
}

// A side is who calls: a merchant, or a partner for one of its merchants.
type side struct{ partner bool }

// sub returns the sub_mchid of a partner's request, and "" of a merchant's.
func (s side) sub(t *kit.Turn) (string, error) {
	if !s.partner {
		return "", nil
	}
	location, field, sub := "body", "/sub_mchid", t.Body.Text("sub_mchid")
	if t.Query.Has("sub_mchid") {
		location, field, sub = "query", "sub_mchid", t.Query.Get("sub_mchid")
	}
	if issue := kit.SubMchid(t.Caller, sub); issue != "" {
		return "", play.WrongField(location, field, issue)
	}
	return sub, nil
}
