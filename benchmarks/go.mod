// Comparisons with what others have written, so that users of the library never see it. It holds
// benchmarks alone.
module github.com/wechatpay-chain/wechatpay/benchmarks

go 1.25.0

replace github.com/wechatpay-chain/wechatpay => ..

require (
	github.com/sourcegraph/conc v0.3.0
	github.com/wechatpay-chain/wechatpay v0.0.0
	golang.org/x/sync v0.22.0
)

require (
	go.uber.org/atomic v1.7.0 // indirect
	go.uber.org/multierr v1.9.0 // indirect
)
