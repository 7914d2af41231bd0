package app

import (
	"bufio"
	"context"
	"fmt"
	"strings"

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
	fmt.Fprint(a.Err, question+" [y/N] ")
	answer, err := a.readLine(ctx)
	if err != nil {
		fmt.Fprintln(a.Err)
		return err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "是":
		return nil
	}
	return failure.ErrNotConfirmed
}

// readLine reads what a person types. A read of a terminal cannot be interrupted: one that is
// left behind ends with the process.
func (a *App) readLine(ctx context.Context) (string, error) {
	typed := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(a.In).ReadString('\n')
		typed <- line
	}()
	select {
	case line := <-typed:
		return line, ctx.Err()
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
