package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// RetrySchedule returns the intervals after which WeChat Pay sends an unacknowledged
// webhook again: 24 hours and 4 minutes in all.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012791861
func RetrySchedule() []time.Duration {
	const s, m, h = time.Second, time.Minute, time.Hour
	return []time.Duration{15 * s, 15 * s, 30 * s, 3 * m, 10 * m, 20 * m, 30 * m, 30 * m, 30 * m, 60 * m, 3 * h, 3 * h, 3 * h, 6 * h, 6 * h}
}

// answerWithin is how long WeChat Pay waits for an answer.
const answerWithin = 5 * time.Second

// A Delivery says where and how notifications are sent. The zero value of a field means
// its default.
type Delivery struct {
	URL string
	// RetrySchedule are the intervals after which an unacknowledged notification is sent
	// again; default [RetrySchedule]. An empty one that is not nil sends once.
	RetrySchedule []time.Duration
	// Scale multiplies the intervals, to shorten tests; default 1.
	Scale float64
	// Faults are the faults of the attempts of each notification, in order: one of
	// [WebhookFaults], or "" for none. Further attempts have no fault.
	Faults []string
	// Duplicates is the number of times that each notification is sent again although it
	// was acknowledged.
	Duplicates int
	// Shuffle sends the notifications and their duplicates in any order.
	Shuffle bool
	// Client sends; default one that waits for 5 seconds and follows no redirect, as
	// WeChat Pay does.
	Client *http.Client
}

// A DeliveryAttempt is one attempt to send a notification, with its answer.
type DeliveryAttempt struct {
	ID     string // of the notification
	Fault  string // one of WebhookFaults, or ""
	Status int    // 0 without an answer
	Header http.Header
	Body   []byte
	Err    error // of the connection

	v2 bool
}

// Acknowledged reports whether WeChat Pay stops sending it. Only the status counts; of APIv2
// the return_code in the answer.
func (a DeliveryAttempt) Acknowledged() bool {
	if a.v2 {
		return acknowledgedV2(a.Status, a.Body)
	}
	return a.Status == http.StatusOK || a.Status == http.StatusNoContent
}

// ErrNotAcknowledged says that a notification was not acknowledged within the retry
// schedule.
var ErrNotAcknowledged = errors.New("sandbox: not acknowledged")

