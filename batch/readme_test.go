package batch_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// readmeBatch is the block of the READMEs; a test of the root compares them.
func readmeBatch(ctx context.Context, c *wechatpay.Client, file io.Reader, report *json.Encoder) error {
	store, err := batch.Embedded("refunds.store")
	if err != nil {
		return err
	}
	defer store.Close() //nolint:errcheck // what is done is on disk

	jobs := batch.Bodies(file, batch.Job{Path: "v3/refund/domestic/refunds"})
	for result, err := range batch.Run(ctx, batch.Config{Client: c, Store: store, FirstRun: true}, jobs) {
		if err != nil {
			return err
		}
		if err := report.Encode(result); err != nil {
			return err
		}
	}
	return nil
}

func TestREADMEBatch(t *testing.T) {
	s := sandboxtest.New(t)
	t.Chdir(t.TempDir())
	var input strings.Builder
	for i := range 3 {
		number := fmt.Sprintf("README-batch-%d", i)
		_, err := s.Client.Chain("v3/pay/transactions/native").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{
			"appid": "wxd678efh567hg6787", "mchid": s.Credentials.MchID, "description": "Tea", "out_trade_no": number,
			"notify_url": "https://example.com/pay", "amount": wechatpay.M{"total": 100},
		}})
		require.NoError(t, err)
		_, err = s.Gateway.Pay(number)
		require.NoError(t, err)
		fmt.Fprintf(&input, `{"out_trade_no":%q,"out_refund_no":"r%d","amount":{"refund":1,"total":100,"currency":"CNY"}}`+"\n", number, i)
	}
	for _, run := range []string{"first", "again"} {
		var report bytes.Buffer
		require.NoError(t, readmeBatch(t.Context(), s.Client, strings.NewReader(input.String()), json.NewEncoder(&report)), run)
		assert.Equal(t, 3, strings.Count(report.String(), `"outcome":"done"`), report.String())
	}
}
