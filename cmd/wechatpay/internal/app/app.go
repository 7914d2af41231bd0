// Package app is what all commands share: the streams, the flags of every command, the
// profile, and the client that follows from it.
//
// A command is a function that takes an *App and returns a *cobra.Command. Results go to
// Out and nothing else does; everything said to a person goes to Err.
package app

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/spf13/pflag"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/profile"
	"github.com/wechatpay-chain/wechatpay/openapi"
)

// An App is what the commands of one run share. It is not safe for concurrent use.
type App struct {
	In       io.Reader
	Out, Err io.Writer
	// Getenv is os.LookupEnv.
	Getenv func(name string) (value string, ok bool)
	Now    func() time.Time
	Flags  Flags

	settings *profile.Settings // nil until they are found
	stdinFor string            // what In is read for
	local    *local            // nil until there is a sandbox of this command
	cleanup  []func() error
}

// Flags are those of every command.
type Flags struct {
	Profile    string
	Sandbox    bool // run against a sandbox
	Yes        bool // what takes effect needs no other confirmation
	JSONErrors bool
	Color      ColorMode
}

// OS returns the App of this process.
func OS() *App {
	return &App{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.LookupEnv, Now: time.Now}
}

// Register adds the flags of every command.
func (a *App) Register(flags *pflag.FlagSet) {
	flags.StringVarP(&a.Flags.Profile, "profile", "p", "", a.T("the `NAME` of the profile (default WECHATPAY_PROFILE, or that of \"profile use\")", "配置名 `NAME`（默认取 WECHATPAY_PROFILE，或 profile use 所选的配置）"))
	flags.BoolVar(&a.Flags.Sandbox, "sandbox", false, a.T("run against the served sandbox, or one that starts for this command", "使用正在运行的沙箱，没有时为本命令启动一个"))
	flags.BoolVarP(&a.Flags.Yes, "yes", "y", false, a.T("do not ask before a call that takes effect", "生效的调用不再询问"))
	flags.BoolVar(&a.Flags.JSONErrors, "json-errors", false, a.T("errors as one line of JSON", "错误输出为一行 JSON"))
	a.Flags.Color = "auto"
	flags.Var(&a.Flags.Color, "color", a.T("colours in results", "结果是否着色"))
}

// Settings returns the values of the profile and the environment, each with its origin. They
// are found once. An error is a *failure.UsageError.
func (a *App) Settings(ctx context.Context) (*profile.Settings, error) {
	if a.settings != nil {
		return a.settings, nil
	}
	settings, err := a.resolve(ctx)
	if err != nil {
		return nil, err
	}
	for _, note := range settings.Notes {
		a.Note("%s", note)
	}
	a.settings = settings
	return settings, nil
}

func (a *App) resolve(ctx context.Context) (*profile.Settings, error) {
	if !a.Flags.Sandbox {
		return profile.Finder{Getenv: a.Getenv, Named: a.Flags.Profile, Stdin: a.secret(ctx)}.Resolve(ctx)
	}
	if a.Flags.Profile != "" {
		return nil, failure.Usagef("--sandbox and --profile exclude each other; leave one out")
	}
	return a.sandboxSettings(ctx)
}

// Client returns a client for the profile. change, which may be nil, changes its Config.
func (a *App) Client(ctx context.Context, change func(*wechatpay.Config)) (*wechatpay.Client, error) {
	settings, err := a.Settings(ctx)
	if err != nil {
		return nil, err
	}
	cfg, err := wechatpay.ConfigFrom(settings.Lookup)
	if err != nil {
		return nil, wrongSettings(settings, err)
	}
	cfg.Hint = openapi.Suggest
	if change != nil {
		change(&cfg)
	}
	client, err := wechatpay.New(cfg)
	if err != nil {
		return nil, wrongSettings(settings, err)
	}
	return client, nil
}

// AtExit runs a function when the command has ended, last first.
func (a *App) AtExit(f func() error) { a.cleanup = append(a.cleanup, f) }

// Close runs what AtExit was given.
func (a *App) Close() (err error) {
	for i := len(a.cleanup) - 1; i >= 0; i-- {
		if e := a.cleanup[i](); err == nil {
			err = e
		}
	}
	a.cleanup = nil
	return err
}
