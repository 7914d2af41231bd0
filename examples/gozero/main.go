// Gozero receives WeChat Pay's notifications with go-zero. FromEnv names the credentials;
// those of a sandbox are in its env.sh.
//
//	cd examples/gozero && go run .
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/zeromicro/go-zero/core/conf"
	"github.com/zeromicro/go-zero/rest"

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
	server, err := newServer(handler)
	if err != nil {
		log.Fatal(err)
	}
	defer server.Stop()
	server.Start()
}

// newServer mounts the handler. go-zero ends a request after 3 seconds by default; WeChat Pay
// waits for 5, and the handler ends your function before that.
func newServer(handler *notify.Handler) (*rest.Server, error) {
	var c rest.RestConf
	if err := conf.LoadFromYamlBytes([]byte("Name: shop\nPort: 8080\n"), &c); err != nil {
		return nil, err
	}
	server, err := rest.NewServer(c)
	if err != nil {
		return nil, err
	}
	server.AddRoute(
		rest.Route{Method: http.MethodPost, Path: "/wechatpay/notify", Handler: handler.ServeHTTP},
		rest.WithTimeout(5*time.Second),
	)
	return server, nil
}
