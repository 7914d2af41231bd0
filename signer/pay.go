package signer

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"time"
)

// JSAPIPay is what WeixinJSBridge and a mini program's wx.requestPayment take to
// open the payment; its JSON has their names.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012791857
type JSAPIPay struct {
	AppID     string `json:"appId"`
	TimeStamp string `json:"timeStamp"`
	NonceStr  string `json:"nonceStr"`
	Package   string `json:"package"` // prepay_id=…
	SignType  string `json:"signType"`
	PaySign   string `json:"paySign"`
}

// PayJSAPI signs the parameters that open a JSAPI or mini program payment of a
// prepay_id. appID is that of the app which opens it: in partner mode sp_appid or
// sub_appid, whichever it is. The result is good for one use.
func PayJSAPI(ctx context.Context, s Signer, appID, prepayID string) (JSAPIPay, error) {
	return payJSAPI(ctx, s, appID, prepayID, now(), Nonce())
}

func payJSAPI(ctx context.Context, s Signer, appID, prepayID, timestamp, nonce string) (JSAPIPay, error) {
	p := JSAPIPay{AppID: appID, TimeStamp: timestamp, NonceStr: nonce, Package: "prepay_id=" + prepayID, SignType: "RSA"}
	sign, err := signPay(ctx, s, appID, prepayID, p.AppID, p.TimeStamp, p.NonceStr, p.Package)
	p.PaySign = sign
	return p, err
}

func now() string { return strconv.FormatInt(time.Now().Unix(), 10) }

// signPay signs lines, each ended by a line feed, and gives base64.
func signPay(ctx context.Context, s Signer, appID, prepayID string, lines ...string) (string, error) {
	if s == nil || appID == "" || prepayID == "" {
		return "", fmt.Errorf("signer: pay parameters need a signer, an app id (%q) and a prepay_id (%q)", appID, prepayID)
	}
	var message []byte
	for _, line := range lines {
		message = appendLine(message, line)
	}
	signature, err := s.Sign(ctx, message)
	if err != nil {
		return "", fmt.Errorf("signer: signing pay parameters: %w", err)
	}
	return base64.StdEncoding.EncodeToString(signature), nil
}
