package batchcmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/args"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// worker makes the calls of a run that another process feeds.
func worker(a *app.App) *cobra.Command {
	p, inFlight := &place{}, 0
	cmd := &cobra.Command{
		Use:   "worker --nats URL",
		Short: a.T("Make calls of a run that another machine feeds, until it is interrupted", "执行其他机器分发的调用，直到被中断"),
		Args:  args.Exactly(),
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx := cmd.Context()
		if err := p.check(cmd.Flags()); err != nil {
			return err
		}
		if inFlight < 1 || inFlight > 4096 {
			return failure.Usagef("--inflight is %d; it must be 1 to 4096", inFlight)
		}
		client, err := a.Client(ctx, accelerate)
		if err != nil {
			return err
		}
		if err := a.CareFor(ctx, a.T("every job of the batch", "批量任务中的每个调用")); err != nil {
			return err
		}
		store, err := p.open(a, client.CallerID())
		if err != nil {
			return err
		}
		return working(a, batch.Work(ctx, batch.Config{Client: client, Store: store, InFlight: inFlight}))
	}
	p.register(a, cmd.Flags(), false)
	cmd.Flags().IntVar(&inFlight, "inflight", 16, a.T("calls at a time in this process", "本进程同时进行的调用数"))
	return cmd
}

// working is the end of a worker: to be interrupted is how it ends.
func working(a *app.App, err error) error {
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		a.Note("%s", a.T("ended; what was in flight has finished", "已结束，进行中的调用已完成"))
		return nil
	case errors.Is(err, batch.ErrOtherMerchant), errors.Is(err, batch.ErrVersion):
		return &failure.UsageError{Err: err}
	}
	return failure.Codef(failure.Unknown, "%w", err)
}
