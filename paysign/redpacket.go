package paysign

import (
	"strings"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A RedPacketPage is the input of [RedPacket]. All fields are required.
type RedPacketPage struct {
	AppID   string // of the mini program
	Package string // of the reply of v2/mmpaymkttransfers/sendminiprogramhb, unchanged
}

// RedPacketParams opens a red packet with a mini program's wx.sendBizRedPacket; its JSON has
// the names.
type RedPacketParams struct {
	TimeStamp string `json:"timeStamp"` // in Unix seconds
	NonceStr  string `json:"nonceStr"`
	Package   string `json:"package"`  // percent-encoded
	SignType  string `json:"signType"` // MD5; the page knows no other digest
	PaySign   string `json:"paySign"`  // in lower-case hex
}

// RedPacket signs the parameters that open the page on which a payer receives a red packet
// in a mini program, with the APIv2 key of the merchant that sends it. The app id is signed
// and not passed to the page; the sign type is passed and not signed. The result is for one
// use. RedPacket returns an error for an empty or malformed field. It is safe for concurrent
// use.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011937428
func RedPacket(page RedPacketPage, apiV2Key cipher.Secret) (RedPacketParams, error) {
	return redPacket(page, apiV2Key, newStamp())
}

func redPacket(page RedPacketPage, apiV2Key cipher.Secret, at stamp) (RedPacketParams, error) {
	if err := bareIDs(field{"RedPacketPage.AppID", page.AppID, "set the app id of the mini program"}); err != nil {
		return RedPacketParams{}, err
	}
	if err := required(field{"RedPacketPage.Package", page.Package, "set the package of the reply that created the red packet"}); err != nil {
		return RedPacketParams{}, err
	}
	p := RedPacketParams{TimeStamp: at.timestamp, NonceStr: at.nonce, Package: escape(page.Package), SignType: string(signer.MD5)}
	sign, err := signDigest(signer.MD5, map[string]string{
		"appId": page.AppID, "timeStamp": p.TimeStamp, "nonceStr": p.NonceStr, "package": p.Package,
	}, apiV2Key)
	if err != nil {
		return RedPacketParams{}, err
	}
	p.PaySign = strings.ToLower(sign)
	return p, nil
}
