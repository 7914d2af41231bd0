// Sandbox serves the offline WeChat Pay on loopback, for clients in any language, and
// writes their credentials into a folder, with a first program for each language. When it ends
// it saves its orders and keys there, and goes on with them the next time.
//
//	go run ./examples/sandbox -addr 127.0.0.1:8080 -dir sandbox-credentials
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "where to listen; port 0 takes a free one")
	dir := flag.String("dir", "sandbox-credentials", "the folder for the credentials, made if it is not there")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *addr, *dir, func(url string) {
		fmt.Printf("gateway     %s\ncredentials %s\nCtrl-C ends it\n", url, *dir)
	})
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

// run serves until the context ends. It calls ready once the gateway listens and
// the credentials are written.
func run(ctx context.Context, addr, dir string, ready func(url string)) error {
	gateway, err := sandbox.Open(sandbox.Config{Logger: slog.Default()}, dir)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	url := "http://" + listener.Addr().String()
	if err := gateway.WriteCredentials(dir, url); err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{Handler: gateway, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Minute}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	ready(url)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	gateway.Close()
	return gateway.Save(dir)
}
