// Package input reads the files that a command names.
package input

import (
	"errors"
	"io"
	"os"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// maxSize is the maximum size of a file: a saved request has some kilobytes.
const maxSize = 16 << 20

// Read returns the content of a file, of stdin for "-". Its error is a failure.UsageError.
func Read(a *app.App, file string) ([]byte, error) {
	stream, name := a.In, "stdin"
	if file != "-" {
		f, err := os.Open(file) //nolint:gosec // the user names the file
		if err != nil {
			return nil, &failure.UsageError{Err: err}
		}
		defer func() { _ = f.Close() }()
		stream, name = f, file
	} else if a.InIsTerminal() {
		a.Note("%s", a.T("reading from the terminal; end with Ctrl-D", "从终端读取，以 Ctrl-D 结束"))
	}
	data, err := io.ReadAll(io.LimitReader(stream, maxSize+1))
	switch {
	case err != nil:
		var path *os.PathError
		if errors.As(err, &path) { // it names the file
			return nil, &failure.UsageError{Err: err}
		}
		return nil, failure.Usagef("%s: %w", name, err)
	case len(data) > maxSize:
		return nil, failure.Usagef("%s: it has more than %d MB; it is the wrong file", name, maxSize>>20)
	case len(data) == 0:
		return nil, failure.Usagef("%s is empty", name)
	}
	return data, nil
}
