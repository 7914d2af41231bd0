package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
)

// The merchant of the benchmark. Its keys are made for each run.
const (
	mchid       = "1900000109"
	serial      = "3775B6A45ACD588826D15E583A95F5DDFFFFFFFF"
	publicKeyID = "PUB_KEY_ID_0119000001092026112300000000000001"
	apiV3Key    = "00000000000000000000000000000000" // of no use here, but gopay wants one
)

// An account is what a client and the server must know of each other.
type account struct{ merchant, wechat *rsa.PrivateKey }

func newAccount() (a account, err error) {
	if a.merchant, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		return a, err
	}
	a.wechat, err = rsa.GenerateKey(rand.Reader, 2048)
	return a, err
}

// The files of an account, in a folder.
const (
	merchantFile  = "apiclient_key.pem"
	publicKeyFile = "pub_key.pem"
	wechatFile    = "wechatpay_key.pem" // for the server alone
)

// save writes the files that the other processes read.
func (a account) save(folder string) error {
	return errors.Join(
		savePEM(filepath.Join(folder, merchantFile), a.merchantPEM()),
		savePEM(filepath.Join(folder, publicKeyFile), a.publicKeyPEM()),
		savePEM(filepath.Join(folder, wechatFile), privatePEM(a.wechat)),
	)
}

func savePEM(file string, text []byte) error { return os.WriteFile(file, text, 0o600) }

func (a account) merchantPEM() []byte { return privatePEM(a.merchant) }

func (a account) publicKeyPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(&a.wechat.PublicKey))})
}

func privatePEM(key *rsa.PrivateKey) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(key))})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // keys of crypto/rsa can be written
	}
	return v
}

// An order is the body of a JSAPI order. All clients send these fields with these values.
type order struct {
	AppID       string `json:"appid"`
	MchID       string `json:"mchid"`
	Description string `json:"description"`
	OutTradeNo  string `json:"out_trade_no"`
	NotifyURL   string `json:"notify_url"`
	Amount      amount `json:"amount"`
	Payer       payer  `json:"payer"`
}

type amount struct {
	Total    int64  `json:"total"`
	Currency string `json:"currency"`
}

type payer struct {
	OpenID string `json:"openid"`
}

const (
	orderPath = "v3/pay/transactions/jsapi"
	prepayID  = "wx201410272009395522657a690389285100" // of every order
)

func newOrder(number string) order {
	return order{
		AppID: "wxd678efh567hg6787", MchID: mchid, Description: "Image形象店-深圳腾大-QQ公仔", OutTradeNo: number,
		NotifyURL: "https://www.weixin.qq.com/wxpay/pay.php", Amount: amount{100, "CNY"}, Payer: payer{"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
	}
}

var ordered atomic.Int64

// nextNumber returns an order number that has not been used.
func nextNumber() string { return "BENCH-" + strconv.FormatInt(ordered.Add(1), 10) }
