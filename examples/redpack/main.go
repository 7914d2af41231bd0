// Command redpack sends a cash red packet (现金红包) by APIv2, asks what became of it, and shows
// what a lost reply means: ask under the same number, and send again under it alone.
//
// It runs against the sandbox, over TLS, since red packets ask for the merchant's certificate.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/wechatpay-chain/wechatpay"
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
	server, err := gateway.StartTLS()
	if err != nil {
		return err
	}
	defer server.Close()
	cred := gateway.Credentials()
	roots := x509.NewCertPool()
	roots.AddCert(cred.RootCA)
	transport := wechatpay.NewTransport()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	c, err := wechatpay.New(wechatpay.Config{
		MchID:       cred.MchID,
		APIv2Key:    cred.APIv2Key,
		Certificate: cred.TLSCertificate(), // of apiclient_cert.p12: see keys.LoadMerchant
		AppID:       "wxd678efh567hg6787",  // for wxappid
		Transport:   transport,
		BaseURL:     server.URL,
	})
	if err != nil {
		return err
	}
	defer c.CloseIdleConnections()

	packet := &wechatpay.Options{XML: wechatpay.M{
		"mch_billno": "1900000109202612010000000001", "send_name": "天虹百货", "re_openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
		"total_amount": 1000, "total_num": 1, "wishing": "感谢您参加猜灯谜活动，祝您元宵节快乐！", "client_ip": "127.0.0.1",
		"act_name": "猜灯谜抢红包活动", "remark": "猜越多得越多，快来抢！",
		"risk_info": wechatpay.M{"posttime": "123123412", "clientversion": "234134"}, // becomes one text
	}}
	sent, err := c.Chain("v2/mmpaymkttransfers/sendredpack").Post(ctx, packet)
	switch {
	case wechatpay.OutcomeUnknown(err):
		_, _ = fmt.Fprintln(out, "unknown; ask for it below, under the same mch_billno")
	case err != nil:
		return err // it was refused, and nothing was sent
	default:
		_, _ = fmt.Fprintf(out, "sent %s fen\n", sent.Get("total_amount"))
	}

	info, err := c.Chain("v2/mmpaymkttransfers/gethbinfo").Post(ctx, &wechatpay.Options{
		XML: wechatpay.M{"appid": "wxd678efh567hg6787", "mch_billno": "1900000109202612010000000001", "bill_type": "MCHT"},
	})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "it is %s\n", info.Get("status"))
	return nil
}
