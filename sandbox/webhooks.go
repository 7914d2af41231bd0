package sandbox

import (
	"context"
	"errors"
	"net"
	"net/url"
	"slices"
	"sync"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// Webhooks say how a gateway sends the webhooks that calls cause, such as the event of a
// coupon that was sent. The zero value sends them as WeChat Pay does, to this machine only.
type Webhooks struct {
	// Off sends none.
	Off bool
	// Scale multiplies the intervals of [RetrySchedule], to shorten tests; default 1.
	Scale float64
	// Hosts are the hosts, beside this machine's loopback, that webhooks may go to. Default
	// none: a URL in a test's order must not reach somebody's server.
	Hosts []string
	// URL is the address that a merchant sets in the console, for events whose requests have
	// none, such as those of profit sharing. Default none.
	URL string
	// OnDelivery is called after each webhook, with its attempts and an error if it was not
	// acknowledged or not sent, on a goroutine of its own. It must be safe for concurrent use.
	// Default none. Config.Logger gets the errors too.
	OnDelivery func(attempts []DeliveryAttempt, err error) `json:"-"`
}

// Errors of webhooks that are not sent, for [Webhooks].OnDelivery.
var (
	// ErrForeignHost: the URL is on another machine, and its host is not in [Webhooks].Hosts.
	ErrForeignHost = errors.New("sandbox: the URL of the webhook is not on this machine; name its host in Webhooks.Hosts")
	// ErrTooMany: too many webhooks are being sent already, or too many to this URL.
	ErrTooMany = errors.New("sandbox: too many webhooks are on their way")
)

// What is not acknowledged is on its way for a day: a URL that never answers must not keep the
// others waiting.
const (
	maxDeliveries      = 10_000
	maxDeliveriesToURL = 1000
)

// An outbox sends webhooks in the background.
type outbox struct {
	config Webhooks
	mu     sync.Mutex
	batch  *batch // nil while nothing is sent
	byURL  map[string]int
	count  int
}

// A batch is what is sent until the outbox is closed.
type batch struct {
	ctx    context.Context
	cancel context.CancelFunc
	group  sync.WaitGroup
}

// send begins to send an event, until it is acknowledged or close is called.
func (o *outbox) send(g *Gateway, event play.Event, toBrand bool) {
	if event.URL == "" || o.config.Off {
		return
	}
	b, err := o.begin(event.URL)
	if err != nil {
		go o.report(g, event, nil, err)
		return
	}
	go func() {
		attempts, err := g.Deliver(b.ctx, Delivery{URL: event.URL, Scale: o.config.Scale}, g.notification(event, toBrand))
		o.end(b, event.URL)
		o.report(g, event, attempts, err)
	}()
}

func (o *outbox) report(g *Gateway, event play.Event, attempts []DeliveryAttempt, err error) {
	if err != nil && g.logger != nil {
		g.logger.Warn("sandbox: webhook", "event_type", event.Type, "url", event.URL, "error", err)
	}
	if o.config.OnDelivery != nil {
		o.config.OnDelivery(attempts, err)
	}
}

// allows reports whether webhooks may go to a URL.
func (o *outbox) allows(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil {
		return false
	}
	host := u.Hostname()
	return host == "localhost" || net.ParseIP(host).IsLoopback() || slices.Contains(o.config.Hosts, host)
}

func (o *outbox) begin(url string) (*batch, error) {
	if !o.allows(url) {
		return nil, ErrForeignHost
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.count >= maxDeliveries || o.byURL[url] >= maxDeliveriesToURL {
		return nil, ErrTooMany
	}
	if o.batch == nil {
		ctx, cancel := context.WithCancel(context.Background())
		o.batch = &batch{ctx: ctx, cancel: cancel}
	}
	if o.byURL == nil {
		o.byURL = map[string]int{}
	}
	o.count++
	o.byURL[url]++
	o.batch.group.Add(1)
	return o.batch, nil
}

func (o *outbox) end(b *batch, url string) {
	o.mu.Lock()
	o.count--
	if o.byURL[url]--; o.byURL[url] == 0 {
		delete(o.byURL, url)
	}
	o.mu.Unlock()
	b.group.Done()
}

// close ends what is being sent, and waits for it. Later events are sent again.
func (o *outbox) close() {
	o.mu.Lock()
	b := o.batch
	o.batch = nil
	o.mu.Unlock()
	if b != nil {
		b.cancel()
		b.group.Wait()
	}
}
