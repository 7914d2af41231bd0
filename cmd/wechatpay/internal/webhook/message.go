package webhook

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/input"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/saved"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// files are where a saved notification is.
type files struct{ header, body string }

func (f *files) register(a *app.App, cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.header, "headers", "", a.T("a file with the header alone, as lines or JSON; with --body", "只含请求头的文件（逐行或 JSON），与 --body 同用"))
	cmd.Flags().StringVar(&f.body, "body", "", a.T("a file with the raw body alone; - is stdin", "只含原始正文的文件，- 为标准输入"))
}

// read returns the saved notification: of one file with raw HTTP, or of two.
func (f *files) read(a *app.App, given []string) (*saved.Message, error) {
	switch {
	case len(given) > 0 && (f.header != "" || f.body != ""):
		return nil, failure.Usagef("%q and --headers or --body are mutually exclusive; the file has both parts", given[0])
	case f.header != "" && f.body == "":
		return nil, failure.Usagef("--body is missing; it names the file with the raw body")
	case f.body != "":
		return f.parts(a)
	}
	name := "-"
	if len(given) > 0 {
		name = given[0]
	}
	data, err := input.Read(a, name)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(strings.TrimSpace(string(data)), "<") { // of APIv2 the body is all
		return &saved.Message{Header: http.Header{}, Body: data}, nil
	}
	m, err := saved.Parse(data)
	switch {
	case err != nil:
		return nil, failure.Usagef("%s: %w; save the whole request, or name its parts by --headers and --body", name, err)
	case len(m.Body) == 0:
		return nil, failure.Usagef("%s: the request has no body; between header and body stands an empty line", name)
	}
	return m, nil
}

func (f *files) parts(a *app.App) (*saved.Message, error) {
	m := &saved.Message{Header: http.Header{}}
	if f.header != "" {
		data, err := input.Read(a, f.header)
		if err != nil {
			return nil, err
		}
		if m.Header, err = saved.ParseHeader(data); err != nil {
			return nil, failure.Usagef("%s: %w", f.header, err)
		}
	}
	var err error
	m.Body, err = input.Read(a, f.body)
	return m, err
}

// sentAt returns when a notification was signed; now if its header does not say.
func sentAt(m *saved.Message, now time.Time) time.Time {
	seconds, err := strconv.ParseInt(cmp.Or(append(signer.HeaderValues(m.Header, signer.HeaderTimestamp), "")...), 10, 64)
	if err != nil {
		return now
	}
	return time.Unix(seconds, 0)
}

// cut is the text of an error without what is said before it.
func cut(text string) string {
	for _, prefix := range []string{"notify: ", "not verified: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return text
}
