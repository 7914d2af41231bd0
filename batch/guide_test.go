package batch_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

const transferPath = "v3/fund-app/mch-transfer/transfer-bills"

// refundAll makes the refunds of a file, whose lines are the bodies of the calls, and writes a result a
// line. first promises that none of them was ever sent. After an error, run it again with the same file
// and store, and with first false.
func refundAll(ctx context.Context, client *wechatpay.Client, first bool, file io.Reader, report *json.Encoder) (err error) {
	store, err := batch.Embedded("refunds.store")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()

	jobs := batch.Bodies(file, batch.Job{Path: "v3/refund/domestic/refunds"})
	for result, err := range batch.Run(ctx, batch.Config{Client: client, Store: store, FirstRun: first}, jobs) {
		if err != nil {
			return err // the context, the store or the input: run it again
		}
		if err := report.Encode(result); err != nil {
			return err
		}
	}
	return nil
}

// payroll asks for a transfer for each line of salaries, which is the body of the call, and writes a
// result a line. first promises that none of them was ever sent. After an error, run it again with
// the same salaries and store.
func payroll(ctx context.Context, client *wechatpay.Client, store *batch.Store, first bool, salaries io.Reader, report io.Writer) (open int, err error) {
	cfg := batch.Config{
		Client:   client,
		Store:    store,
		FirstRun: first,
		Limits:   []batch.Limit{{Route: transferPath, PerSecond: 50, InFlight: 16}},
		// What a run before this one left open, and what it had no money for, is taken up again.
		Again: func(r batch.Result) bool { return !r.Final() || r.Code == "NOT_ENOUGH" },
	}
	jobs := batch.Bodies(salaries, batch.Job{Path: transferPath, Encrypt: []string{"auto"}})
	lines := json.NewEncoder(report)
	for result, err := range batch.Run(ctx, cfg, jobs) {
		if err != nil {
			return open, err // the context, the store or the input
		}
		if result.Outcome != batch.Done {
			open++
		}
		if err := lines.Encode(result); err != nil {
			return open, err
		}
	}
	return open, nil
}

func TestRefundAll(t *testing.T) {
	s := sandboxtest.New(t)
	t.Chdir(t.TempDir())
	_, err := s.Client.Chain("v3/pay/transactions/native").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{
		"appid": "wxd678efh567hg6787", "mchid": s.Credentials.MchID, "description": "Tea", "out_trade_no": "guide-0001",
		"notify_url": "https://example.com/pay", "amount": wechatpay.M{"total": 100},
	}})
	require.NoError(t, err)
	_, err = s.Gateway.Pay("guide-0001")
	require.NoError(t, err)
	input := `{"out_trade_no":"guide-0001","out_refund_no":"r1","amount":{"refund":1,"total":100,"currency":"CNY"}}` + "\n"
	for _, run := range []string{"first", "again"} {
		var report bytes.Buffer
		require.NoError(t, refundAll(t.Context(), s.Client, run == "first", strings.NewReader(input), json.NewEncoder(&report)), run)
		assert.Equal(t, 1, strings.Count(report.String(), `"outcome":"done"`), report.String())
		assert.Equal(t, run == "again", strings.Contains(report.String(), `"resumed":true`))
	}
}

func TestPayroll(t *testing.T) {
	s := sandboxtest.New(t)
	store, err := batch.Embedded(filepath.Join(t.TempDir(), "payroll.store"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Close()) })

	var salaries strings.Builder
	for i := range 3 {
		fmt.Fprintf(&salaries, `{"appid":"wxd678efh567hg6787","out_bill_no":"p202604x%d","openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o","user_name":"张三",`+
			`"transfer_amount":500000,"transfer_remark":"四月工资","transfer_scene_id":"1005","transfer_scene_report_infos":[`+
			`{"info_type":"岗位类型","info_content":"配送员"},{"info_type":"报酬说明","info_content":"四月工资"}]}`+"\n", i)
	}
	for _, run := range []string{"first", "again"} {
		var report bytes.Buffer
		open, err := payroll(t.Context(), s.Client, store, true, strings.NewReader(salaries.String()), &report)
		require.NoError(t, err, run)
		assert.Zero(t, open, report.String())
		assert.Equal(t, 3, strings.Count(report.String(), `"package_info"`), run)
	}
}
