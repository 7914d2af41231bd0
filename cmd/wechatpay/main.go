// Wechatpay calls, explores, diagnoses and rehearses WeChat Pay from the command line.
//
//	go run ./cmd/wechatpay --help
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := cli.Main(ctx, app.OS(), os.Args[1:])
	stop()
	os.Exit(code)
}
