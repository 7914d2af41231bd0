package guide_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// asUser plays what a user or WeChat Pay does, by the control API of the gateway.
func asUser(t *testing.T, s *sandboxtest.Sandbox, action string, parameters wechatpay.M) {
	t.Helper()
	body, err := json.Marshal(parameters)
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/_sandbox/v1/"+action, bytes.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+s.Gateway.ControlToken())
	reply, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = reply.Body.Close() }()
	text, err := io.ReadAll(reply.Body)
	require.NoError(t, err)
	require.Less(t, reply.StatusCode, 300, "%s: %s", action, text)
}

// told sends a sample of an event to a handler, and returns what came out of it.
func told[T any](t *testing.T, s *sandboxtest.Sandbox, handler http.Handler, out <-chan T, event string, values map[string]any) T {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	sample, err := s.Gateway.SampleNotification(event, values)
	require.NoError(t, err)
	_, err = s.Gateway.Deliver(t.Context(), sandbox.Delivery{URL: server.URL, RetrySchedule: []time.Duration{}}, sample)
	require.NoError(t, err, event)
	return <-out
}
