// Hertz receives WeChat Pay's notifications with hertz, which does not use net/http. FromEnv
// names the credentials; those of a sandbox are in its env.sh.
//
//	cd examples/hertz && go run .
package main

import (
	"bytes"
	"context"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/app/server"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/notify"
)

func main() {
	client, err := wechatpay.FromEnv()
	if err != nil {
		log.Fatal(err)
	}
	apiV3Key := cipher.NewSecret(os.Getenv("WECHATPAY_APIV3_KEY"))
	handler, err := newHandler(client.PlatformKeys(), apiV3Key, func(_ context.Context, number string, total int64) error {
		log.Print("paid ", number, " ", total) // here: lock the order, compare the amount, mark it paid
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	newServer(handler).Spin()
}

// newServer mounts the handler. The size and the times are the server's to limit: hertz takes
// bodies of 4 MB, and none of its times is limited by default.
func newServer(handler *notify.Handler) *server.Hertz {
	h := server.Default(
		server.WithHostPorts(":8080"), server.WithMaxRequestBodySize(notify.DefaultMaxBody),
		server.WithReadTimeout(5*time.Second), server.WithWriteTimeout(10*time.Second), server.WithIdleTimeout(time.Minute),
	)
	h.POST("/wechatpay/notify", receive(handler))
	return h
}

// receive passes headers and body to the handler, and its reply back.
func receive(handler *notify.Handler) app.HandlerFunc {
	return func(ctx context.Context, c *app.RequestContext) {
		header := http.Header{}
		c.Request.Header.VisitAll(func(name, value []byte) { header.Add(string(name), string(value)) })
		reply := handler.Serve(ctx, notify.Request{
			Header: header, Body: bytes.NewReader(c.Request.Body()), Target: string(c.Request.RequestURI()),
		})
		for name := range reply.Header {
			c.Header(name, reply.Header.Get(name))
		}
		c.Status(reply.Status)
		c.Response.SetBody(reply.Body)
	}
}
