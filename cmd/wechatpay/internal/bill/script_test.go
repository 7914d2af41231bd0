package bill_test

import (
	"io"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/clitest"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

const trades = "\ufeff交易时间,商户订单号,应结订单金额,商品名称\r\n" +
	"`2026-11-23 10:00:00,`1217752501201407033233368018,`0.01,`Image形象店\r\n" +
	"`2026-11-23 10:00:01,`T2,`-12.50,`a,\"b\",c\r\n" +
	"总交易单数,应结订单总金额\r\n" +
	"`2,`-12.49\r\n"

const funds = "记账时间,资金流水单号,收支金额(元)\n`2026-11-23 10:00:00,`F1,`0.01\n" +
	"资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\n`1,`1,`0.01,`0,`0.00"

func TestMain(m *testing.M) { clitest.Main(m) }

func TestScripts(t *testing.T) {
	clitest.Run(t, func(_ *testscript.Env, gateway *sandbox.Gateway) error {
		for path, text := range map[string]string{"/v3/bill/tradebill": trades, "/v3/bill/fundflowbill": funds} {
			gateway.PutBill(path, func(w io.Writer) error {
				_, err := io.WriteString(w, text)
				return err
			})
		}
		return nil
	})
}
