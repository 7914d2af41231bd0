package sandbox

import (
	"cmp"
	"slices"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/provoke"
)

// A ProvokedError is an error of WeChat Pay that a business number asks for.
type ProvokedError struct {
	Method  string `json:"method,omitempty"` // "" for any
	Path    string `json:"path,omitempty"`   // as in the catalogue; one that ends in "*" is a prefix; "" for any
	Code    string `json:"code"`             // what the number ends in, behind "_"
	Status  int    `json:"status"`
	Message string `json:"message"`
	Number  int    `json:"number,omitempty"` // what stands at the end of Request-ID; 0 if unknown
}

// ProvokedErrors returns the errors that a business number asks for, as test card numbers do
// elsewhere: out_trade_no "order1_SYSTEM_ERROR" gets 500 SYSTEM_ERROR, and the order is not
// made. The number may be any that the merchant chose for the call, such as out_refund_no; of
// several rows that fit, the one with the longest Path wins. ERRORS.md has them with
// their messages; GET /_sandbox/v1/errors lists them for programs.
//
//	any path
//	  500 SYSTEM_ERROR
//	  503 SERVICE_UNAVAILABLE
//	  400 PARAM_ERROR
//	  400 INVALID_REQUEST
//	  400 ALREADY_EXISTS
//	  401 SIGN_ERROR
//	  403 NO_AUTH
//	  403 RULE_LIMIT
//	  403 REQUEST_BLOCKED
//	  404 NOT_FOUND
//	  404 RESOURCE_NOT_EXISTS
//	  429 FREQUENCY_LIMITED
//	  429 RATELIMIT_EXCEEDED
//	/brand/marketing/product-coupon/*
//	  429 RATELIMIT_EXCEEDED
//	POST /v3/bank-transfer/*
//	  403 NOT_ENOUGH
//	POST /v3/brand/profitsharing/*
//	  403 NOT_ENOUGH
//	/v3/combine-transactions/*
//	  404 ORDER_NOT_EXIST
//	  400 ORDER_CLOSED
//	  400 ORDER_PAID
//	POST /v3/ecommerce/*
//	  403 NOT_ENOUGH
//	POST /v3/ecommerce/refunds/*
//	  403 NOT_ENOUGH
//	POST /v3/fund-app/*
//	  403 NOT_ENOUGH
//	/v3/marketing/partner/product-coupon/*
//	  403 NO_AUTH
//	  429 RATELIMIT_EXCEEDED
//	/v3/med-ins/*
//	  400 ALREADY_EXISTS
//	  404 ORDER_NOT_EXIST
//	  404 RESOURCE_NOT_EXISTS
//	  403 RULE_LIMIT
//	  403 REQUEST_BLOCKED
//	POST /v3/merchant/fund/*
//	  403 NOT_ENOUGH
//	POST /v3/partner-transfer/*
//	  403 NOT_ENOUGH
//	/v3/pay/*
//	  404 ORDER_NOT_EXIST
//	  400 ORDER_CLOSED
//	  400 ORDER_PAID
//	POST /v3/pay/*
//	  403 OUT_TRADE_NO_USED
//	  400 APPID_MCHID_NOT_MATCH
//	  403 ACCOUNT_ERROR
//	POST /v3/pay/transactions/codepay
//	  400 USERPAYING
//	  500 BANK_ERROR
//	/v3/payscore/*
//	  429 FREQUENCY_LIMITED
//	  403 NO_AUTH
//	  404 ORDER_NOT_EXIST
//	  404 RESOURCE_NOT_EXISTS
//	  400 INVALID_REQUEST
//	POST /v3/platsolution/*
//	  403 NOT_ENOUGH
//	/v3/profitsharing/*
//	  429 RATELIMIT_EXCEED
//	POST /v3/profitsharing/*
//	  403 NOT_ENOUGH
//	POST /v3/refund/*
//	  403 NOT_ENOUGH
//	  403 NOTENOUGH
//	  403 USER_ACCOUNT_ABNORMAL
//	  404 MCH_NOT_EXISTS
//	  404 RESOURCE_NOT_EXISTS
//	POST /v3/transfer/*
//	  403 NOT_ENOUGH
func ProvokedErrors() []ProvokedError { return provokedErrors(provoke.Table()) }

// ProvokedErrorsV2 returns those of APIv2, whose Code is the err_code: out_trade_no
// "order1_SYSTEMERROR" gets result_code FAIL and SYSTEMERROR. ERRORS.md has them too.
func ProvokedErrorsV2() []ProvokedError { return provokedErrors(provoke.TableV2()) }

func provokedErrors(rows []provoke.Row) []ProvokedError {
	list := make([]ProvokedError, len(rows))
	for i, row := range rows {
		list[i] = ProvokedError(row)
	}
	slices.SortStableFunc(list, func(a, b ProvokedError) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return list
}
