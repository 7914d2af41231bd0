package call

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// done is err, which follows a reply, as an error of a call that may have taken effect.
func (r *request) done(err error) error {
	if err == nil || !r.facts().TakesEffect() {
		return err
	}
	return &failure.DoneError{Err: err}
}

// print writes a reply as the flags ask for it.
func (r *request) print(ctx context.Context, reply *wechatpay.Response) error {
	if r.flags.include {
		if err := r.head(reply); err != nil {
			return err
		}
	}
	if r.filter == nil || len(reply.Bytes()) == 0 {
		return r.raw(reply.Bytes())
	}
	return r.filtered(ctx, []byte(reply.Get("@this").Raw)) // of APIv2, what its XML says
}

// filtered writes what --jq or --template makes of a JSON document.
func (r *request) filtered(ctx context.Context, document []byte) error {
	texts, err := r.filter(ctx, document)
	if err != nil {
		return &failure.UsageError{Err: err}
	}
	for _, text := range texts {
		if err := r.app.Result(text); err != nil {
			return err
		}
	}
	return nil
}

// head writes the status and the headers.
func (r *request) head(reply *wechatpay.Response) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %d %s\n", reply.Proto, reply.StatusCode, http.StatusText(reply.StatusCode))
	for _, name := range slices.Sorted(maps.Keys(reply.Header)) {
		for _, value := range reply.Header[name] {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	return r.app.Result(b.Bytes())
}

// raw writes a body: text with a line break at its end, a file as it is. There may be none.
func (r *request) raw(body []byte) error {
	switch binary := isBinary(body); {
	case len(body) == 0:
		return nil
	case binary && r.app.OutIsTerminal():
		return failure.Usagef("the reply is a file of %d bytes, which a terminal cannot show; -o FILE saves it", len(body))
	case binary:
		_, err := output{r.app.Out}.Write(body)
		return err
	}
	return r.app.Result(bytes.TrimRight(body, "\r\n"))
}

// isBinary reports whether data is no text.
func isBinary(data []byte) bool { return !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 }

// An output is where a result is written. What goes wrong with it is a failure.OutputError.
type output struct{ io.Writer }

func (o output) Write(data []byte) (int, error) {
	n, err := o.Writer.Write(data)
	if err != nil {
		err = &failure.OutputError{Err: err}
	}
	return n, err
}
