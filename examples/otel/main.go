// Otel traces calls with OpenTelemetry's otelhttp, as a middleware of the stack. A span
// is named by the route, such as "GET v3/pay/transactions/id/{transaction_id}", and not
// by the path, whose order number would give each order a name.
//
//	go run .
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// tracing gives each attempt a span. otelhttp records the whole URL as an attribute:
// drop it in your collector if order numbers must not be kept.
func tracing(provider trace.TracerProvider) middleware.Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return otelhttp.NewTransport(next,
			otelhttp.WithTracerProvider(provider),
			otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
				return r.Method + " " + middleware.CallOf(r.Context()).Route
			}))
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	gateway, err := sandbox.New(sandbox.Config{})
	if err != nil {
		return err
	}
	server, err := gateway.Start()
	if err != nil {
		return err
	}
	defer server.Close()
	provider := sdk.NewTracerProvider(sdk.WithSyncer(printer{out}))
	defer func() { err = errors.Join(err, provider.Shutdown(ctx)) }()

	merchant := gateway.Credentials()
	c, err := wechatpay.New(wechatpay.Config{
		MchID:        merchant.MchID,
		Serial:       merchant.Serial,
		PrivateKey:   merchant.PrivateKey,
		PlatformKeys: merchant.PlatformKeys(),
		BaseURL:      server.URL,
		Stack: func(s *middleware.Stack) error {
			return s.Before("verify", "otel", tracing(provider))
		},
	})
	if err != nil {
		return err
	}
	defer c.CloseIdleConnections()
	resp, err := c.Chain("v3/marketing/favor/users/{openid}/coupons").Get(ctx, &wechatpay.Options{
		Vars:  wechatpay.M{"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
		Query: wechatpay.M{"appid": "wxd678efh567hg6787"},
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "verified", resp.Verified)
	return err
}

// printer exports spans by name and status.
type printer struct{ out io.Writer }

func (p printer) ExportSpans(_ context.Context, spans []sdk.ReadOnlySpan) error {
	for _, span := range spans {
		if _, err := fmt.Fprintln(p.out, "span", span.Name()); err != nil {
			return err
		}
	}
	return nil
}

func (printer) Shutdown(context.Context) error { return nil }
