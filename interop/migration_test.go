package interop_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// What the shops before and after a migration say to their callers.
var (
	errNoMoney    = errors.New("the merchant's balance is too low")
	errQueryFirst = errors.New("the outcome is unknown: query the number")
	errRefused    = errors.New("WeChat Pay refused it")
)

// verifiedCode returns the code with which WeChat Pay refused a call; "" for any other error.
func verifiedCode(err error) string {
	var api *wechatpay.APIError
	if errors.As(err, &api) && api.Verified {
		return api.Code
	}
	return ""
}

// notStored is a shop whose books cannot be written.
func notStored(string, int64) error { return errors.New("the database is down") }

// notifyPaid sends each handler the webhook of its order, which has to be answered with status.
func notifyPaid(t *testing.T, s *sandboxtest.Sandbox, handlers map[string]http.Handler, status int) {
	t.Helper()
	for number, handler := range handlers {
		server := httptest.NewServer(handler)
		defer server.Close()
		paid, err := s.Gateway.PaidNotification(number)
		require.NoError(t, err)
		attempts, err := s.Gateway.Deliver(t.Context(), sandbox.Delivery{URL: server.URL, RetrySchedule: []time.Duration{}}, paid)
		require.Equal(t, status < 300, err == nil, err)
		require.Equal(t, status, attempts[len(attempts)-1].Status, number)
	}
}
