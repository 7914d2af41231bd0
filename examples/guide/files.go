package guide

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/media"
)

// UploadPicture uploads a picture, and returns the id that other calls name it by.
func UploadPicture(ctx context.Context, client *wechatpay.Client, path string) (mediaID string, err error) {
	resp, err := client.Chain("v3/merchant/media/upload").Post(ctx, &wechatpay.Options{
		Body: media.File(path), // or media.Bytes(name, data), media.Reader(name, r, size)
	})
	if err != nil {
		return "", err
	}
	return resp.Get("media_id").String(), nil
}

// SaveTradeBill downloads the trade bill of a day in China to a file.
func SaveTradeBill(ctx context.Context, client *wechatpay.Client, day time.Time, path string) error {
	china := time.FixedZone("CST", 8*60*60)
	bill, err := client.Chain("v3/bill/tradebill").Download(ctx, path, &wechatpay.DownloadOptions{
		Query:    wechatpay.M{"bill_date": day.In(china).Format(time.DateOnly), "bill_type": "ALL", "tar_type": "GZIP"},
		Progress: func(done, _ int64) { fmt.Printf("\r%d bytes", done) },
	})
	if err != nil {
		return err
	}
	fmt.Println("\nsaved", bill.Path, bill.Size, "bytes")
	return nil
}

// PaidByOrder reads a trade bill row by row: the amount in yuan that came in for each order number.
func PaidByOrder(path string) (map[string]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	paid := map[string]string{}
	for row, err := range media.ReadBill(file).Rows("商户订单号", "交易状态", "应结订单金额") {
		if err != nil {
			return nil, err // also where the file is cut off
		}
		if row.Get("交易状态") != "SUCCESS" {
			continue // a refund or a reversal: it has the number of its order
		}
		paid[row.Get("商户订单号")] = row.Get("应结订单金额")
	}
	return paid, nil
}
