// Package explore has the commands that show what is documented of the endpoints: search,
// describe, skeleton and snippet. They use no network and no credentials.
package explore

import (
	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
)

// Commands returns the commands.
func Commands(a *app.App) []*cobra.Command {
	return []*cobra.Command{search(a), describe(a), skeleton(a), snippet(a)}
}
