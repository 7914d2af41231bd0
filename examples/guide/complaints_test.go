package guide_test

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestComplaints(t *testing.T) {
	s := sandboxtest.New(t)
	ctx, c, ids := t.Context(), s.Client, make(chan string, 16)
	handler, err := guide.ComplaintWebhook(
		notify.Config{Keys: c.PlatformKeys(), APIv3Key: s.Credentials.APIv3Key},
		func(_ context.Context, id string) error {
			ids <- id
			return nil
		})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	defer server.Close()
	require.NoError(t, guide.ReceiveComplaints(ctx, c, server.URL))
	asUser(t, s, "complaints", wechatpay.M{
		"transaction_id": "4200000000202604010000000001", "out_trade_no": "order-0001", "amount": 1000, "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
		"text": "没有收到", "phone": "18500000000", "type": "REFUND", "refund": 900,
	})
	id := <-ids
	complaint, err := guide.LookComplaint(ctx, c, id)
	require.NoError(t, err)
	assert.Equal(t, guide.ComplaintCase{State: "PENDING", Text: "没有收到", Phone: "18500000000", Order: "order-0001", Waiting: complaint.Waiting}, complaint)

	today := s.Gateway.Now().In(time.FixedZone("CST", 8*60*60)).Format(time.DateOnly)
	listed := map[string]string{}
	require.NoError(t, guide.ListComplaints(ctx, c, today, today, func(id, state string) error {
		listed[id] = state
		return nil
	}))
	assert.Equal(t, map[string]string{id: "PENDING"}, listed)

	picture := filepath.Join(t.TempDir(), "answer.png")
	require.NoError(t, os.WriteFile(picture, []byte("\x89PNG\r\n\x1a\n picture"), 0o600))
	require.NoError(t, guide.AnswerComplaint(ctx, c, id, s.Credentials.MchID, "您好，已安排退款。", picture))
	require.NoError(t, guide.ApproveRefund(ctx, c, id, 1))
	require.NoError(t, guide.CloseComplaint(ctx, c, id, s.Credentials.MchID))
	complaint, err = guide.LookComplaint(ctx, c, id)
	require.NoError(t, err)
	assert.Equal(t, "PROCESSED", complaint.State)

	t.Run("a picture", func(t *testing.T) {
		uploaded := uploadedPicture(t, s, picture)
		saved := filepath.Join(t.TempDir(), "saved.png")
		require.NoError(t, guide.SavePicture(ctx, c, "v3/merchant-service/images/"+uploaded, saved))
		want, err := os.ReadFile(picture)
		require.NoError(t, err)
		got, err := os.ReadFile(saved)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	})
}

func uploadedPicture(t *testing.T, s *sandboxtest.Sandbox, picture string) string {
	t.Helper()
	reply, err := s.Client.Chain("v3/merchant-service/images/upload").Post(t.Context(), &wechatpay.Options{Body: media.File(picture)})
	require.NoError(t, err)
	return reply.Get("media_id").String()
}
