package app

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"golang.org/x/term"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// Confirm asks the question. It returns failure.ErrNotConfirmed unless the person says yes, or
// --yes was given; without a terminal it does not ask. The error of ctx goes first.
func (a *App) Confirm(ctx context.Context, question string) error {
	if a.Flags.Yes {
		return ctx.Err()
	}
	if !a.InIsTerminal() || !isTerminal(a.Err) {
		return fmt.Errorf("%w: nobody can be asked without a terminal; add --yes", failure.ErrNotConfirmed)
	}
	_, _ = fmt.Fprint(a.Err, question+" [y/N] ")
	answer, err := a.readLine(ctx)
	if err != nil {
		_, _ = fmt.Fprintln(a.Err)
		return err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "是":
		return nil
	}
	return failure.ErrNotConfirmed
}

// readLine reads what a person types. What does not end is no answer.
func (a *App) readLine(ctx context.Context) (string, error) {
	line, err := bufio.NewReader(&interruptible{ctx, a.In}).ReadString('\n')
	if err != nil {
		line = ""
	}
	return line, ctx.Err()
}

// AskSecret asks a person for a secret, which is not shown as it is typed.
func (a *App) AskSecret(ctx context.Context, name string) (string, error) {
	terminal := file(a.In)
	if terminal == nil {
		return "", failure.Usagef("%s: nobody can be asked without a terminal", name)
	}
	_, _ = fmt.Fprint(a.Err, name+": ")
	defer func() { _, _ = fmt.Fprintln(a.Err) }()
	fd := int(terminal.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", failure.Usagef("%s: the terminal cannot be read: %w", name, err)
	}
	type answer struct {
		secret []byte
		err    error
	}
	typed := make(chan answer, 1)
	go func() {
		secret, err := term.ReadPassword(fd)
		typed <- answer{secret, err}
	}()
	select {
	case t := <-typed:
		if t.err != nil {
			return "", failure.Usagef("%s: the terminal cannot be read: %w", name, t.err)
		}
		return string(t.secret), ctx.Err()
	case <-ctx.Done():
		_ = term.Restore(fd, before) // it would show nothing that is typed from now on
		return "", ctx.Err()
	}
}
