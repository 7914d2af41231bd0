package sharing_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// BenchmarkShare pays an order, shares it and has a part returned, among others.
func BenchmarkShare(b *testing.B) {
	for _, others := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(others, " orders"), func(b *testing.B) {
			w := newWorld(b)
			call := func(path string, body play.Object) {
				_, err := w.Handlers["POST "+path](&play.Call{Caller: mchid, Now: w.Now, Emit: func(play.Event) {}, Body: body})
				require.NoError(b, err)
			}
			call(adds, play.Object{"appid": appid, "relation_type": "STORE", "name": "x"}.With(merchant(shop, 0)))
			live := func() {
				body := w.sharing(w.pay(b, mchid, 10_000, 0), merchant(shop, 100))
				call(shares, body)
				w.book.Tick(w.Now, nil)
				call(returns, w.returning(body, shop, 50))
			}
			for range others {
				live()
			}
			b.ReportAllocs()
			for b.Loop() {
				live()
			}
			require.Positive(b, w.ledger.Balance(ledger.Merchant(shop)))
		})
	}
}
