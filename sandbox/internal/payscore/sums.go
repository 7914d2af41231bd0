package payscore

import (
	"strconv"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// What an item and a list of them may have; 100 payments and 30 discounts, as the interface
// pages say.
const (
	mostAmount    = 1_000_000_000_000
	mostPayments  = 100
	mostDiscounts = 30
)

func checkItems(body play.Object, name string, most int) error {
	list := body.List(name)
	if len(list) > most {
		return kit.Wrong("/"+name, "应不超过 "+strconv.Itoa(most)+" 项")
	}
	for i, item := range list {
		at := "/" + name + "/" + strconv.Itoa(i)
		err := kit.First(
			kit.Whole(item, at, "amount", 1, mostAmount), kit.Whole(item, at, "count", 1, 100),
			kit.Longest(item, at, "name", 20), kit.Longest(item, at, "description", 32))
		if err != nil {
			return err
		}
	}
	return nil
}

// checkEstimate checks the items of a new order, whose amounts may be unknown.
func checkEstimate(body play.Object) error {
	for i, item := range body.List("post_payments") {
		if !item.Has("amount") && item.Text("description") == "" {
			return kit.Wrong("/post_payments/"+strconv.Itoa(i)+"/amount", "amount 和 description 应至少填写一个")
		}
	}
	return kit.First(checkItems(body, "post_payments", mostPayments), checkItems(body, "post_discounts", mostDiscounts))
}

// checkSum checks what an order costs in the end: total_amount is the payments less the
// discounts. The count of an item multiplies nothing.
func checkSum(body play.Object) (total int64, err error) {
	err = kit.First(
		kit.Needed(body, "", "post_payments"), checkItems(body, "post_payments", mostPayments),
		checkItems(body, "post_discounts", mostDiscounts), kit.Whole(body, "", "total_amount", 0, mostAmount))
	if err != nil {
		return 0, err
	}
	for _, name := range []string{"post_payments", "post_discounts"} {
		for i, item := range body.List(name) {
			if err := kit.Needed(item, "/"+name+"/"+strconv.Itoa(i), "amount"); err != nil {
				return 0, err
			}
			if amount := item.Int("amount"); name == "post_payments" {
				total += amount
			} else {
				total -= amount
			}
		}
	}
	if total < 0 || body.Has("total_amount") && body.Int("total_amount") != total {
		return 0, kit.Wrong("/total_amount", "最终总金额计算非法")
	}
	return total, nil
}
