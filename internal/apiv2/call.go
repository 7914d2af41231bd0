package apiv2

import (
	"maps"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/internal/apierror"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A Call is what a call of APIv2 has beyond others.
type Call struct {
	Facts  endpoint.V2
	Params []signer.Param // of the body, before they are signed

	object  []byte // the reply as JSON
	message Message
}

// A Caller is who calls.
type Caller struct {
	MchID, AppID string
	Any          bool          // another merchant id is let through
	Digest       signer.Digest // which the caller chose; "" for that of the endpoint
}

// SetBody sets the params of a body, which is the JSON of an object.
func (c *Call) SetBody(object []byte, caller Caller) (err error) {
	if c.Params, err = Params(object, &c.Facts); err != nil {
		return err
	}
	c.Params, err = Fill(c.Params, &c.Facts, caller)
	return err
}

// CompleteQuery returns a query with what the caller left out; literal is the part of it that
// stands in the path, and text returns a value as it is sent.
func (c *Call) CompleteQuery(query map[string]any, literal map[string][]string, text func(any) (string, error), caller Caller) (map[string]any, error) {
	var params []signer.Param
	for name, values := range literal {
		params = append(params, signer.Param{Name: name, Value: values[0]})
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		value, err := text(query[name])
		if err != nil {
			return query, err
		}
		params = append(params, signer.Param{Name: name, Value: value})
	}
	given := len(params)
	params, err := Fill(params, &c.Facts, caller)
	if err != nil || len(params) == given {
		return query, err
	}
	completed := maps.Clone(query)
	if completed == nil {
		completed = map[string]any{}
	}
	for _, added := range params[given:] {
		completed[added.Name] = added.Value
	}
	return completed, nil
}

// SignedForm returns the params as the fields of a form, with the sign over those that are signed.
func (c *Call) SignedForm(key string) []media.Field {
	fields := make([]media.Field, 0, len(c.Params)+1)
	var signed []signer.Param
	for _, p := range c.Params {
		fields = append(fields, media.Field(p))
		if slices.Contains(c.Facts.Signed, p.Name) {
			signed = append(signed, p)
		}
	}
	return append(fields, media.Field{Name: "sign", Value: signer.Digest(c.Facts.Digest).Sign(signed, key)})
}

// Read keeps a reply, and returns it as JSON. Of a file, and of what is not XML, that is {}.
func (c *Call) Read(data []byte) []byte {
	c.object = []byte("{}")
	if c.Facts.Outcome == endpoint.RetCode {
		c.object = data
	} else if message, err := Parse(data); err == nil {
		c.message, c.object = message, message.JSON()
	}
	return c.object
}

// Succeeded reports whether the reply, of a status of 2xx, tells success.
func (c *Call) Succeeded(data []byte) bool {
	switch {
	case c.Facts.Outcome == endpoint.RetCode:
		return gjson.GetBytes(c.object, "retcode").String() == "0"
	case c.Facts.File:
		return isFile(data)
	}
	return c.message.Succeeded(c.Facts.Outcome)
}

// Failure returns the error of the reply.
func (c *Call) Failure() Failure {
	if c.Facts.Outcome == endpoint.RetCode {
		return Failure{Code: gjson.GetBytes(c.object, "retcode").String(), Message: gjson.GetBytes(c.object, "retmsg").String()}
	}
	return c.message.Failure()
}

// Refuses reports whether a verified reply proves that the call had no effect.
func (c *Call) Refuses() bool {
	return c.message.Get("result_code") == Fail && apierror.Final(c.message.Get("err_code"))
}
