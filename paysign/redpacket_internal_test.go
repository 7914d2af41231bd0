package paysign

import (
	"crypto/md5"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
)

func TestRedPacket(t *testing.T) {
	t.Parallel()
	p, err := redPacket(RedPacketPage{AppID: "wx1", Package: "sendid=242e&ver=8&sign=4110&mchid=11475856&appid=wxd27e"}, v2Key, stamp{"1514363815", "Ww213sdad"})
	require.NoError(t, err)
	const encoded = "sendid%3D242e%26ver%3D8%26sign%3D4110%26mchid%3D11475856%26appid%3Dwxd27e"
	sum := md5.Sum([]byte("appId=wx1&nonceStr=Ww213sdad&package=" + encoded + "&timeStamp=1514363815&key=" + vectors.V2APIKey))
	assert.JSONEq(t, `{"timeStamp":"1514363815","nonceStr":"Ww213sdad","package":"`+encoded+`","signType":"MD5","paySign":"`+hex.EncodeToString(sum[:])+`"}`, marshal(t, p))
}

func TestRedPacketErrors(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		page RedPacketPage
		key  cipher.Secret
		want string
	}{
		{"no app id", RedPacketPage{Package: "p"}, v2Key, "paysign: RedPacketPage.AppID is empty; set the app id of the mini program"},
		{"no package", RedPacketPage{AppID: "wx1"}, v2Key, "paysign: RedPacketPage.Package is empty; set the package of the reply that created the red packet"},
		{"short key", RedPacketPage{AppID: "wx1", Package: "p"}, cipher.Secret{}, "paysign: APIv2 key has length 0; use the key of 32 bytes from the merchant platform"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			p, err := RedPacket(row.page, row.key)
			require.EqualError(t, err, row.want)
			assert.Zero(t, p)
		})
	}
}
