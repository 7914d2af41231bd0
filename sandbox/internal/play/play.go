// Package play has what the parts of the sandbox share: a call of an endpoint, its refusal,
// and the events that it causes. It knows nothing of HTTP and of signatures.
package play

import (
	"fmt"
	"net/url"
	"time"
)

// A Call is a call of an endpoint whose caller is known, and whose parameters are those that
// are documented.
type Call struct {
	Caller string            // the mchid or brand_id that signed it
	Vars   map[string]string // the values of the path variables
	Query  url.Values
	Body   Object // nil without a JSON body
	Now    time.Time
	Emit   func(Event) // sends a webhook; never nil
}

// A Handler answers a call with what becomes the JSON of the reply, or nil for 204. Its error
// is a [*Refusal]. It must be safe for concurrent use.
type Handler func(*Call) (reply any, err error)

// An Event is something that WeChat Pay tells the caller by a webhook.
type Event struct {
	URL          string // where to; "" for nowhere
	Type         string // such as "TRANSACTION.SUCCESS"
	OriginalType string
	Summary      string
	Resource     any
}

// A Refusal is an error of WeChat Pay: a status and what its body has.
type Refusal struct { //nolint:errname // a Refusal is what a caller gets; it is an error among others here
	Status        int
	Code, Message string
	Detail        map[string]any // may be nil
	Number        int            // what stands at the end of Request-ID; 0 if unknown
}

// Error returns the code, the message and the number, if it is known.
func (r *Refusal) Error() string {
	if r.Number == 0 {
		return r.Code + ": " + r.Message
	}
	return fmt.Sprintf("%s: %s (%d)", r.Code, r.Message, r.Number)
}

// Refuse returns a Refusal without a detail.
func Refuse(status int, code, message string) *Refusal {
	return &Refusal{Status: status, Code: code, Message: message}
}

// WrongField refuses one parameter: field is its name in the query or the path, or a JSON
// pointer into the body; location is "body", "query" or "uri".
func WrongField(location, field, issue string) *Refusal {
	return &Refusal{
		Status: 400, Code: "PARAM_ERROR", Message: "参数错误：" + issue,
		Detail: map[string]any{"field": field, "issue": issue, "location": location},
	}
}
