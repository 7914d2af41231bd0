// Command micropay is a till that charges payment codes (付款码) by APIv2: one payer has money,
// one has none, and one is asked for the password.
//
// It runs against the sandbox, over TLS, since a reversal asks for the merchant's certificate.
// Against WeChat Pay, Certificate is that of apiclient_cert.p12 (see keys.LoadMerchant), and Transport and
// BaseURL are left out.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/micropay"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func main() {
	if err := run(context.Background(), os.Stdout, 5*time.Second); err != nil { // as WeChat Pay asks for
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer, interval time.Duration) error {
	gateway, err := sandbox.New(sandbox.Config{})
	if err != nil {
		return err
	}
	server, err := gateway.StartTLS()
	if err != nil {
		return err
	}
	defer server.Close()
	c, err := newClient(gateway.Credentials(), server.URL)
	if err != nil {
		return err
	}
	defer c.CloseIdleConnections()
	// The last digits of a code tell the sandbox what its payer does.
	for _, payer := range []struct{ number, code, does string }{
		{"TILL-0001", "134567890123456789", "has money"},
		{"TILL-0002", "134567890123450002", "has none"},
		{"TILL-0003", "134567890123450001", "is asked for the password"},
	} {
		time.AfterFunc(interval, func() { _, _ = gateway.Pay(payer.number) }) // the third enters it
		payment, err := micropay.Pay(ctx, c, wechatpay.M{
			"appid": "wxd678efh567hg6787", "body": "咖啡", "out_trade_no": payer.number, "total_fee": 1800,
			"spbill_create_ip": "127.0.0.1", "auth_code": payer.code,
		}, &micropay.Config{Interval: interval})
		var failed *micropay.Error
		switch {
		case err == nil:
			_, _ = fmt.Fprintf(out, "the payer %s: paid %s fen\n", payer.does, payment.Get("total_fee"))
		case errors.As(err, &failed):
			_, _ = fmt.Fprintf(out, "the payer %s: %s (%s)\n", payer.does, failed.State, failed.Code)
		default:
			return err
		}
	}
	return nil
}

func newClient(cred sandbox.Credentials, url string) (*wechatpay.Client, error) {
	roots := x509.NewCertPool()
	roots.AddCert(cred.RootCA)
	transport := wechatpay.NewTransport()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	return wechatpay.New(wechatpay.Config{
		MchID:       cred.MchID,
		APIv2Key:    cred.APIv2Key,
		Certificate: cred.TLSCertificate(),
		Transport:   transport,
		BaseURL:     url,
		Timeout:     10 * time.Second,
	})
}
