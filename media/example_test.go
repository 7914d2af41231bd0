package media_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/wechatpay-chain/wechatpay/media"
)

const exampleBill = "交易时间,商户订单号,应结订单金额,商品名称\n" +
	"`2026-11-30 09:12:44,`order1,`1.00,`Tea, green\n" +
	"`2026-11-30 10:01:02,`order2,`2.50,`Cup\n" +
	"总交易单数,应结订单总金额\n" +
	"`2,`3.50\n"

func ExampleReadBill() {
	bill := media.ReadBill(strings.NewReader(exampleBill))
	for row, err := range bill.Rows("商户订单号", "应结订单金额") { // the columns that there must be
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(row.Get("商户订单号"), row.Get("应结订单金额"), row.Get("商品名称"))
	}
	fmt.Println(bill.Summary().Get("应结订单总金额"))
	// Output:
	// order1 1.00 Tea, green
	// order2 2.50 Cup
	// 3.50
}

func ExampleSave() {
	folder, err := os.MkdirTemp("", "bill")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(folder) }()
	path := filepath.Join(folder, "trade.csv")
	err = media.Save(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, "half a b"); err != nil {
			return err
		}
		return io.ErrUnexpectedEOF // the connection broke
	})
	_, missing := os.Stat(path)
	fmt.Println(err != nil, os.IsNotExist(missing)) // half a bill is not left behind
	// Output: true true
}

func ExampleChecksum_Matches() {
	sum := media.Checksum{Type: "SHA1", Value: "A9993E364706816ABA3E25717850C26C9CD0D89D"} // of the reply
	fmt.Println(sum.Matches([]byte("abc")), sum.Matches([]byte("abd")))
	// Output: true false
}