// Deliver sends notifications, signed and encrypted as WeChat Pay does, one after the
// other, each until it is acknowledged. It returns all attempts, and the errors of
// those that never were ([ErrNotAcknowledged]). A URL that is not http or https, and a call
// without notifications, are errors at once.
func (g *Gateway) Deliver(ctx context.Context, d Delivery, notifications ...Notification) ([]DeliveryAttempt, error) {
	if err := g.checkMade(); err != nil {
		return nil, err
	}
	if u, err := url.Parse(d.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("sandbox: Delivery.URL: %q is not the http or https URL of a webhook", d.URL)
	}
	if len(notifications) == 0 {
		return nil, errors.New("sandbox: Deliver: no notifications; pass at least one")
	}
	if d.Client == nil {
		d.Client = &http.Client{
			Timeout:       answerWithin,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
		defer d.Client.CloseIdleConnections()
	}
	queue := make([]Notification, 0, len(notifications)*(d.Duplicates+1))
	for _, n := range notifications {
		if n.ID == "" {
			n.ID = signer.Nonce() // duplicates have the same
		}
		for range d.Duplicates + 1 {
			queue = append(queue, n)
		}
	}
	if d.Shuffle {
		rand.Shuffle(len(queue), func(i, j int) { queue[i], queue[j] = queue[j], queue[i] }) //nolint:gosec // the order is not a secret
	}
	var attempts []DeliveryAttempt
	var problems []error
	for _, n := range queue {
		made, err := g.deliver(ctx, d, n)
		attempts = append(attempts, made...)
		if err != nil {
			problems = append(problems, err)
		}
	}
	return attempts, errors.Join(problems...)
}

// deliver sends one notification, and again by the schedule.
func (g *Gateway) deliver(ctx context.Context, d Delivery, n Notification) ([]DeliveryAttempt, error) {
	schedule := d.RetrySchedule
	if schedule == nil {
		schedule = RetrySchedule()
	}
	scale := d.Scale
	if scale == 0 {
		scale = 1
	}
	var attempts []DeliveryAttempt
	for i := 0; ; i++ {
		fault := ""
		if i < len(d.Faults) {
			fault = d.Faults[i]
		}
		a, err := g.attempt(ctx, d, n, fault)
		if err != nil {
			return attempts, err
		}
		attempts = append(attempts, a)
		if a.Acknowledged() {
			return attempts, nil
		}
		failure := func(cause error) error {
			text := fmt.Sprintf("%s %s after %d attempts: status %d", n.EventType, n.ID, i+1, a.Status)
			if cause = errors.Join(cause, a.Err); cause == nil {
				return fmt.Errorf("%w: %s", ErrNotAcknowledged, text)
			}
			return fmt.Errorf("%w: %s: %w", ErrNotAcknowledged, text, cause)
		}
		if i == len(schedule) {
			return attempts, failure(nil)
		}
		if err := g.clock.wait(ctx, time.Duration(float64(schedule[i])*scale)); err != nil {
			return attempts, failure(err)
		}
	}
}

func (g *Gateway) attempt(ctx context.Context, d Delivery, n Notification, fault string) (DeliveryAttempt, error) {
	r, err := g.WebhookRequest(ctx, d.URL, n, fault)
	if err != nil {
		return DeliveryAttempt{}, err
	}
	a := DeliveryAttempt{ID: n.ID, Fault: fault, v2: n.v2 != nil}
	resp, err := d.Client.Do(r)
	if err != nil {
		a.Err = err
		return a, nil
	}
	defer func() { _ = resp.Body.Close() }()
	a.Status, a.Header = resp.StatusCode, resp.Header
	a.Body, a.Err = io.ReadAll(io.LimitReader(resp.Body, maxRequest))
	return a, nil
}

// WebhookRequest returns the request with which WeChat Pay sends a notification, signed
// and encrypted, with a fault if one of [WebhookFaults] is named. It is for handlers that
// are called without a network.
func (g *Gateway) WebhookRequest(ctx context.Context, url string, n Notification, fault string) (*http.Request, error) {
	if err := g.checkMade(); err != nil {
		return nil, err
	}
	spoil, known := webhookFaults[fault]
	if !known && fault != "" {
		return nil, fmt.Errorf("sandbox: unknown fault %q; use one of %q", fault, WebhookFaults())
	}
	message, err := g.webhookMessage(n, fault)
	if err != nil {
		return nil, err
	}
	if spoil != nil && n.v2 == nil {
		spoil(message)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(message.Body))
	if err != nil {
		return nil, fmt.Errorf("sandbox: Delivery.URL: %w", err)
	}
	r.Header = message.Header
	return r, nil
}

// webhookMessage is a notification as it is signed.
func (g *Gateway) webhookMessage(n Notification, fault string) (*Reply, error) {
	if n.v2 != nil {
		return g.merchant.webhookV2(n.v2, fault)
	}
	recipient := &g.merchant
	if n.ToBrand {
		recipient = &g.brand
	}
	apiV3Key := recipient.apiV3Key
	if fault == wrongAPIv3Key {
		apiV3Key = reversed(apiV3Key)
	}
	body, err := n.envelope(apiV3Key, g.now())
	if err != nil {
		return nil, err
	}
	return recipient.webhook(body, g.clock.wall(), fault == wrongKey), nil
}

// SignWebhook returns the header of a webhook to the merchant with any body, JSON or not. It
// is for tests of bodies that WeChat Pay does not send.
func (g *Gateway) SignWebhook(body []byte) http.Header {
	if g.checkMade() != nil {
		return nil
	}
	return g.merchant.webhook(body, g.clock.wall(), false).Header
}

// webhook returns the signed message of a webhook to the account.
func (a *account) webhook(body []byte, now time.Time, forged bool) *Reply {
	message := &Reply{Header: http.Header{
		"Content-Type": {"application/json"}, "Accept": {"*/*"}, "User-Agent": {"Mozilla/4.0"}, "Pragma": {"no-cache"},
	}, Body: body}
	key := a.platform.forWebhook()
	if forged {
		key.signer = a.signer
	}
	message.sign(a.scheme, key, strconv.FormatInt(now.Unix(), 10), signer.Nonce())
	return message
}

func reversed(key cipher.Secret) cipher.Secret {
	b := []byte(key.Reveal())
	slices.Reverse(b)
	return cipher.NewSecret(string(b))
}
