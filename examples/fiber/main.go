// Fiber receives WeChat Pay's notifications in a framework that does not use net/http,
// and remembers them in a database that several processes may share. An embedded gateway
// sends each of them three times at once.
//
//	cd examples/fiber && go run .
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/gofiber/fiber/v3"

	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	gateway, err := sandbox.New(sandbox.Config{})
	if err != nil {
		return err
	}
	seen, err := openTable(ctx, ":memory:")
	if err != nil {
		return err
	}
	defer func() { _ = seen.db.Close() }()
	var mu sync.Mutex // over out
	handler, err := notify.NewHandler(notify.HandlerConfig{
		Config:       notify.Config{Keys: gateway.Credentials().PlatformKeys(), APIv3Key: gateway.Credentials().APIv3Key},
		Deduplicator: seen,
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.RefundSuccess}: notify.Typed(func(_ context.Context, _ *notify.Event, refund notify.Refund) error {
				mu.Lock()
				defer mu.Unlock()
				_, err := fmt.Fprintln(out, "refunded", refund.OutRefundNo, refund.Amount.Refund)
				return err
			}),
		},
	})
	if err != nil {
		return err
	}
	url, end, err := serve(handler)
	if err != nil {
		return err
	}
	defer end()
	return sendRefunds(ctx, gateway, url)
}

// mount passes headers and body of a fiber request to the handler, and its reply back.
func mount(app *fiber.App, path string, handler *notify.Handler) {
	app.Post(path, func(c fiber.Ctx) error {
		header := http.Header{}
		for name, values := range c.GetReqHeaders() {
			header[name] = values
		}
		// BodyRaw is what was signed; Body would unzip, before anything is verified.
		reply := handler.Serve(c.Context(), notify.Request{
			Header: header, Body: bytes.NewReader(c.BodyRaw()), Target: c.OriginalURL(),
		})
		for name := range reply.Header {
			c.Set(name, reply.Header.Get(name))
		}
		return c.Status(reply.Status).Send(reply.Body)
	})
}

// newApp returns the merchant's app. The time-outs are its own: fiber has none by default,
// and a stranger could hold every connection.
func newApp(handler *notify.Handler) *fiber.App {
	app := fiber.New(fiber.Config{
		BodyLimit: notify.DefaultMaxBody, ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute,
	})
	mount(app, "/wechatpay/notify", handler)
	return app
}

// serve runs the app on a free port of loopback.
func serve(handler *notify.Handler) (url string, end func(), err error) {
	app := newApp(handler)
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = app.Listener(listener, fiber.ListenConfig{DisableStartupMessage: true})
	}()
	return "http://" + listener.Addr().String() + "/wechatpay/notify", func() { _ = app.ShutdownWithTimeout(time.Second); <-done }, nil
}

// sendRefunds plays WeChat Pay: it sends the same notifications three times at once.
func sendRefunds(ctx context.Context, gateway *sandbox.Gateway, url string) error {
	refunds := make([]sandbox.Notification, 0, 3)
	for i := range 3 {
		refunds = append(refunds, sandbox.Notification{
			ID: fmt.Sprintf("event-%d", i), EventType: notify.RefundSuccess, OriginalType: "refund", Summary: "退款成功",
			Resource: map[string]any{"out_refund_no": fmt.Sprintf("R%d", i), "amount": map[string]any{"refund": 100 + i}},
		})
	}
	var group sync.WaitGroup
	errs := make([]error, 3)
	for line := range errs {
		group.Go(func() { _, errs[line] = gateway.Deliver(ctx, sandbox.Delivery{URL: url, Scale: 0.001}, refunds...) })
	}
	group.Wait()
	return errors.Join(errs...)
}
