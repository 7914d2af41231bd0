package paysign

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// JSAPIPay is what WeixinJSBridge and a mini program's wx.requestPayment take to
// open the payment; its JSON has their names. A mini program passes all but appId,
// which is signed all the same.
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
// prepay_id. appID is that of the app which opens it: of a combined order the
// combine_appid, in partner mode sp_appid or sub_appid, whichever it is. The
// result is good for one use. It fails for an empty or malformed argument, and with
// the signer's error; it is as safe for concurrent use as the signer.
func PayJSAPI(ctx context.Context, s signer.Signer, appID, prepayID string) (JSAPIPay, error) {
	return payJSAPI(ctx, s, appID, prepayID, "", newStamp())
}

func payJSAPI(ctx context.Context, s signer.Signer, appID, prepayID, extra string, at stamp) (JSAPIPay, error) {
	p := JSAPIPay{
		AppID: appID, TimeStamp: at.timestamp, NonceStr: at.nonce,
		Package: "prepay_id=" + prepayID + extra, SignType: "RSA",
	}
	var err error
	p.PaySign, err = signPay(ctx, s, appID, prepayID, p.AppID, p.TimeStamp, p.NonceStr, p.Package)
	if err != nil {
		return JSAPIPay{}, err
	}
	return p, nil
}

// A stamp makes parameters good for one use.
type stamp struct{ timestamp, nonce string }

func newStamp() stamp { return stamp{strconv.FormatInt(time.Now().Unix(), 10), signer.Nonce()} }

// signPay signs lines, each ended by a line feed, and gives base64.
func signPay(ctx context.Context, s signer.Signer, appID, prepayID string, lines ...string) (string, error) {
	switch {
	case s == nil || appID == "" || prepayID == "":
		return "", fmt.Errorf("signer: pay parameters need a signer, an app id (%q) and a prepay_id (%q)", appID, prepayID)
	case strings.ContainsAny(appID+prepayID, "=& \t\r\n"):
		return "", fmt.Errorf("signer: the app id (%q) or the prepay_id (%q) is more than an id; pass the bare values", appID, prepayID)
	}
	var message []byte
	for _, line := range lines {
		message = append(append(message, line...), '\n')
	}
	signature, err := s.Sign(ctx, message)
	if err != nil {
		return "", fmt.Errorf("signer: signing pay parameters: %w", err)
	}
	return base64.StdEncoding.EncodeToString(signature), nil
}
