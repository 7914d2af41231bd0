package endpoint_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
)

func TestAnswerTo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, eventType string
		want            endpoint.Answer
	}{
		{"an event", "TRANSACTION.SUCCESS", endpoint.Answer{Within: 5 * time.Second}},
		{"no event", "", endpoint.Answer{Within: 5 * time.Second}},
		{"a signed answer", "CROSS_BORDER_PAY.GET_MCH_INFO", endpoint.Answer{Within: 3 * time.Second, Query: true, Signed: true}},
		{"a query", "PARKING_FEE.QUERY_TRANS_INFO", endpoint.Answer{Within: 3 * time.Second, Query: true}},
		{"a query with a second", "ENTRUST.TERMINATE_RETENTION", endpoint.Answer{Within: time.Second, Query: true}},
		{"its sibling", "ENTRUST.TERMINATE", endpoint.Answer{Within: 5 * time.Second}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, endpoint.AnswerTo(c.eventType))
		})
	}
}
