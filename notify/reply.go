package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A Reply answers a webhook. WeChat Pay looks at the status only: it sends an event
// again unless the answer is 200 or 204. Of the answer to a notification of APIv2, it looks at
// the body: a Reply without one is completed as [XML] does.
type Reply struct {
	// Status is 200 or 204, or 400 to 599 to have the event sent again. Any other, such as
	// 202 or 302, is an error of the function. 0 means 200, or 204 without a Body.
	Status int
	Header http.Header
	Body   []byte

	failure string // the message of fail, for a body in the form of the webhook
}

// JSON returns a reply with a JSON body.
func JSON(status int, body any) (*Reply, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("notify: marshalling the reply to JSON: %w", err)
	}
	return &Reply{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: data}, nil
}

// fail is a reply after which the event is sent again. It reveals nothing to a caller
// that is not WeChat Pay. It has its body after in.
func fail(status int, message string) *Reply { return &Reply{Status: status, failure: message} }

// in returns a reply in the form of its webhook.
func (r *Reply) in(xml bool) *Reply {
	switch {
	case xml:
		return r.inXML()
	case r.failure == "":
		return r
	}
	return &Reply{
		Status: r.Status,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   []byte(`{"code":"FAIL","message":"` + r.failure + `"}`),
	}
}

// check refuses a status that net/http would not send as the final answer, one that looks
// like a success, while WeChat Pay sends the event again, and a body that does so to APIv2.
func (r *Reply) check(version int) error {
	switch {
	case r == nil:
		return nil
	case r.Status != 0 && !r.succeeds() && (r.Status < 400 || r.Status > 599):
		return fmt.Errorf("%w %d; use 200 or 204 for success, or 400 to 599 to have the event sent again", ErrStatus, r.Status)
	case version == 2:
		return r.checkXML()
	}
	return nil
}

// withDefaults is a copy of r with its status and header set.
func (r *Reply) withDefaults() *Reply {
	reply := Reply{}
	if r != nil {
		reply = *r
	}
	if reply.Status == http.StatusNoContent {
		reply.Body = nil // net/http does not send it, so it must not be signed
	}
	if reply.Status == 0 {
		reply.Status = http.StatusOK
		if len(reply.Body) == 0 {
			reply.Status = http.StatusNoContent
		}
	}
	reply.Header = reply.Header.Clone()
	if reply.Header == nil {
		reply.Header = http.Header{}
	}
	return &reply
}

func (r *Reply) write(w http.ResponseWriter) {
	for name, values := range r.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	if r.Status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(r.Body)))
	}
	w.WriteHeader(r.Status)
	if r.Status != http.StatusNoContent {
		_, _ = w.Write(r.Body)
	}
}

// acknowledges reports whether WeChat Pay stops sending the event after this reply, which has
// its defaults.
func (r *Reply) acknowledges(version int) bool {
	return r.succeeds() && (version != 2 || len(r.Body) == 0 || returnCode(r.Body) == apiv2.Success)
}

func (r *Reply) succeeds() bool { return r.Status == http.StatusOK || r.Status == http.StatusNoContent }

// sign puts an Authorization header on a reply, over the method and target of the
// webhook and the body of the reply.
func (r *Reply) sign(ctx context.Context, credential signer.Credential, target string, now time.Time) error {
	authorization, err := credential.Authorize(ctx, signer.Request{
		Method: http.MethodPost, Target: target, Timestamp: strconv.FormatInt(now.Unix(), 10), Nonce: signer.Nonce(), Body: r.Body,
	})
	if err != nil {
		return fmt.Errorf("signing the answer: %w", err)
	}
	r.Header.Set("Authorization", authorization)
	return nil
}
