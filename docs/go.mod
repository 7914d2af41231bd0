// The checks of the Markdown pages need a parser that users of the library never see.
module github.com/wechatpay-chain/wechatpay/docs

go 1.25.0

require (
	github.com/stretchr/testify v1.12.1
	github.com/yuin/goldmark v1.8.7
)

require go.yaml.in/yaml/v3 v3.0.5 // indirect
