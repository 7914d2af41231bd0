package cli

import "strings"

// trimmed returns the text of an error without the name of the package, which report writes.
func trimmed(err error) string { return strings.TrimPrefix(err.Error(), "wechatpay: ") }
