package apierror

import "strings"

// ManualID returns the number behind the last hyphen of a request id, by which WeChat Pay's manuals
// list their errors. It is "" if there is no number, and for the zero of a success.
func ManualID(requestID string) string {
	at := strings.LastIndexByte(requestID, '-')
	if at < 0 {
		return ""
	}
	number := requestID[at+1:]
	const longest = 12
	if len(number) > longest || strings.Trim(number, "0123456789") != "" || strings.Trim(number, "0") == "" {
		return ""
	}
	return number
}
