package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// A Reply answers a webhook. Its status alone decides: WeChat Pay sends an event again
// unless it is answered with 200 or 204.
type Reply struct {
	Status int // 0 is 200, or 204 without a Body
	Header http.Header
	Body   []byte
}

// JSON is a reply with a JSON body.
func JSON(status int, body any) (*Reply, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("notify: the reply cannot be marshalled: %w", err)
	}
	return &Reply{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: data}, nil
}

// fail is a reply that asks for the event to be sent again. It tells a stranger
// nothing.
func fail(status int, message string) *Reply {
	return &Reply{
		Status: status,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   []byte(`{"code":"FAIL","message":"` + message + `"}`),
	}
}

// check refuses a status that would not go over the wire as the answer.
func (r *Reply) check() error {
	if r != nil && r.Status != 0 && (r.Status < 200 || r.Status > 599) {
		return fmt.Errorf("%w: %d; use one from 200 to 599", ErrStatus, r.Status)
	}
	return nil
}

// withDefaults is a copy of r that says its status.
func (r *Reply) withDefaults() *Reply {
	reply := Reply{}
	if r != nil {
		reply = *r
	}
	if reply.Status == http.StatusNoContent {
		reply.Body = nil // it would not be sent, and must not be signed
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

// A manner is how an event is to be answered.
type manner struct {
	prefix   string // of the event type
	within   time.Duration
	question bool // the answer is data that WeChat Pay asks for, each time that it asks
	signed   bool // the answer bears an Authorization header
}

// questions are the event families that want a business answer: the merchant's data, or
// what to offer the user, at once.
var questions = []manner{
	{prefix: "CROSS_BORDER_PAY.", within: 3 * time.Second, question: true, signed: true},
	{prefix: "ENTRUST.TERMINATE_RETENTION", within: time.Second, question: true},
	{prefix: "PARKING_FEE.QUERY_TRANS_INFO", within: 3 * time.Second, question: true},
}

// usual is the manner of all other events.
var usual = manner{within: 5 * time.Second}

func mannerOf(eventType string) manner {
	for _, m := range questions {
		if strings.HasPrefix(eventType, m.prefix) {
			return m
		}
	}
	return usual
}

// timeout leaves a tenth of the time to the way back.
func (m manner) timeout() time.Duration { return m.within - m.within/10 }

// sign puts an Authorization header on a reply, over the method and target of the
// webhook and the body of the reply.
func (r *Reply) sign(ctx context.Context, credential signer.Credential, target string, now time.Time) error {
	authorization, err := credential.Authorize(ctx, signer.Request{
		Method: http.MethodPost, Target: target, Timestamp: strconv.FormatInt(now.Unix(), 10), Nonce: signer.Nonce(), Body: r.Body,
	})
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", authorization)
	return nil
}
