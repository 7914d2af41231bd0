package app

import (
	"context"
	"io"
	"os"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// Until lets every read of In end with ctx: a person who presses Ctrl-C does not wait for the
// input that the command waits for.
func (a *App) Until(ctx context.Context) { a.In = &interruptible{ctx, a.In} }

type interruptible struct {
	ctx  context.Context
	from io.Reader
}

// Read leaves behind a read that is interrupted: it ends with the process.
func (r *interruptible) Read(p []byte) (int, error) {
	type result struct {
		data []byte
		err  error
	}
	read := make(chan result, 1)
	go func() {
		data := make([]byte, len(p)) // p is the caller's again when this is late
		n, err := r.from.Read(data)
		read <- result{data[:n], err}
	}()
	select {
	case got := <-read:
		return copy(p, got.data), got.err
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	}
}

// file is a stream as the file that it is, or nil.
func file(stream any) *os.File {
	if r, ok := stream.(*interruptible); ok {
		stream = r.from
	}
	f, _ := stream.(*os.File)
	return f
}

// Stdin returns In to the one who reads it, and refuses it to a second one.
func (a *App) Stdin(purpose string) (io.Reader, error) {
	if a.stdinFor != "" {
		return nil, failure.Usagef("stdin is for %s already, and cannot be for %s too; use a file", a.stdinFor, purpose)
	}
	a.stdinFor = purpose
	return a.In, nil
}

// secret is Stdin for the value of a setting whose file is "-": a person is asked, without an
// echo. A key has many lines, which nobody types.
func (a *App) secret(ctx context.Context) func(name string) (io.Reader, error) {
	return func(name string) (io.Reader, error) {
		in, err := a.Stdin(name)
		if err != nil || !a.InIsTerminal() {
			return in, err
		}
		for _, many := range []string{"PRIVATE_KEY_FILE", "PUBLIC_KEY_FILE", "CERTIFICATE_FILE"} {
			if strings.HasSuffix(name, many) {
				return nil, failure.Usagef("%s: stdin is a terminal; pipe the file in, or name it", name)
			}
		}
		text, err := a.AskSecret(ctx, name)
		return strings.NewReader(text), err
	}
}
