package transfer

import (
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

const (
	bills    = "/v3/fund-app/mch-transfer/transfer-bills"
	byBill   = bills + "/out-bill-no/{out_bill_no}"
	sign     = "/v3/fund-app/mch-transfer/elecsign"
	batches  = "/v3/transfer/batches"
	byID     = batches + "/batch-id/{batch_id}"
	byNumber = batches + "/out-batch-no/{out_batch_no}"
	receipts = "/v3/transfer/bill-receipt"
	ofOne    = "/v3/transfer-detail/electronic-receipts"
)

var parts = map[string]func(*turn) (play.Object, error){
	"POST " + bills: createBill,
	"GET " + byBill: getBill,
	"GET " + bills + "/transfer-bill-no/{transfer_bill_no}":      getBill,
	"POST " + byBill + "/cancel":                                 cancelBill,
	"POST " + sign + "/out-bill-no":                              askReceipt(ofBill, viewApplied),
	"GET " + sign + "/out-bill-no/{out_bill_no}":                 getReceipt(ofBill, viewSigned),
	"POST " + sign + "/transfer-bill-no":                         askReceipt(ofBill, viewApplied),
	"GET " + sign + "/transfer-bill-no/{transfer_bill_no}":       getReceipt(ofBill, viewSigned),
	"POST " + batches:                                            createBatch,
	"GET " + byID:                                                getBatch,
	"GET " + byNumber:                                            getBatch,
	"GET " + byID + "/details/detail-id/{detail_id}":             getDetail,
	"GET " + byNumber + "/details/out-detail-no/{out_detail_no}": getDetail,
	"POST " + receipts:                                           askReceipt(ofBatch, viewReceipt),
	"GET " + receipts + "/{out_batch_no}":                        getReceipt(ofBatch, viewReceipt),
	"POST " + ofOne:                                              askReceipt(ofDetail, viewDetailReceipt),
	"GET " + ofOne:                                               getReceipt(ofDetail, viewDetailReceipt),
}

// Handlers returns the handlers of the endpoints by their method and path. The files of
// receipts are those of [Book.File].
func (b *Book) Handlers() map[string]play.Handler {
	played := make(map[string]kit.Part, len(parts))
	for endpoint, f := range parts {
		played[endpoint] = func(t *kit.Turn) (play.Object, error) { return f(&turn{t, b}) }
	}
	return kit.Handlers(&b.mu, played)
}
