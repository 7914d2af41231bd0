package endpoint

import (
	"fmt"
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
)

// A shape is a generated struct, which says which endpoints it is for, each as
// "POST /v3/pay/transactions/jsapi".
type shape interface{ WechatpayEndpoints() []string }

// IsShape reports whether a value is a generated struct.
func IsShape(value any) bool {
	_, ok := value.(shape)
	return ok
}

// CheckShape refuses a generated struct that is for other endpoints than the one of a
// call: of its method, and of its path as written. All other values pass.
func CheckShape(value any, method, path string) error {
	s, ok := value.(shape)
	if !ok || nilcheck.IsNil(value) { // nil is refused, or left out, by the one who encodes it
		return nil
	}
	all := s.WechatpayEndpoints()
	for _, e := range all {
		verb, template, _ := strings.Cut(e, " ")
		if verb == method && Match(belowPrefix(path), belowPrefix(template)) >= 0 {
			return nil
		}
	}
	return fmt.Errorf("a %T is for %s, not for %s /%s; use the struct of this endpoint",
		value, strings.Join(all, ", "), method, strings.TrimPrefix(path, "/"))
}
