package payout

import (
	"fmt"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/wire"
)

const (
	packetLife = 24 * time.Hour // until a red packet that nobody took goes back
	leastFree  = 100            // fen that need no scene_id
	mostFree   = 20_000
)

// send is mmpaymkttransfers/sendredpack: the money waits for the user for a day.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011974053
func (b *Book) send(t *kit.Turn) (play.Object, error) {
	amount, number := t.Body.Int("total_amount"), t.Body.Text("mch_billno")
	switch {
	case !numberForm.MatchString(number) || len(number) > 28:
		return nil, wire.ParamError("mch_billno", "应为 1 到 28 个数字或字母")
	case t.Body.Int("total_num") != 1:
		return nil, wire.ParamError("total_num", "普通红包的人数应为 1")
	case amount < 1:
		return nil, wire.ParamError("total_amount", "应为正整数")
	case (amount < leastFree || amount > mostFree) && !t.Body.Has("scene_id"):
		return nil, wire.ParamError("scene_id", fmt.Sprintf("金额小于 %d 或大于 %d 分时必填", leastFree, mostFree))
	}
	p, fresh, err := b.pay(t, &b.state.Packets, number, "redpack", amount)
	if err != nil {
		return nil, err
	}
	if fresh {
		b.state.Waiting = append(b.state.Waiting, key(t.Caller, number))
	}
	return p.Body.Only("mch_billno", "mch_id", "wxappid", "re_openid", "total_amount").With(play.Object{"send_listid": p.ID}), nil
}

// queryPacket is mmpaymkttransfers/gethbinfo.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011981612
func (b *Book) queryPacket(t *kit.Turn) (play.Object, error) {
	p := b.state.Packets.Get(key(t.Caller, t.Body.Text("mch_billno")))
	if p == nil {
		return nil, refuse("NOT_FOUND", "指定单号数据不存在")
	}
	o := p.Body.Only("mch_billno", "mch_id", "wishing", "remark", "act_name").With(play.Object{
		"detail_id": p.ID, "status": "SENT", "send_type": "API", "hb_type": "NORMAL", "total_num": 1, "total_amount": p.Amount, "send_time": spaced(p.Made),
	})
	switch {
	case !p.Received.IsZero():
		o["status"] = "RECEIVED"
		o["hblist"] = play.Object{"hbinfo": []any{play.Object{"openid": p.Body["re_openid"], "amount": p.Amount, "rcv_time": spaced(p.Received)}}}
	case !p.Returned.IsZero():
		o["status"], o["refund_time"], o["refund_amount"] = "REFUND", spaced(p.Returned), p.Amount
	}
	return o, nil
}

// Receive has the user take a red packet of the caller, within a day. It does nothing where the
// user has taken it. The error is a [*play.Refusal].
func (b *Book) Receive(now time.Time, caller, number string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.giveBack(now)
	p := b.state.Packets.Get(key(caller, number))
	switch {
	case p == nil:
		return refuse("NOT_FOUND", "指定单号数据不存在")
	case !p.Returned.IsZero():
		return refuse("REFUND", "红包已退回商户")
	case p.Received.IsZero():
		p.Received = now
	}
	return nil
}

// Tick brings red packets back that nobody took.
func (b *Book) Tick(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.giveBack(now)
}

func (b *Book) giveBack(now time.Time) {
	for len(b.state.Waiting) > 0 { // oldest first
		p := b.state.Packets.Get(b.state.Waiting[0])
		if p != nil && now.Before(p.Made.Add(packetLife)) {
			return
		}
		b.state.Waiting = b.state.Waiting[1:]
		if p == nil || !p.Received.IsZero() {
			continue
		}
		p.Returned = p.Made.Add(packetLife)
		err := b.ledger.Post(ledger.Entry{At: now, Kind: "redpack_back", From: ledger.World, To: ledger.Merchant(p.Caller), Amount: p.Amount, Number: p.Number, ID: p.ID})
		if err != nil {
			panic("sandbox: " + err.Error()) // nobody loses by it who has a limit
		}
	}
}
