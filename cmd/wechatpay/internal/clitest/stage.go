package clitest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// A Stage is the sandbox of a script, and where it stands.
type Stage struct {
	Gateway *sandbox.Gateway
	Client  *wechatpay.Client // of Play
	URL     string            // of the gateway
	Dir     string            // the working directory of the script
	Folder  string            // the credentials
}

// Play runs the scripts as Run does, on a sandbox where something has happened: the order
// "order-unpaid" waits for its payer, and the refund "refund" of the paid order "order-paid" is
// PROCESSING. HOOK is the URL of a server that takes notifications.
func Play(t *testing.T, arrange func(*testscript.Env, *Stage) error) {
	t.Helper()
	run(t, sandbox.Config{RefundDelay: -1}, func(env *testscript.Env, stage *Stage) error {
		hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
		env.Defer(hook.Close)
		env.Setenv("HOOK", hook.URL)
		if err := stage.play(); err != nil || arrange == nil {
			return err
		}
		return arrange(env, stage)
	})
}

// play makes the orders that the scripts find.
func (s *Stage) play() (err error) {
	c := s.Gateway.Credentials()
	s.Client, err = wechatpay.New(wechatpay.Config{
		MchID: c.MchID, Serial: c.Serial, PrivateKey: c.PrivateKey, APIv3Key: c.APIv3Key, APIv2Key: c.APIv2Key, BaseURL: s.URL,
		PlatformKeys: keys.Set{c.PublicKeyID: c.PublicKey},
	})
	if err != nil {
		return err
	}
	ctx := context.Background()
	for _, number := range []string{"order-unpaid", "order-paid"} {
		_, err := s.Client.Chain("v3/pay/transactions/native").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{
			"appid": "wxd678efh567hg6787", "mchid": c.MchID, "description": "book", "out_trade_no": number,
			"notify_url": "https://example.com/notify", "amount": wechatpay.M{"total": 100},
		}})
		if err != nil {
			return err
		}
	}
	if _, err := s.Gateway.Pay("order-paid"); err != nil {
		return err
	}
	_, err = s.Client.Chain("v3/refund/domestic/refunds").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{
		"out_trade_no": "order-paid", "out_refund_no": "refund", "amount": wechatpay.M{"refund": 1, "total": 100, "currency": "CNY"},
	}})
	return err
}
