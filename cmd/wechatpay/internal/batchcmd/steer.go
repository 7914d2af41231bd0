package batchcmd

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/args"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// steering returns the commands that steer a run from another process, which NATS allows.
func steering(a *app.App) []*cobra.Command {
	reason := ""
	pause := steer(a, "pause", a.T("Begin no further calls until resume", "暂停发起新的调用，直到 resume"),
		func(ctx context.Context, s *batch.Store) error { return s.Pause(ctx, reason) })
	pause.Flags().StringVar(&reason, "reason", "", a.T("a `TEXT` for who looks later", "供之后查看的说明`文字`"))
	return []*cobra.Command{
		pause,
		steer(a, "resume", a.T("End a pause", "结束暂停"), func(ctx context.Context, s *batch.Store) error { return s.Resume(ctx) }),
		steer(a, "drain", a.T("End the run once all that it has begun is finished", "完成已开始的部分后结束运行"), func(ctx context.Context, s *batch.Store) error { return s.Drain(ctx) }),
	}
}

func steer(a *app.App, name, short string, do func(context.Context, *batch.Store) error) *cobra.Command {
	p := &place{}
	cmd := &cobra.Command{Use: name + " --nats URL", Short: short, Args: args.Exactly(), RunE: func(cmd *cobra.Command, _ []string) error {
		if cmd.Flags().Changed("state") {
			return failure.Usagef("--state: a run whose state is a folder cannot be steered from elsewhere. Ctrl-C or SIGTERM ends it once what is in flight "+
				"has finished, and the same command goes on later. For %s, give the run --nats", name)
		}
		if err := p.check(cmd.Flags()); err != nil {
			return err
		}
		store, err := p.look(cmd.Context(), a)
		if err != nil {
			return err
		}
		return noRun(do(cmd.Context(), store))
	}}
	p.register(a, cmd.Flags(), false)
	cmd.Flags().String("state", "", "")
	_ = cmd.Flags().MarkHidden("state") // for its error
	return cmd
}

// list prints the results that a state has.
func list(a *app.App) *cobra.Command {
	p, outcomes := &place{}, []string{}
	cmd := &cobra.Command{
		Use:   "list",
		Short: a.T("Print the results of a state", "输出状态中的结果"),
		Long: a.T("Print the results of a state, in the order in which they came. A number that was taken up again\ncomes more than once; the last one counts. The folder of a run that is on cannot be read.",
			"按产生的顺序输出状态中的结果。重新处理过的单号会出现多次，以最后一次为准。正在运行的状态文件夹无法读取。"),
		Args: args.Exactly(),
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		wanted := make([]batch.Outcome, len(outcomes))
		for i, name := range outcomes {
			if wanted[i] = batch.Outcome(name); !slices.Contains(batch.Outcomes(), wanted[i]) {
				return failure.Usagef("--outcome: there is no outcome %.20q; use one of %s", name, fmt.Sprint(batch.Outcomes()))
			}
		}
		if err := p.check(cmd.Flags()); err != nil {
			return err
		}
		store, err := p.look(cmd.Context(), a)
		if err != nil {
			return err
		}
		for result, err := range store.List(cmd.Context(), wanted...) {
			if err != nil {
				return noRun(err)
			}
			if err := a.ResultOf(result); err != nil {
				return err
			}
		}
		return nil
	}
	p.register(a, cmd.Flags(), true)
	cmd.Flags().StringSliceVar(&outcomes, "outcome", nil, a.T("only these `OUTCOMES`", "只输出这些`结果`"))
	return cmd
}

// status prints how far a run is, or was.
func status(a *app.App) *cobra.Command {
	p := &place{}
	cmd := &cobra.Command{
		Use: "status", Short: a.T("Print how far a run is, or was at its end", "输出运行进度"), Args: args.Exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.check(cmd.Flags()); err != nil {
				return err
			}
			store, err := p.look(cmd.Context(), a)
			if err != nil {
				return err
			}
			now, err := store.Progress(cmd.Context())
			if err != nil {
				return noRun(err)
			}
			return a.ResultOf(struct {
				batch.Progress
				ETA string `json:"eta"` // such as 3m12s
			}{now, now.ETA.String()})
		},
	}
	p.register(a, cmd.Flags(), true)
	return cmd
}

// noRun makes a state without a run a wrong command.
func noRun(err error) error {
	if errors.Is(err, batch.ErrNoRun) {
		return &failure.UsageError{Err: err}
	}
	return err
}
