// Package call has the commands that call WeChat Pay: get, post, put, patch and delete.
package call

import (
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
)

// Commands returns one command for each method.
func Commands(a *app.App) []*cobra.Command {
	methods := []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
	commands := make([]*cobra.Command, len(methods))
	for i, method := range methods {
		commands[i] = command(a, method)
	}
	return commands
}

func command(a *app.App, method string) *cobra.Command {
	return &cobra.Command{
		Use:   strings.ToLower(method) + " PATH",
		Short: "Call " + method + " PATH",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			client, err := a.Client(cmd.Context(), nil)
			if err != nil {
				return err
			}
			reply, err := client.Chain(args[0]).Do(cmd.Context(), method, &wechatpay.Options{})
			if err != nil {
				return err
			}
			_, err = a.Out.Write(append(reply.Bytes(), '\n'))
			return err
		},
	}
}
