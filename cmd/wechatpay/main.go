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
	ending := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		ending = append(ending, syscall.SIGHUP) // the terminal is closed: say what came of a call
	}
	ctx, stop := signal.NotifyContext(context.Background(), ending...)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := cli.Main(ctx, app.OS(), os.Args[1:])
	stop()
	os.Exit(code)
}
