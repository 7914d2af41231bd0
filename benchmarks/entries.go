package main

import (
	"context"
	"crypto"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/wechatpay-apiv3/wechatpay-go/core/option"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/accel"
	"github.com/wechatpay-chain/wechatpay/keys"
)

// A setting is where the clients find the server.
type setting struct {
	account account
	folder  string // of the files of the account
	url     string // such as http://127.0.0.1:8080
	php     string // the folder where the PHP SDK is
}

// An entry is a client that takes part. open returns it with its versions, or a missingError.
type entry struct {
	name string
	open func(context.Context, setting) (p peer, versions string, err error)
}

// A missingError says why a client cannot take part here.
type missingError struct{ reason string }

func (e missingError) Error() string { return e.reason }

// The names of the two rows that the others are compared with.
const (
	oursName  = "this library"
	accelName = "this library, with accel"
)

var entries = []entry{
	{oursName, func(_ context.Context, s setting) (peer, string, error) {
		p, err := openOurs(s, s.account.merchant)
		return p, wechatpay.Version, err
	}},
	{accelName, openAccel},
	{"net/http, written by hand", openByHand},
	{"wechatpay-go, the official SDK", openWechatpayGo},
	{"gopay", openGoPay},
	{"the official PHP SDK, one thread", openPHP},
}

// newTransport returns what each client in this process has one of. It keeps its connections.
func newTransport() *http.Transport { return &http.Transport{MaxIdleConnsPerHost: 1 << 14} }

func openOurs(s setting, key crypto.Signer) (peer, error) {
	transport := newTransport()
	c, err := ourCall(wechatpay.Config{
		PrivateKey: key, PlatformKeys: keys.Set{publicKeyID: &s.account.wechat.PublicKey}, BaseURL: s.url, Transport: transport,
	})
	return goPeer{c, transport.CloseIdleConnections}, err
}

func openAccel(_ context.Context, s setting) (peer, string, error) {
	if err := accel.Available(); err != nil {
		return nil, "", missingError{err.Error()}
	}
	key, err := accel.Signer(s.account.merchant)
	if err != nil {
		return nil, "", err
	}
	p, err := openOurs(s, key)
	_, by, _ := strings.Cut(fmt.Sprint(key), ", by ")
	return p, wechatpay.Version + ", " + strings.TrimSuffix(by, ")"), err
}

func openByHand(_ context.Context, s setting) (peer, string, error) {
	transport := newTransport()
	client := &http.Client{Transport: transport, Timeout: 30 * time.Second}
	h := byHand{s.url, client.Do, signByHand(s.account.merchant), verifyByHand(&s.account.wechat.PublicKey)}
	return goPeer{h.call, transport.CloseIdleConnections}, "", nil
}

func openWechatpayGo(_ context.Context, s setting) (peer, string, error) {
	transport := newTransport()
	c, err := wechatpayGoCall(
		option.WithWechatPayPublicKeyAuthCipher(mchid, serial, s.account.merchant, publicKeyID, &s.account.wechat.PublicKey),
		option.WithHTTPClient(&http.Client{Transport: elsewhere{strings.TrimPrefix(s.url, "http://"), transport}, Timeout: 30 * time.Second}),
	)
	return goPeer{c, transport.CloseIdleConnections}, moduleVersion("github.com/wechatpay-apiv3/wechatpay-go"), err
}

func openGoPay(_ context.Context, s setting) (peer, string, error) {
	transport := newTransport()
	c, err := goPayCall(s.account, s.url, transport)
	return goPeer{c, transport.CloseIdleConnections}, moduleVersion("github.com/go-pay/gopay"), err
}

// moduleVersion is that of a module in this program, without its v.
func moduleVersion(path string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == path {
				return strings.TrimPrefix(module.Version, "v")
			}
		}
	}
	return "unknown version"
}
