package guide

import (
	"errors"
	"fmt"

	"github.com/wechatpay-chain/wechatpay"
)

// Explain says what the error of a call means for the money.
func Explain(err error) string {
	var api *wechatpay.APIError
	switch {
	case err == nil:
		return "done"
	case wechatpay.OutcomeUnknown(err):
		return "unknown: query by the same business number"
	case errors.As(err, new(*wechatpay.DecodeError)), errors.As(err, new(*wechatpay.DecryptError)):
		return "done, but a field of the reply is unreadable"
	case errors.As(err, &api) && api.Verified: // an unsigned error may come from anything on the way
		return fmt.Sprintf("refused: %s %s %s", api.Code, api.Message, api.Field())
	case errors.Is(err, wechatpay.ErrInvalid):
		return "not sent: the text names the problem and the fix"
	case api != nil: // such as a 401 or a 429, or what a proxy answered to a query
		return fmt.Sprintf("no effect, and no signature: %d %s %s", api.StatusCode, api.Code, api.Message)
	default:
		return "no effect: a query that failed, or a request that never left"
	}
}
