package call

import (
	"fmt"
	"io"
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
			w, start := r.app.Err, r.app.Now()
			fmt.Fprintf(w, "> %s %s\n", request.Method, request.URL)
			writeHeader(w, "> ", request.Header)
			reply, err := next.RoundTrip(request)
			took := r.app.Now().Sub(start).Round(time.Millisecond)
			if err != nil {
				fmt.Fprintf(w, "< no reply after %s\n", took)
				return reply, err
			}
			fmt.Fprintf(w, "< %s after %s\n", reply.Status, took)
			writeHeader(w, "< ", reply.Header)
			return reply, nil
		})
	})
}

// writeHeader writes headers, sorted. Whoever has an Authorization can send the request again
// for five minutes: its signature is masked.
func writeHeader(w io.Writer, before string, header http.Header) {
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			if name == "Authorization" {
				value, _, _ = strings.Cut(value, `,signature="`)
				value += `,signature="…"`
			}
			fmt.Fprintf(w, "%s%s: %s\n", before, name, value)
		}
	}
}
