package interop_test

import (
	"testing"

	"github.com/go-pay/gopay"
	"github.com/go-pay/gopay/wechat"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestGoPayV2Refusals(t *testing.T) {
	t.Parallel()
	for _, digest := range digestsV2 {
		t.Run(digest+"/a wrong API key", func(t *testing.T) {
			t.Parallel()
			s := sandboxtest.New(t, sandboxtest.ExpectRefusals())
			p := newGoPayV2WithoutCertificate(t, s, "0123456789abcdef0123456789abcdef", digest)
			reply, _, err := p.client.QueryOrder(t.Context(), p.with(gopay.BodyMap{"out_trade_no": "order-1"}))
			require.NoError(t, err)
			assert.Equal(t, wechat.QueryOrderResponse{ReturnCode: "FAIL", ReturnMsg: "签名错误"}, *reply)
			require.Len(t, s.Refusals(), 1)
			assert.Contains(t, s.Refusals()[0], "by another key")
		})
		t.Run(digest+"/a missing field", func(t *testing.T) {
			t.Parallel()
			p := newGoPayV2(t, sandboxtest.New(t), digest)
			reply := p.orderOf(t, wechat.TradeType_JsApi, "nobody-1", nobody, nil)
			assert.Equal(t, []string{"FAIL", "PARAM_ERROR"}, []string{reply.ResultCode, reply.ErrCode})
			assert.Contains(t, reply.ErrCodeDes, "openid")
		})
		t.Run(digest+"/an unknown order", func(t *testing.T) {
			t.Parallel()
			p := newGoPayV2(t, sandboxtest.New(t), digest)
			reply, all, err := p.client.Refund(t.Context(), p.with(gopay.BodyMap{"out_trade_no": "none", "out_refund_no": "R-1", "total_fee": 100, "refund_fee": 30}))
			require.NoError(t, err)
			p.verify(t, all)
			assert.Equal(t, []string{"FAIL", "ORDERNOTEXIST"}, []string{reply.ResultCode, reply.ErrCode})
		})
	}
}

// TestGoPayV2WithoutCertificate: gopay tells no more of a page than its status.
func TestGoPayV2WithoutCertificate(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		call func(*testing.T, goPayV2) error
	}{
		{"a refund", func(t *testing.T, p goPayV2) error {
			_, _, err := p.client.Refund(t.Context(), p.with(gopay.BodyMap{"out_trade_no": "none", "out_refund_no": "R-1", "total_fee": 100, "refund_fee": 30}))
			return err
		}},
		{"a reversal", func(t *testing.T, p goPayV2) error {
			_, err := p.client.Reverse(t.Context(), p.with(gopay.BodyMap{"out_trade_no": "none"}))
			return err
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := sandboxtest.New(t)
			p := newGoPayV2WithoutCertificate(t, s, s.Credentials.APIv2Key.Reveal(), wechat.SignType_MD5)
			require.ErrorContains(t, row.call(t, p), "StatusCode = 400")
			assert.Contains(t, p.lastReply(), "No required SSL certificate was sent")

			p.show(t, sandboxtest.New(t).Credentials.Certificate)
			require.ErrorContains(t, row.call(t, p), "StatusCode = 400")
			assert.Contains(t, p.lastReply(), "The SSL certificate error")

			p.show(t, s.Credentials.Certificate)
			require.NoError(t, row.call(t, p))
		})
	}
}

func TestGoPayV2ForgedReplies(t *testing.T) {
	t.Parallel()
	for _, digest := range digestsV2 {
		for _, fault := range []string{"tampered", "garbled", "unsigned"} {
			t.Run(digest+"/"+fault, func(t *testing.T) {
				t.Parallel()
				p := newGoPayV2(t, sandboxtest.New(t), digest)
				p.order(t, "forged-1", nobody)
				require.NoError(t, p.Gateway.Arm(sandbox.FaultRule{Fault: fault}))
				_, all, err := p.client.QueryOrder(t.Context(), p.with(gopay.BodyMap{"out_trade_no": "forged-1"}))
				require.NoError(t, err, "gopay leaves it to the caller")
				ok, err := wechat.VerifySign(p.Credentials.APIv2Key.Reveal(), digest, all)
				require.NoError(t, err)
				assert.False(t, ok)
				p.query(t, gopay.BodyMap{"out_trade_no": "forged-1"})
			})
		}
	}
}

func TestGoPayV2PaysNobodyWithoutCertificate(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	p := newGoPayV2WithoutCertificate(t, s, s.Credentials.APIv2Key.Reveal(), wechat.SignType_MD5)
	reply := p.transferTo(t, "t1")
	assert.Equal(t, []string{"SUCCESS", "FAIL", "CA_ERROR"}, []string{reply.ReturnCode, reply.ResultCode, reply.ErrCode})
}
