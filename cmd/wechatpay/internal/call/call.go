// Package call has the commands that call WeChat Pay: get, post, put, patch and delete.
//
// A command line becomes a request in steps, each in a file of its own: the path (path.go),
// the fields and their types (assign.go, typed.go), the body (body.go), the checks that need
// no network (check.go, spell.go). The request is then sent (send.go), saved (save.go), sent
// page by page (paginate.go) or only shown (dryrun.go); and its reply is written (reply.go,
// filter.go).
package call

import (
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
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
	var f flags
	verb := strings.ToLower(method)
	cmd := &cobra.Command{
		Use:                   verb + " PATH [flags]",
		DisableFlagsInUseLine: true,
		Short:                 a.T("Call "+method+" PATH, and print the reply", "调用 "+method+" PATH，并输出应答"),
		Long:                  long(a, method),
		Example:               examples(a, method),
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return failure.Usagef("%s: the path is missing; write it as WeChat Pay documents it: wechatpay %s v3/…", verb, verb)
			case len(args) > 1:
				return failure.Usagef("%s: one path, not %d arguments; put a value with spaces in quotes, and fields behind -f or -q", verb, len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := newRequest(a, method, args[0], &f)
			if err == nil {
				err = r.run(cmd.Context())
			}
			return inFlags(err)
		},
	}
	f.register(a, cmd.Flags(), method)
	return cmd
}
