// A web framework is heavy: this example has a module of its own, so that users of the
// library never see it.
module github.com/wechatpay-chain/wechatpay/examples/echo

go 1.25.0

replace github.com/wechatpay-chain/wechatpay => ../..

require (
	github.com/labstack/echo/v5 v5.4.6
	github.com/stretchr/testify v1.12.1
	github.com/wechatpay-chain/wechatpay v0.0.0
)

require (
	github.com/cenkalti/backoff/v5 v5.0.3 // indirect
	github.com/tidwall/gjson v1.20.1 // indirect
	github.com/tidwall/match v1.1.1 // indirect
	github.com/tidwall/pretty v1.2.0 // indirect
	github.com/yosida95/uritemplate/v3 v3.0.2 // indirect
	github.com/youmark/pkcs8 v0.0.0-20240726163527-a2c0da244d78 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/crypto v0.55.0 // indirect
	golang.org/x/time v0.15.0 // indirect
	software.sslmate.com/src/go-pkcs12 v0.7.4 // indirect
)
