package apiv2

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/md5" //nolint:gosec // as WeChat Work documents it
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// The values of return_code and result_code.
const (
	Success = "SUCCESS"
	Fail    = "FAIL"
)

// A Failure is what a reply says about an error.
type Failure struct{ Code, Message string }

// Failure returns the error of a reply. Its Code is empty if the reply says none.
func (m Message) Failure() Failure {
	if m.Get("return_code") == Success && m.Get("result_code") != Fail && m.Get("err_code") == "" {
		return Failure{}
	}
	code := m.Get("return_code")
	if code == Success {
		code = m.Get("result_code")
	}
	return Failure{
		Code:    cmp.Or(m.Get("err_code"), m.Get("error_code"), code),
		Message: cmp.Or(m.Get("err_code_des"), m.Get("return_msg")),
	}
}

// Succeeded reports whether a reply tells success, by the fields that do so at its endpoint. A
// result_code is never ignored.
func (m Message) Succeeded(outcome endpoint.Outcome) bool {
	result := m.Get("result_code")
	return m.Get("return_code") == Success && (result == Success || result == "" && outcome == endpoint.ReturnOnly)
}

// IsFile reports whether the body of a reply begins as a file: it is not empty, and neither XML
// nor HTML. The body stays readable.
func IsFile(resp *http.Response) bool {
	if resp.Body == nil { // of a custom transport
		resp.Body = http.NoBody
	}
	peeker := bufio.NewReaderSize(resp.Body, 64)
	start, _ := peeker.Peek(16)
	resp.Body = &peekedBody{peeker, resp.Body}
	return isFile(start)
}

func isFile(start []byte) bool {
	start = bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\ufeff")), " \t\r\n")
	return len(start) > 0 && start[0] != '<'
}

type peekedBody struct {
	io.Reader
	io.Closer
}

// QueryParams returns the values of a query, in their order. Two of one name are refused.
func QueryParams(raw string) ([]signer.Param, error) {
	var params []signer.Param
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err != nil {
			return nil, fmt.Errorf("the query: %w", err)
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return nil, fmt.Errorf("the query: %q: %w", name, err)
		}
		if Index(params, name) >= 0 {
			return nil, fmt.Errorf("the query has %q twice, which no signature covers", name)
		}
		params = append(params, signer.Param{Name: name, Value: value})
	}
	return params, nil
}

// WorkWXSign returns the workwx_sign over some of the params, with the secret of the app of
// WeChat Work.
func WorkWXSign(params []signer.Param, names []string, secret string) string {
	chosen := make([]signer.Param, 0, len(names))
	for _, name := range names {
		chosen = append(chosen, signer.Param{Name: name, Value: Get(params, name)})
	}
	return fmt.Sprintf("%X", md5.Sum([]byte(signer.DigestMessage(chosen)+"&secret="+secret))) //nolint:gosec // see above
}
