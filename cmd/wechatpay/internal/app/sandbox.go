package app

import (
	"context"
	"fmt"
	"os"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/profile"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// A local is a sandbox that this command started.
type local struct {
	gateway *sandbox.Gateway
	server  *sandbox.Server
	dir     string // of its credentials
}

// sandboxSettings returns the settings of the sandbox whose env.sh was read, of the served one, or
// else of one that lasts as long as this command.
func (a *App) sandboxSettings(ctx context.Context) (*profile.Settings, error) {
	if _, read := a.Getenv("WECHATPAY_CONTROL_TOKEN"); read {
		settings, err := profile.Finder{Getenv: a.Getenv, Stdin: a.secret(ctx)}.Resolve(ctx)
		if err != nil || settings.Kind == profile.Sandbox {
			return settings, err
		}
	}
	dir := profile.SandboxDir(a.Getenv)
	if settings, err := profile.Served(ctx, dir); err == nil {
		return settings, nil
	}
	if a.local == nil {
		local, err := startLocal()
		if err != nil {
			return nil, err
		}
		a.local = local
		a.AtExit(local.close)
		_, _ = fmt.Fprintln(a.Err, "a sandbox for this command alone; `wechatpay sandbox serve` starts one that stays")
	}
	return profile.FromFolder(a.local.dir)
}

func startLocal() (*local, error) {
	gateway, err := sandbox.New(sandbox.Config{})
	if err != nil {
		return nil, err
	}
	server, err := gateway.Start()
	if err != nil {
		return nil, err
	}
	l := &local{gateway: gateway, server: server}
	if l.dir, err = os.MkdirTemp("", "wechatpay-sandbox-"); err == nil {
		err = gateway.WriteCredentials(l.dir, server.URL)
	}
	if err != nil {
		_ = l.close()
		return nil, err
	}
	return l, nil
}

func (l *local) close() error {
	l.server.Close()
	return os.RemoveAll(l.dir)
}
