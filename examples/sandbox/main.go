// Sandbox serves the offline WeChat Pay on loopback, for clients in any language, and
// writes their credentials into a folder.
//
//	go run ./examples/sandbox -addr 127.0.0.1:8080 -dir sandbox-credentials
package main

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "where to listen; port 0 takes a free one")
	dir := flag.String("dir", "sandbox-credentials", "the folder for the credentials, made if it is not there")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
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
	gateway, err := sandbox.New(sandbox.Config{})
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	url := "http://" + listener.Addr().String()
	if err := write(dir, url, gateway.Credentials()); err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{Handler: gateway, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Minute}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	ready(url)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// write writes the credentials into files with the names that WeChat Pay gives them.
func write(dir, url string, c sandbox.Credentials) error {
	ids, err := json.MarshalIndent(map[string]string{
		"base_url": url, "mchid": c.MchID, "serial": c.Serial, "apiv3_key": c.APIv3Key.Reveal(),
		"platform_serial": c.PlatformSerial, "public_key_id": c.PublicKeyID,
	}, "", "  ")
	if err != nil {
		return err
	}
	key, err := encodeKey(c.PrivateKey)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(c.PublicKey)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for name, data := range map[string][]byte{
		"credentials.json":                       append(ids, '\n'),
		"apiclient_key.pem":                      key,
		"apiclient_cert.pem":                     encode("CERTIFICATE", c.Certificate.Raw),
		"pub_key.pem":                            encode("PUBLIC KEY", public),
		"wechatpay_" + c.PlatformSerial + ".pem": encode("CERTIFICATE", c.PlatformCertificate.Raw),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func encodeKey(key *rsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return encode("PRIVATE KEY", der), err
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
