package transfer

import (
	"errors"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// held is the account of what a merchant's transfers hold.
func held(mchid string) string { return "transfer:" + mchid }

// hold takes what the merchant transfers, or refuses.
func (t *turn) hold(amount int64, number, id string) error {
	err := t.post("transfer_hold", ledger.Merchant(t.Caller), held(t.Caller), amount, number, id)
	if errors.Is(err, ledger.ErrShort) {
		return play.Refuse(403, "NOT_ENOUGH", "资金不足，请充值后使用原单号重试")
	}
	return err
}

// pay and giveBack move what is held, of which there is enough.
func (t *turn) pay(mchid string, amount int64, number, id string) {
	_ = t.post("transfer", held(mchid), ledger.World, amount, number, id)
}

func (t *turn) giveBack(mchid string, amount int64, number, id string) {
	_ = t.post("transfer_release", held(mchid), ledger.Merchant(mchid), amount, number, id)
}

func (t *turn) post(kind, from, to string, amount int64, number, id string) error {
	return t.book.ledger.Post(ledger.Entry{At: t.Now, Kind: kind, From: from, To: to, Amount: amount, Number: number, ID: id})
}
