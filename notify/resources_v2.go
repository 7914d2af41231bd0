package notify

// A TransactionV2 is a payment of APIv2, or a deduction by contract. Compare the amount with
// that of the order. Other fields are read by [Event.Get].
//
// It is the resource of V2.TRANSACTION.SUCCESS and V2.TRANSACTION.FAIL.
//
// https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=9_7&index=8
type TransactionV2 struct {
	AppID              string   `json:"appid,omitzero"`
	MchID              string   `json:"mch_id,omitzero"`
	SubAppID           string   `json:"sub_appid,omitzero"`
	SubMchID           string   `json:"sub_mch_id,omitzero"`
	DeviceInfo         string   `json:"device_info,omitzero"`
	ResultCode         string   `json:"result_code,omitzero"`
	ErrCode            string   `json:"err_code,omitzero"`
	ErrCodeDes         string   `json:"err_code_des,omitzero"`
	OpenID             string   `json:"openid,omitzero"`
	SubOpenID          string   `json:"sub_openid,omitzero"`
	IsSubscribe        string   `json:"is_subscribe,omitzero"`
	TradeType          string   `json:"trade_type,omitzero"`
	TradeState         string   `json:"trade_state,omitzero"` // of a deduction
	BankType           string   `json:"bank_type,omitzero"`
	TotalFee           int64    `json:"total_fee,omitzero"` // in fen, as all amounts
	SettlementTotalFee int64    `json:"settlement_total_fee,omitzero"`
	FeeType            string   `json:"fee_type,omitzero"`
	CashFee            int64    `json:"cash_fee,omitzero"`
	CashFeeType        string   `json:"cash_fee_type,omitzero"`
	CouponFee          int64    `json:"coupon_fee,omitzero"`
	CouponCount        int64    `json:"coupon_count,omitzero"`
	CouponTypes        []string `json:"coupon_type_$n,omitzero"`
	CouponIDs          []string `json:"coupon_id_$n,omitzero"`
	CouponFees         []int64  `json:"coupon_fee_$n,omitzero"`
	TransactionID      string   `json:"transaction_id,omitzero"`
	OutTradeNo         string   `json:"out_trade_no,omitzero"`
	Attach             string   `json:"attach,omitzero"`
	TimeEnd            string   `json:"time_end,omitzero"` // such as 20141030133525, in China's time
	ContractID         string   `json:"contract_id,omitzero"`
}

// A RefundV2 is a refund of APIv2. Its notification is not signed: query the refund before
// you rely on it.
//
// It is the resource of V2.REFUND.SUCCESS, V2.REFUND.CLOSED and V2.REFUND.ABNORMAL.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011936663
type RefundV2 struct {
	AppID               string `json:"appid,omitzero"`
	MchID               string `json:"mch_id,omitzero"`
	SubAppID            string `json:"sub_appid,omitzero"`
	SubMchID            string `json:"sub_mch_id,omitzero"`
	TransactionID       string `json:"transaction_id,omitzero"`
	OutTradeNo          string `json:"out_trade_no,omitzero"`
	RefundID            string `json:"refund_id,omitzero"`
	OutRefundNo         string `json:"out_refund_no,omitzero"`
	TotalFee            int64  `json:"total_fee,omitzero"` // in fen, as all amounts
	SettlementTotalFee  int64  `json:"settlement_total_fee,omitzero"`
	RefundFee           int64  `json:"refund_fee,omitzero"`
	SettlementRefundFee int64  `json:"settlement_refund_fee,omitzero"`
	CashRefundFee       int64  `json:"cash_refund_fee,omitzero"`
	RefundStatus        string `json:"refund_status,omitzero"`
	SuccessTime         string `json:"success_time,omitzero"` // such as 2017-12-15 09:46:01, in China's time
	RefundRecvAccount   string `json:"refund_recv_accout,omitzero"`
	RefundAccount       string `json:"refund_account,omitzero"`
	RefundRequestSource string `json:"refund_request_source,omitzero"`
}

// A ContractV2 is a contract of deductions of APIv2 that was signed or terminated.
//
// It is the resource of V2.CONTRACT.ADD and V2.CONTRACT.DELETE.
//
// https://pay.weixin.qq.com/wiki/doc/api/wxpay_v2/papay/chapter3_6.shtml
type ContractV2 struct {
	MchID                   string `json:"mch_id,omitzero"`
	SubMchID                string `json:"sub_mch_id,omitzero"`
	ContractCode            string `json:"contract_code,omitzero"`
	PlanID                  string `json:"plan_id,omitzero"`
	OpenID                  string `json:"openid,omitzero"`
	SubOpenID               string `json:"sub_openid,omitzero"`
	ChangeType              string `json:"change_type,omitzero"`
	OperateTime             string `json:"operate_time,omitzero"` // such as 2015-07-01 10:00:00, in China's time
	ContractID              string `json:"contract_id,omitzero"`
	ContractExpiredTime     string `json:"contract_expired_time,omitzero"`
	ContractTerminationMode int64  `json:"contract_termination_mode,omitzero"`
	RequestSerial           string `json:"request_serial,omitzero"`
}
