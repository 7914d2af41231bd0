package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/profile"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/errtext"
	"github.com/wechatpay-chain/wechatpay/internal/httprule"
)

// A Request is what is about to be sent, as far as Care looks at it.
type Request struct {
	Method string
	Path   string            // as a chain takes it: v3/…, v2/…, with its variables or without
	Vars   map[string]string // of the path; nil for none
	Body   []byte            // JSON of the body, or of the fields of APIv2; nil for none
}

// TakesEffect reports whether WeChat Pay may change something because of the request. In APIv2
// most queries are a POST too.
func (r Request) TakesEffect() bool {
	if httprule.IsSafe(r.Method) {
		return false
	}
	if path, v2 := strings.CutPrefix(r.Path, "v2/"); v2 {
		facts, _ := endpoint.LookupV2(r.Method, path)
		return !facts.Query
	}
	return true
}

// Care is called before a request is sent. In production, one that takes effect is confirmed
// by a person, who is shown its number and amount, or by --yes: else the error is
// failure.ErrNotConfirmed. A profile that is read-only refuses it.
func (a *App) Care(ctx context.Context, r Request) error {
	if !r.TakesEffect() {
		return nil
	}
	return a.CareFor(ctx, r.Method+" "+errtext.Printable(r.Path), r.facts()...)
}

// CareFor is Care for what takes effect otherwise, such as many requests. The facts are lines of
// the question.
func (a *App) CareFor(ctx context.Context, what string, facts ...string) error {
	settings, err := a.Settings(ctx)
	if err != nil {
		return err
	}
	switch settings.Kind {
	case profile.Sandbox:
		return nil
	case profile.ReadOnly:
		return failure.Usagef("%s takes effect, and %s is read-only; use another profile", what, settings.Name())
	}
	return a.Confirm(ctx, a.question(settings, what, facts))
}

// question is what a person is asked before something takes effect.
func (a *App) question(settings *profile.Settings, what string, facts []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, a.T("%s takes effect in production, for merchant %s (%s)", "%s 将在生产环境生效，商户 %s（%s）"),
		what, errtext.ID(settings.Merchant()), settings.Name())
	for _, line := range facts {
		b.WriteString("\n  " + line)
	}
	return b.String() + "\n" + a.T("Send it?", "确认发送？")
}
