package notify

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/flatxml"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// XML returns a reply to a notification of APIv2, with the return_code SUCCESS for the status
// 200, and FAIL for 400 to 599, after which the notification is sent again. The message is the
// return_msg. A nil Reply is XML(200, "OK").
//
// https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=9_7&index=8
func XML(status int, message string) *Reply {
	r := &Reply{Status: status, Header: http.Header{"Content-Type": {"text/xml; charset=utf-8"}}}
	code := apiv2.Fail
	if r.succeeds() {
		r.Status, code = http.StatusOK, apiv2.Success // 204 has no body
	}
	message = strings.ReplaceAll(flatxml.Clean(strings.ToValidUTF8(message, "\ufffd")), "]]>", "]]]]><![CDATA[>")
	r.Body = []byte("<xml><return_code><![CDATA[" + code + "]]></return_code><return_msg><![CDATA[" + message + "]]></return_msg></xml>")
	return r
}

// inXML returns a reply to a notification of APIv2. One without a body gets that of its status.
func (r *Reply) inXML() *Reply {
	switch {
	case r.failure != "":
		return XML(r.Status, r.failure)
	case len(r.Body) > 0:
		return r
	}
	reply := XML(http.StatusOK, "OK")
	if !r.succeeds() {
		reply = XML(r.Status, cmp.Or(http.StatusText(r.Status), "failed"))
	}
	for name, values := range r.Header {
		reply.Header[name] = values
	}
	return reply
}

// checkXML refuses a body that WeChat Pay would not take as a success, nor as a failure that
// somebody meant.
func (r *Reply) checkXML() error {
	if code := returnCode(r.Body); len(r.Body) > 0 && r.succeeds() && code != apiv2.Success && code != apiv2.Fail {
		return fmt.Errorf("%w: the body of a reply to APIv2 has no return_code; use XML, or leave the body out", ErrXML)
	}
	return nil
}

func returnCode(body []byte) string {
	message, err := apiv2.Parse(body)
	if err != nil {
		return ""
	}
	return message.Get("return_code")
}

// announcesXML reports whether a header announces a body of APIv2. It is asked only for a body
// that could not be read.
func announcesXML(header http.Header) bool {
	return strings.Contains(strings.ToLower(strings.Join(signer.HeaderValues(header, "Content-Type"), ",")), "xml")
}
