package batch_test

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/batch"
)

func Example() {
	var client *wechatpay.Client // of wechatpay.New
	refunds, err := os.Open("refunds.ndjson")
	if err != nil {
		log.Fatal(err)
	}
	store, err := batch.Embedded("refunds.store")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	report := json.NewEncoder(os.Stdout)
	jobs := batch.Bodies(refunds, batch.Job{Path: "v3/refund/domestic/refunds"})
	for result, err := range batch.Run(context.Background(), batch.Config{Client: client, Store: store}, jobs) {
		if err != nil {
			log.Print(err) // run it again
			break
		}
		_ = report.Encode(result)
	}
}
