package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// A line is an error as --json-errors writes it.
type line struct {
	Error          string `json:"error"`
	Exit           int    `json:"exit"`
	OutcomeUnknown bool   `json:"outcome_unknown"`

	// Of a reply of WeChat Pay.
	Status    int             `json:"status,omitempty"`
	Code      string          `json:"code,omitempty"`
	Message   string          `json:"message,omitempty"`
	Detail    json.RawMessage `json:"detail,omitempty"`
	RequestID string          `json:"request_id,omitempty"`
	Verified  *bool           `json:"verified,omitempty"`
}

// report says what went wrong, in one line.
func report(a *app.App, args []string, err error) {
	if err == nil {
		return
	}
	text := oneLine(err)
	// A wrong flag may have stood before this one, so that it was not parsed.
	if !a.Flags.JSONErrors && !slices.Contains(args, "--json-errors") {
		_, _ = fmt.Fprintln(a.Err, "wechatpay:", text)
		return
	}
	l := line{Error: text, Exit: failure.Code(err), OutcomeUnknown: failure.Code(err) == failure.Unknown}
	var refused *wechatpay.APIError
	if errors.As(err, &refused) {
		l.Status, l.Code, l.Message = refused.StatusCode, refused.Code, refused.Message
		l.RequestID, l.Verified, l.Detail = refused.RequestID, &refused.Verified, refused.Detail
	}
	data, err := json.Marshal(l)
	if err != nil {
		l.Detail = nil
		data, _ = json.Marshal(l) //nolint:errchkjson // texts and numbers
	}
	_, _ = fmt.Fprintln(a.Err, string(data))
}

// selfNamed begins with the path of a command, whose first word report writes.
var selfNamed = regexp.MustCompile(`^wechatpay( [a-z0-9-]+)+:? `)

// oneLine is the text of an error in the words of the command, without its name, which report
// writes, and without what would command a terminal.
func oneLine(err error) string {
	text := app.Words(err.Error())
	switch {
	case err == context.Canceled: //nolint:errorlint // what wraps it says more
		text = "interrupted; nothing was sent"
	case selfNamed.MatchString(text):
		text = strings.TrimPrefix(text, "wechatpay ")
	}
	return strings.Join(strings.FieldsFunc(text, func(c rune) bool { return c < ' ' || c >= 0x7f && c < 0xa0 }), "; ")
}
