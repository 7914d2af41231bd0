package guide

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/media"
)

// DownloadTradeBill saves the trade bill of a day, which is China's. It is made on the next day,
// from 10:00 on.
func DownloadTradeBill(ctx context.Context, client *wechatpay.Client, day time.Time, file string) error {
	_, err := client.Chain("v3/bill/tradebill").Download(ctx, file, &wechatpay.DownloadOptions{
		Query: wechatpay.M{
			"bill_date": day.In(time.FixedZone("CST", 8*60*60)).Format(time.DateOnly),
			"bill_type": "ALL",
			"tar_type":  "GZIP",
		},
	})
	return err
}

// A Movement is money of an order: a payment, or a refund, by the number of the shop.
type Movement struct {
	Number string // out_trade_no, or out_refund_no of a refund
	Refund bool   // money that went back; a reversal (撤销) has the number of its order
}

// A Difference is a movement that the books and the bill do not agree on.
type Difference struct {
	Movement

	Books, Bill int64 // in fen; 0 if it is missing
}

// Reconcile compares a bill with the books of the same day. What is in the bill and not in the books, and
// the reverse, is a difference as well.
func Reconcile(file string, books map[Movement]int64) ([]Difference, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()

	bill := make(map[Movement]int64, len(books))
	for row, err := range media.ReadBill(f).Rows("商户订单号", "交易状态", "订单金额", "商户退款单号", "申请退款金额") {
		if err != nil {
			return nil, err // a truncated bill, or a column that is missing: nothing is reconciled
		}
		m, column := Movement{Number: row.Get("商户订单号")}, "订单金额"
		switch state := row.Get("交易状态"); state {
		case "SUCCESS":
		case "REFUND":
			m, column = Movement{row.Get("商户退款单号"), true}, "申请退款金额"
		case "REVOKED": // reversed: all of the order went back
			m, column = Movement{m.Number, true}, "申请退款金额"
		default:
			return nil, fmt.Errorf("交易状态 %q of %s is not known: nothing is reconciled", state, m.Number)
		}
		amount, err := Fen(row.Get(column))
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", column, m.Number, err)
		}
		bill[m] += amount // twice the same row is a difference too
	}

	var all []Difference
	for m, amount := range bill {
		if books[m] != amount {
			all = append(all, Difference{m, books[m], amount})
		}
	}
	for m, amount := range books {
		if _, ok := bill[m]; !ok {
			all = append(all, Difference{m, amount, 0})
		}
	}
	return all, nil
}

// Fen reads an amount in yuan, such as "12.30", without floating point.
func Fen(yuan string) (int64, error) {
	whole, cents, _ := strings.Cut(yuan, ".")
	if len(cents) != 2 {
		return 0, fmt.Errorf("amount %q is not yuan with two decimals", yuan)
	}
	return strconv.ParseInt(whole+cents, 10, 64)
}
