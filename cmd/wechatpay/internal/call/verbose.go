package call

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/middleware"
)

// traced adds what -v tells of each attempt: what goes onto the wire, and what comes back. The
// messages that are signed and verified are those of Options.Debug.
func (r *request) traced(stack *middleware.Stack) error {
	return stack.Push("trace", func(next http.RoundTripper) http.RoundTripper {
		return middleware.RoundTripperFunc(func(request *http.Request) (*http.Response, error) {
			start := r.app.Now()
			r.app.Note("> %s %s", request.Method, request.URL)
			r.noteHeader(">", request.Header)
			reply, err := next.RoundTrip(request)
			took := r.app.Now().Sub(start).Round(time.Millisecond)
			if err != nil {
				r.app.Note("< no reply after %s", took)
				return reply, err
			}
			r.app.Note("< %s after %s", reply.Status, took)
			r.noteHeader("<", reply.Header)
			return reply, nil
		})
	})
}

// noteHeader tells of headers, sorted. Whoever has an Authorization can send the request again
// for five minutes: its signature is masked.
func (r *request) noteHeader(direction string, header http.Header) {
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			if name == "Authorization" {
				value, _, _ = strings.Cut(value, `,signature="`)
				value += `,signature="…"`
			}
			r.app.Note("%s %s: %s", direction, name, value)
		}
	}
}
