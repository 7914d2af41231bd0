package check

import (
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// Meta reads and checks the meta part of an upload, a JSON object.
func Meta(e catalogue.Endpoint, meta []byte) (play.Object, *play.Refusal) {
	o, err := play.ParseObject(meta)
	if err != nil {
		return nil, play.WrongField("body", "/meta", "meta 不是 JSON 对象")
	}
	for _, part := range e.Body {
		if part.Name == "meta" {
			return o, Body(part.Fields, o)
		}
	}
	return o, nil // its fields are not documented
}
