package app

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// Confirm asks the question, such as "POST v3/… refunds 1.00 CNY of order 12: go on?". It
// returns failure.ErrNotConfirmed unless the person says yes, or --yes was given.
func (a *App) Confirm(question string) error {
	if a.Flags.Yes {
		return nil
	}
	if !a.InIsTerminal() {
		return fmt.Errorf("%w: it takes effect; add --yes", failure.ErrNotConfirmed)
	}
	fmt.Fprint(a.Err, question, " [y/N] ")
	answer, _ := bufio.NewReader(a.In).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "是":
		return nil
	}
	return failure.ErrNotConfirmed
}
