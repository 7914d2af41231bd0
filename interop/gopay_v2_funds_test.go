package interop_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/go-pay/gopay"
	"github.com/go-pay/gopay/wechat"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// TestGoPayV2Funds: these endpoints know one digest each.
func TestGoPayV2Funds(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, digest string
		run          func(goPayV2, *testing.T)
	}{
		{"a red packet", wechat.SignType_MD5, goPayV2.redPacket},
		{"a transfer", wechat.SignType_MD5, goPayV2.transfer},
		{"a payment to a bank card", wechat.SignType_MD5, goPayV2.bankCard},
		{"profit sharing", wechat.SignType_HMAC_SHA256, goPayV2.sharing},
		{"a fund flow bill", wechat.SignType_HMAC_SHA256, goPayV2.fundFlow},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			row.run(newGoPayV2(t, sandboxtest.New(t), row.digest), t)
		})
	}
}

func (p goPayV2) redPacket(t *testing.T) {
	sent, err := p.client.SendCashRed(t.Context(), gopay.BodyMap{
		"nonce_str": rand.Text(), "mch_billno": "packet1", "wxappid": appid, "send_name": "店", "re_openid": openid, "total_amount": 100, "total_num": 1,
		"wishing": "恭喜", "client_ip": "127.0.0.1", "act_name": "活动", "remark": "无",
	})
	require.NoError(t, err)
	require.Equal(t, "SUCCESS", sent.ResultCode, sent.ErrCodeDes)
	assert.NotEmpty(t, sent.SendListid)
	ask := func() *wechat.QueryRedRecordResponse {
		found, err := p.client.QueryRedRecord(t.Context(), gopay.BodyMap{"nonce_str": rand.Text(), "mch_billno": "packet1", "appid": appid, "bill_type": "MCHT"})
		require.NoError(t, err)
		require.Equal(t, "SUCCESS", found.ResultCode, found.ErrCodeDes)
		return found
	}
	assert.Equal(t, "SENT", ask().Status)
	require.NoError(t, p.Gateway.ReceiveRedPacket("packet1"))
	received := ask()
	assert.Equal(t, "RECEIVED", received.Status)
	require.NotNil(t, received.Hblist)
	require.Len(t, received.Hblist.HbinfoList, 1)
	assert.Equal(t, openid, received.Hblist.HbinfoList[0].Openid)
}

func (p goPayV2) transferTo(t *testing.T, number string) *wechat.TransfersResponse {
	t.Helper()
	made, err := p.client.Transfer(t.Context(), gopay.BodyMap{
		"nonce_str": rand.Text(), "partner_trade_no": number, "openid": openid, "check_name": "NO_CHECK", "amount": 100, "desc": "退款", "spbill_create_ip": "127.0.0.1",
	})
	require.NoError(t, err)
	return made
}

func (p goPayV2) transfer(t *testing.T) {
	made := p.transferTo(t, "t1")
	require.Equal(t, "SUCCESS", made.ResultCode, made.ErrCodeDes)
	found, err := p.client.GetTransferInfo(t.Context(), gopay.BodyMap{"nonce_str": rand.Text(), "partner_trade_no": "t1"})
	require.NoError(t, err)
	assert.Equal(t, "SUCCESS", found.Status)
	assert.Equal(t, made.PaymentNo, found.DetailId)
	assert.Equal(t, "100", found.PaymentAmount)
}

