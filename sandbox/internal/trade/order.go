package trade

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
)

// The values of trade_state.
const (
	unpaid     = "NOTPAY"
	userPaying = "USERPAYING" // of a payment code: the payer is asked for the password
	payError   = "PAYERROR"   // of a payment code
	paid       = "SUCCESS"
	refunded   = "REFUND" // once a refund is accepted, whatever becomes of it
	closed     = "CLOSED"
	revoked    = "REVOKED" // of a payment code
)

var descriptions = map[string]string{
	unpaid: "订单未支付", userPaying: "用户支付中，需要输入密码", payError: "支付失败，请重新下单支付", paid: "支付成功",
	refunded: "订单发生过退款，退款详情请查询退款单", closed: "订单已关闭", revoked: "订单已撤销",
}

// microPay is the trade_type of payment codes, which have their own rules.
const microPay = "MICROPAY"

const (
	orderLife = 7 * 24 * time.Hour // without time_expire
	tokenLife = 2 * time.Hour      // of a prepay_id and a code_url, whatever time_expire says
	h5Life    = 5 * time.Minute    // of an h5_url
)

// An order is what a payer pays: an order of its own, a combined order, or one of the
// sub-orders of a combined order.
type order struct {
	Owner   string   `json:"owner"`         // the mchid or sp_mchid
	Sub     string   `json:"sub,omitempty"` // the sub_mchid
	Number  string   `json:"number"`
	Combine string   `json:"combine,omitempty"` // of a sub-order: the key of the combined order
	Parts   []string `json:"parts,omitempty"`   // of a combined order: the keys of the sub-orders
	Type    string   `json:"type"`              // trade_type
	Mark    mark     `json:"print,omitzero"`    // of the request
	Body    request  `json:"body"`              // or its part of a sub-order

	State  string        `json:"state"` // as it was left; see turn.stateOf
	Made   time.Time     `json:"made"`
	Expire time.Time     `json:"expire"`
	Token  string        `json:"token,omitempty"` // prepay_id, and what URLs are made of
	Issued time.Time     `json:"issued"`          // the Token
	Life   time.Duration `json:"life,omitempty"`  // of the Token; 0 for one that is not needed

	ID      string    `json:"id,omitempty"` // transaction_id
	PaidAt  time.Time `json:"paid_at"`
	Total   int64     `json:"total"`
	Fee     int64     `json:"fee,omitempty"`
	Sharing bool      `json:"sharing,omitempty"`

	// Of the refunds that are not closed:
	Refunded int64 `json:"refunded,omitempty"`
	FeeBack  int64 `json:"fee_back,omitempty"`
	Refunds  int   `json:"refunds,omitempty"`

	RefundKeys []string `json:"refund_keys,omitempty"` // of all
}

// receiver is the merchant whose money it is.
func (o *order) receiver() string {
	if o.Sub != "" {
		return o.Sub
	}
	return o.Owner
}

// account is where the money of the order goes.
func (o *order) account() string {
	if o.Sharing {
		return ledger.Frozen(o.receiver())
	}
	return ledger.Merchant(o.receiver())
}

func (o *order) isPaid() bool { return !o.PaidAt.IsZero() }

// stateOf is the trade_state now: an order closes by itself.
func (t *turn) stateOf(o *order) string {
	if (o.State == unpaid || o.State == userPaying) && !t.Now.Before(o.Expire) {
		return closed
	}
	return o.State
}

// lapsed tells whether what the payer got to pay with is no longer valid.
func (t *turn) lapsed(o *order) bool {
	return o.Life > 0 && !t.Now.Before(o.Issued.Add(o.Life))
}

// issue gives an order a new prepay_id.
func (t *turn) issue(o *order) {
	sum := sha256.Sum256([]byte(key(o.Owner, o.Number) + kit.Clock(t.Now)))
	o.Issued = t.Now
	o.Token = "wx" + t.Now.In(kit.Shanghai).Format("20060102150405") + hex.EncodeToString(sum[:10])
}

// openid is that of the payer, where the request has none: the same for an AppID.
func openid(appid string) string {
	sum := sha256.Sum256([]byte(appid))
	return "o" + base64.RawURLEncoding.EncodeToString(sum[:])[:27]
}
