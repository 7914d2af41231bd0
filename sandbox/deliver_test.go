package sandbox_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A shop answers webhooks by its function, without a network.
type shop func(*http.Request) int

func (s shop) RoundTrip(r *http.Request) (*http.Response, error) {
	status := s(r)
	if status == 0 {
		return nil, errors.New("no answer")
	}
	return &http.Response{StatusCode: status, Header: http.Header{"X": {"1"}}, Body: io.NopCloser(strings.NewReader("ok")), Request: r}, nil
}

var refund = sandbox.Notification{EventType: "REFUND.SUCCESS", OriginalType: "refund", Summary: "退款成功", Resource: map[string]any{"out_refund_no": "1"}}

func TestWebhooksAreWellMade(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	cred := g.Credentials()
	r, err := g.WebhookRequest(t.Context(), "https://shop.example/notify", refund, "")
	require.NoError(t, err)
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	require.NoError(t, signer.Check(t.Context(), signer.NewVerifier(cred.PlatformKeys(), nil), r.Header, body, time.Now()))
	assert.Equal(t, "POST", r.Method)
	assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
	event := gjson.ParseBytes(body)
	assert.Equal(t, "encrypt-resource", event.Get("resource_type").Str)
	assert.Equal(t, "退款成功", event.Get("summary").Str)
	plaintext, err := cipher.DecryptResource(cred.APIv3Key, cipher.Resource{
		Nonce: event.Get("resource.nonce").Str, AssociatedData: event.Get("resource.associated_data").Str, Ciphertext: event.Get("resource.ciphertext").Str,
	})
	require.NoError(t, err)
	assert.JSONEq(t, `{"out_refund_no":"1"}`, string(plaintext))

	_, err = g.WebhookRequest(t.Context(), "/", refund, "no such fault")
	require.ErrorContains(t, err, `unknown fault "no such fault"`)
	_, err = g.WebhookRequest(t.Context(), "/", sandbox.Notification{Resource: make(chan int)}, "")
	require.ErrorContains(t, err, "Notification.Resource")
	_, err = g.WebhookRequest(t.Context(), "%", refund, "")
	require.ErrorContains(t, err, "Delivery.URL")
}

func TestDeliverFollowsTheRetrySchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t, sandbox.Config{})
		var at []time.Duration
		began := time.Now()
		client := &http.Client{Transport: shop(func(*http.Request) int { at = append(at, time.Since(began)); return 500 })}
		attempts, err := g.Deliver(t.Context(), sandbox.Delivery{URL: "http://shop/", Client: client}, refund)
		require.ErrorIs(t, err, sandbox.ErrNotAcknowledged)
		assert.Len(t, attempts, 16)
		assert.Equal(t, 24*time.Hour+4*time.Minute, time.Since(began))
		assert.Equal(t, []time.Duration{0, 15 * time.Second, 30 * time.Second, time.Minute}, at[:4])

		began, at = time.Now(), nil
		_, err = g.Deliver(t.Context(), sandbox.Delivery{URL: "http://shop/", Client: client, Scale: 0.001}, refund)
		require.ErrorIs(t, err, sandbox.ErrNotAcknowledged)
		assert.InDelta(t, float64(24*time.Hour+4*time.Minute)/1000, float64(time.Since(began)), float64(time.Millisecond))
	})
}

func TestDeliverUntilAcknowledged(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	answers := []int{0, 200 + 2, 302, 401, 200}
	var timestamps, ids []string
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: shop(func(r *http.Request) int {
			body, _ := io.ReadAll(r.Body)
			ids = append(ids, gjson.GetBytes(body, "id").Str)
			timestamps = append(timestamps, r.Header.Get(signer.HeaderNonce))
			status := answers[0]
			answers = answers[1:]
			return status
		}),
	}
	attempts, err := g.Deliver(t.Context(), sandbox.Delivery{URL: "http://shop/", Client: client, Scale: 1e-9}, refund)
	require.NoError(t, err)
	require.Len(t, attempts, 5)
	require.Error(t, attempts[0].Err)
	assert.Equal(t, "ok", string(attempts[4].Body))
	assert.Equal(t, "1", attempts[4].Header.Get("X"))
	assert.Len(t, slices.Compact(ids), 1, "the same event each time")
	slices.Sort(timestamps)
	assert.Len(t, slices.Compact(timestamps), 5, "signed again each time")
}

func TestDeliverShufflesAndRepeats(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	var order []string
	client := &http.Client{Transport: shop(func(r *http.Request) int {
		body, _ := io.ReadAll(r.Body)
		order = append(order, gjson.GetBytes(body, "id").Str)
		return 204
	})}
	ns := make([]sandbox.Notification, 0, 30)
	for i := range cap(ns) {
		n := refund
		n.ID = strconv.Itoa(100 + i)
		ns = append(ns, n)
	}
	_, err := g.Deliver(t.Context(), sandbox.Delivery{URL: "http://shop/", Client: client, Duplicates: 1}, ns...)
	require.NoError(t, err)
	assert.Len(t, order, 60)
	assert.True(t, slices.IsSorted(order))
	order = nil
	_, err = g.Deliver(t.Context(), sandbox.Delivery{URL: "http://shop/", Client: client, Shuffle: true}, ns...)
	require.NoError(t, err)
	assert.False(t, slices.IsSorted(order))
	assert.Len(t, order, 30)
}

func TestDeliverEndsWithItsContext(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	client := &http.Client{Transport: shop(func(*http.Request) int { cancel(); return 500 })}
	attempts, err := g.Deliver(ctx, sandbox.Delivery{URL: "http://shop/", Client: client}, refund)
	require.ErrorIs(t, err, context.Canceled)
	assert.Len(t, attempts, 1)
}