// bankCard encrypts with the key that the sandbox gives; gopay has no function for that.
func (p goPayV2) bankCard(t *testing.T) {
	key, err := p.client.GetRSAPublicKey(t.Context(), p.with(gopay.BodyMap{}))
	require.NoError(t, err)
	block, _ := pem.Decode([]byte(key.PubKey))
	require.NotNil(t, block, key.PubKey)
	public, err := x509.ParsePKCS1PublicKey(block.Bytes)
	require.NoError(t, err)
	encrypt := func(text string) string {
		encrypted, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, public, []byte(text), nil)
		require.NoError(t, err)
		return base64.StdEncoding.EncodeToString(encrypted)
	}
	made, err := p.client.PayBank(t.Context(), gopay.BodyMap{
		"nonce_str": rand.Text(), "partner_trade_no": "b1", "enc_bank_no": encrypt("6222021234567890123"), "enc_true_name": encrypt("张三"), "bank_code": "1002", "amount": 100,
	})
	require.NoError(t, err)
	require.Equal(t, "SUCCESS", made.ResultCode, made.ErrCodeDes)
	p.verify(t, made)
	assert.Equal(t, []string{"b1", "100"}, []string{made.PartnerTradeNo, made.Amount})
	plain, err := p.client.PayBank(t.Context(), gopay.BodyMap{
		"nonce_str": rand.Text(), "partner_trade_no": "b2", "enc_bank_no": "6222021234567890123", "enc_true_name": "张三", "bank_code": "1002", "amount": 100,
	})
	require.NoError(t, err)
	assert.Equal(t, "PARAM_ERROR", plain.ErrCode)
	assert.Contains(t, plain.ErrCodeDes, "enc_bank_no")
}

// sharing sends its receivers as WeChat Pay documents them: as the text of a list.
func (p goPayV2) sharing(t *testing.T) {
	order := p.orderOf(t, wechat.TradeType_JsApi, "shared-1", nobody, gopay.BodyMap{"openid": openid, "profit_sharing": "Y"})
	require.Equal(t, "SUCCESS", order.ResultCode, order.ErrCodeDes)
	id := payOrder(t, p.Sandbox, "shared-1")
	added, err := p.client.ProfitSharingAddReceiver(t.Context(), p.with(gopay.BodyMap{"receiver": gopay.BodyMap{
		"type": "MERCHANT_ID", "account": "1900000110", "name": "示例商户全称", "relation_type": "PARTNER",
	}}))
	require.NoError(t, err)
	require.Equal(t, "SUCCESS", added.ResultCode, added.ErrCodeDes)
	p.verify(t, added)
	share := func(receivers any) *wechat.ProfitSharingResponse {
		text, err := json.Marshal(receivers)
		require.NoError(t, err)
		made, err := p.client.MultiProfitSharing(t.Context(), p.with(gopay.BodyMap{"transaction_id": id, "out_order_no": "P1", "receivers": string(text)}))
		require.NoError(t, err)
		p.verifyAll(t)
		return made
	}
	receiver := gopay.BodyMap{"type": "MERCHANT_ID", "account": "1900000110", "amount": 10, "description": "分给商户"}
	made := share([]gopay.BodyMap{receiver})
	require.Equal(t, "SUCCESS", made.ResultCode, made.ErrCodeDes)
	assert.Equal(t, []string{id, "P1"}, []string{made.TransactionId, made.OutOrderNo})
	receiver.Remove("account")
	wrong := share([]gopay.BodyMap{receiver})
	assert.Equal(t, "PARAM_ERROR", wrong.ErrCode)
	assert.Contains(t, wrong.ErrCodeDes, "account")

	ended, err := p.client.ProfitSharingFinish(t.Context(), p.with(gopay.BodyMap{"transaction_id": id, "out_order_no": "P2", "description": "完结"}))
	require.NoError(t, err)
	require.Equal(t, "SUCCESS", ended.ResultCode, ended.ErrCodeDes)
	p.verify(t, ended)
}

func (p goPayV2) fundFlow(t *testing.T) {
	p.order(t, "billed-1", nobody)
	id := payOrder(t, p.Sandbox, "billed-1")
	day := strings.ReplaceAll(today(p.Sandbox), "-", "")
	p.Gateway.AdvanceClock(24 * time.Hour)
	text, err := p.client.DownloadFundFlow(t.Context(), p.with(gopay.BodyMap{"bill_date": day, "account_type": "Basic"}))
	require.NoError(t, err)
	assert.Contains(t, text, "`"+id)
}
