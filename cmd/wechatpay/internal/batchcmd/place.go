package batchcmd

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/spf13/pflag"

	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// A place is where the state is: a folder, or a NATS server or cluster.
type place struct {
	dir              string
	url, creds, name string
	replicas         int
	folder           bool // a folder will do
}

func (p *place) register(a *app.App, set *pflag.FlagSet, folder bool) {
	if p.folder = folder; folder {
		set.StringVar(&p.dir, "state", "", a.T("the `FOLDER` of the state; it is made for its owner alone", "状态`文件夹`，仅所有者可读"))
	}
	set.StringVar(&p.url, "nats", "", a.T("the `URL` of a NATS server with JetStream that has the state, for several machines", "保存状态的 NATS（JetStream）服务器 `URL`，用于多台机器"))
	set.StringVar(&p.creds, "nats-creds", "", a.T("the `FILE` with the credentials for --nats", "--nats 的凭据`文件`"))
	set.StringVar(&p.name, "name", "", a.T("the `NAME` of the state on NATS (default: the merchant's id)", "NATS 上状态的`名称`（默认为商户号）"))
	set.IntVar(&p.replicas, "replicas", 1, a.T("the nodes of NATS that keep each write: 1, 3 or 5", "NATS 保存每次写入的节点数：1、3 或 5"))
}

func (p *place) check(set *pflag.FlagSet) error {
	switch {
	case p.dir == "" && p.url == "" && p.folder:
		return failure.Usagef("--state is missing; name a folder for the state, which stays until all is done")
	case p.url == "" && !p.folder:
		return failure.Usagef("--nats is missing; give the URL of the server that has the state, such as nats://10.0.0.7:4222")
	case p.dir != "" && p.url != "":
		return failure.Usagef("--state and --nats exclude each other: the state is in one place")
	case p.url == "" && (p.creds != "" || p.name != "" || set.Changed("replicas")):
		return failure.Usagef("--nats-creds, --name and --replicas are for --nats, which is missing")
	case p.replicas != 1 && p.replicas != 3 && p.replicas != 5:
		return failure.Usagef("--replicas is %d; it must be 1, 3 or 5", p.replicas)
	}
	for _, one := range strings.Split(p.url, ",") {
		if u, err := url.Parse(one); err != nil || u.User != nil {
			return failure.Usagef("--nats: the URL is malformed, or has a user or a password; give that in the file of --nats-creds")
		}
	}
	return nil
}

// exists reports whether the folder of the state is there. What else is at its path is for
// Embedded to say.
func (p *place) exists() bool {
	_, err := os.Lstat(p.dir)
	return !errors.Is(err, fs.ErrNotExist)
}

// make makes the folder, and reports whether it was not there. On NATS, it makes nothing.
func (p *place) make() (made bool, err error) {
	if p.url != "" {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(p.dir), 0o700); err != nil {
		return false, failure.Usagef("--state: %w", err)
	}
	switch err := os.Mkdir(p.dir, 0o700); {
	case err == nil:
		return true, nil
	case !errors.Is(err, fs.ErrExist):
		return false, failure.Usagef("--state: %w", err)
	}
	return false, nil
}

// open opens the state. merchant names it on NATS where nothing else does.
func (p *place) open(a *app.App, merchant string) (store *batch.Store, err error) {
	if p.url == "" {
		if store, err = batch.Embedded(p.dir); err != nil {
			return nil, wrongStore(err)
		}
		a.AtExit(store.Close)
		return store, nil
	}
	// What goes wrong on the connection is told by the calls that need it.
	opts := []nats.Option{nats.Name("wechatpay batch"), nats.MaxReconnects(-1), nats.Timeout(5 * time.Second), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})}
	if p.creds != "" {
		opts = append(opts, nats.UserCredentials(p.creds))
	}
	conn, err := nats.Connect(p.url, opts...)
	if err != nil {
		return nil, failure.Codef(failure.NotSent, "--nats %s: %w; nothing was sent", p.url, err)
	}
	a.AtExit(func() error { conn.Close(); return nil })
	name := p.name
	if name == "" {
		name = merchant
	}
	if store, err = batch.NATS(conn, name, p.replicas); err != nil {
		return nil, &failure.UsageError{Err: err}
	}
	return store, nil
}

// look opens a state that is there, for who watches or steers.
func (p *place) look(ctx context.Context, a *app.App) (*batch.Store, error) {
	if p.url == "" && !p.exists() {
		return nil, failure.Usagef("--state %s: there is no such folder", p.dir)
	}
	merchant := ""
	if p.url != "" && p.name == "" {
		settings, err := a.Settings(ctx)
		if err != nil {
			return nil, err
		}
		merchant = settings.Merchant()
	}
	store, err := p.open(a, merchant)
	if errors.Is(err, batch.ErrBusy) {
		return nil, failure.Usagef("--state %s: a run is on, and its folder is its own until it ends; its terminal tells how far it is. "+
			"To look at a run from elsewhere, give it --nats", p.dir)
	}
	return store, err
}

// wrongStore is the error of a state that cannot be used, and that nothing was sent from.
func wrongStore(err error) error {
	if errors.Is(err, batch.ErrStore) {
		return failure.Codef(failure.Unknown, "%w", err)
	}
	return &failure.UsageError{Err: err}
}
