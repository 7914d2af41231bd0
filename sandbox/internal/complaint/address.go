package complaint

import (
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func noAddress() error { return kit.Missing(0, "投诉通知回调地址不存在") }

func (b *Book) address(t *kit.Turn) (play.Object, error) {
	address, ok := b.state.Notify[t.Caller]
	if !ok {
		return nil, noAddress()
	}
	return play.Object{"mchid": t.Caller, "url": address}, nil
}

// setAddress sets the first address; another has to be changed or deleted.
func (b *Book) setAddress(t *kit.Turn) (play.Object, error) {
	known, ok := b.state.Notify[t.Caller]
	if ok && known != t.Body.Text("url") {
		return nil, kit.Refuse(400, "ALREADY_EXISTS", 0, "投诉通知回调地址已存在")
	}
	return b.put(t)
}

func (b *Book) changeAddress(t *kit.Turn) (play.Object, error) {
	if _, ok := b.state.Notify[t.Caller]; !ok {
		return nil, noAddress()
	}
	return b.put(t)
}

func (b *Book) put(t *kit.Turn) (play.Object, error) {
	if err := kit.NotifyURL(t.Body, "url"); err != nil {
		return nil, err
	}
	b.state.Notify[t.Caller] = t.Body.Text("url")
	return b.address(t)
}

func (b *Book) deleteAddress(t *kit.Turn) (play.Object, error) {
	if _, ok := b.state.Notify[t.Caller]; !ok {
		return nil, noAddress()
	}
	delete(b.state.Notify, t.Caller)
	return nil, nil
}
