// Echo receives WeChat Pay's notifications with echo. FromEnv names the credentials; those of
// a sandbox are in its env.sh.
//
//	cd examples/echo && go run .
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

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
	server := &http.Server{
		Addr: ":8080", Handler: newEcho(handler), ReadHeaderTimeout: 2 * time.Second,
		ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute,
	}
	log.Fatal(server.ListenAndServe())
}

// newEcho mounts the handler. No middleware of this route may read the body, or ask for a
// login or a CSRF token.
func newEcho(handler *notify.Handler) *echo.Echo {
	e := echo.New()
	e.Use(middleware.Recover())
	e.POST("/wechatpay/notify", echo.WrapHandler(handler))
	return e
}
