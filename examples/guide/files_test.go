package guide_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestFiles(t *testing.T) {
	s := sandboxtest.New(t)
	folder := t.TempDir()
	picture := filepath.Join(folder, "licence.png")
	require.NoError(t, os.WriteFile(picture, []byte("\x89PNG\r\n\x1a\n"), 0o600))
	mediaID, err := guide.UploadPicture(t.Context(), s.Client, picture)
	require.NoError(t, err)
	assert.NotEmpty(t, mediaID)

	ordered(t, s, "FILES-1")
	_, err = s.Gateway.Pay("FILES-1")
	require.NoError(t, err)
	_, err = s.Client.Chain("v3/refund/domestic/refunds").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{
		"out_trade_no": "FILES-1", "out_refund_no": "FILES-R1", "amount": wechatpay.M{"refund": 500, "total": 1800, "currency": "CNY"},
	}})
	require.NoError(t, err)
	day := s.Gateway.Now().In(time.FixedZone("Samoa", -11*60*60)) // the zone of the server does not matter
	s.Gateway.AdvanceClock(24 * time.Hour)                        // the bill of a day is made on the next one
	bill := filepath.Join(folder, "trade.csv")
	require.NoError(t, guide.SaveTradeBill(t.Context(), s.Client, day, bill))
	paid, err := guide.PaidByOrder(bill)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"FILES-1": "18.00"}, paid)

	whole, err := os.ReadFile(bill)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(bill, whole[:len(whole)/2], 0o600))
	_, err = guide.PaidByOrder(bill)
	assert.Error(t, err, "half of a bill")
}
