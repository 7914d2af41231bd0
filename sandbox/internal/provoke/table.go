package provoke

// The codes, messages and numbers are those of WeChat Pay's public troubleshooting guides and
// error tables. Where they name no status, it is that of the same code elsewhere; 403 for what
// an account or a rule forbids, and 400 for a wrong state.
var table = []Row{
	// Of every endpoint.
	{"", "", "SYSTEM_ERROR", 500, "系统异常，请稍后重试", 0},
	{"", "", "SERVICE_UNAVAILABLE", 503, "服务暂不可用，请稍后重试", 0},
	{"", "", "PARAM_ERROR", 400, "参数错误", 268435461},
	{"", "", "INVALID_REQUEST", 400, "请求不符合业务规则", 0},
	{"", "", "ALREADY_EXISTS", 400, "单号已存在", 0},
	{"", "", "SIGN_ERROR", 401, "签名错误", 268443699},
	{"", "", "NO_AUTH", 403, "商户无权限", 0},
	{"", "", "RULE_LIMIT", 403, "业务规则限制", 0},
	{"", "", "REQUEST_BLOCKED", 403, "请求受阻", 0},
	{"", "", "NOT_FOUND", 404, "请求的资源不存在", 0},
	{"", "", "RESOURCE_NOT_EXISTS", 404, "查询的资源不存在", 0},
	{"", "", "FREQUENCY_LIMITED", 429, "频率超限", 268447840},
	{"", "", "RATELIMIT_EXCEEDED", 429, "请求频率超过限制", 268447840},

	// Orders.
	{"", "/v3/pay/*", "ORDER_NOT_EXIST", 404, "订单不存在", 268512771},
	{"", "/v3/combine-transactions/*", "ORDER_NOT_EXIST", 404, "订单不存在", 268512771},
	{"", "/v3/pay/*", "ORDER_CLOSED", 400, "订单已关闭", 268447914},
	{"", "/v3/combine-transactions/*", "ORDER_CLOSED", 400, "订单已关闭", 268447914},
	{"", "/v3/pay/*", "ORDER_PAID", 400, "订单已支付", 268449538},
	{"", "/v3/combine-transactions/*", "ORDER_PAID", 400, "订单已支付", 268449538},
	{"POST", "/v3/pay/*", "OUT_TRADE_NO_USED", 403, "商户订单号重复", 268498688},
	{"POST", "/v3/pay/*", "APPID_MCHID_NOT_MATCH", 400, "appid和mch_id不匹配", 268445527},
	{"POST", "/v3/pay/*", "ACCOUNT_ERROR", 403, "收款功能已被限制", 268448010},
	{"POST", "/v3/pay/transactions/codepay", "USERPAYING", 400, "需要用户输入支付密码", 0},
	{"POST", "/v3/pay/transactions/codepay", "BANK_ERROR", 500, "银行系统异常", 0},

	// Refunds.
	{"POST", "/v3/refund/*", "NOT_ENOUGH", 403, "基本账户余额不足，请充值后重新发起", 0},
	{"POST", "/v3/refund/*", "NOTENOUGH", 403, "基本账户余额不足，请充值后重新发起", 0},
	{"POST", "/v3/refund/*", "USER_ACCOUNT_ABNORMAL", 403, "用户账户异常或已注销", 0},
	{"POST", "/v3/refund/*", "MCH_NOT_EXISTS", 404, "商户号不存在", 268443715},
	{"POST", "/v3/refund/*", "RESOURCE_NOT_EXISTS", 404, "订单不存在", 268512771},
	{"POST", "/v3/ecommerce/refunds/*", "NOT_ENOUGH", 403, "余额不足，请充值后重新发起", 0},

	// Profit sharing, transfers and withdrawals.
	{"POST", "/v3/profitsharing/*", "NOT_ENOUGH", 403, "分账金额不足", 0},
	{"", "/v3/profitsharing/*", "RATELIMIT_EXCEED", 429, "对同笔订单分账频率过高", 0},
	{"POST", "/v3/ecommerce/*", "NOT_ENOUGH", 403, "可用金额不足", 0},
	{"POST", "/v3/brand/profitsharing/*", "NOT_ENOUGH", 403, "分账金额不足", 0},
	{"POST", "/v3/transfer/*", "NOT_ENOUGH", 403, "资金不足", 0},
	{"POST", "/v3/partner-transfer/*", "NOT_ENOUGH", 403, "资金不足", 0},
	{"POST", "/v3/bank-transfer/*", "NOT_ENOUGH", 403, "资金不足", 0},
	{"POST", "/v3/fund-app/*", "NOT_ENOUGH", 403, "资金不足", 0},
	{"POST", "/v3/platsolution/*", "NOT_ENOUGH", 403, "资金不足", 0},
	{"POST", "/v3/merchant/fund/*", "NOT_ENOUGH", 403, "余额不足", 0},

	// Payment score.
	{"", "/v3/payscore/*", "FREQUENCY_LIMITED", 429, "频率超限", 268435472},
	{"", "/v3/payscore/*", "NO_AUTH", 403, "当前商户号没有使用该服务的权限", 268503786},
	{"", "/v3/payscore/*", "ORDER_NOT_EXIST", 404, "单据不存在", 271317510},
	{"", "/v3/payscore/*", "RESOURCE_NOT_EXISTS", 404, "单据不存在", 271317510},
	{"", "/v3/payscore/*", "INVALID_REQUEST", 400, "订单状态不合法", 271302262},

	// Coupons.
	{"", "/v3/marketing/partner/product-coupon/*", "NO_AUTH", 403, "服务商没有此接口权限", 268579803},
	{"", "/v3/marketing/partner/product-coupon/*", "RATELIMIT_EXCEEDED", 429, "请求频率超过限制", 270924289},
	{"", "/brand/marketing/product-coupon/*", "RATELIMIT_EXCEEDED", 429, "请求频率超过限制", 270924289},

	// Medical insurance.
	{"", "/v3/med-ins/*", "ALREADY_EXISTS", 400, "订单已存在", 268512536},
	{"", "/v3/med-ins/*", "ORDER_NOT_EXIST", 404, "订单不存在", 268529515},
	{"", "/v3/med-ins/*", "RESOURCE_NOT_EXISTS", 404, "订单不存在", 268529515},
	{"", "/v3/med-ins/*", "RULE_LIMIT", 403, "金额校验不通过", 268529477},
	{"", "/v3/med-ins/*", "REQUEST_BLOCKED", 403, "暂不支持当前商户", 0},
}
