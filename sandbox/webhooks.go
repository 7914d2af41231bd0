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
	// acknowledged or not sent. It must be safe for concurrent use. Default none.
	OnDelivery func(attempts []DeliveryAttempt, err error) `json:"-"`
}

// Errors of webhooks that are not sent, for [Webhooks].OnDelivery.
var (
	// ErrForeignHost: the URL is on another machine, and its host is not in [Webhooks].Hosts.
	ErrForeignHost = errors.New("sandbox: the URL of the webhook is not on this machine; name its host in Webhooks.Hosts")
	// ErrTooMany: too many webhooks are being sent already.
	ErrTooMany = errors.New("sandbox: too many webhooks are on their way")
)

// maxDeliveries is the number of webhooks that are on their way at most.
const maxDeliveries = 1024

// An outbox sends webhooks in the background.
type outbox struct {
	config Webhooks
	mu     sync.Mutex
	ctx    context.Context // nil while nothing is sent
	cancel context.CancelFunc
	count  int
	idle   *sync.Cond
}

// send begins to send an event, until it is acknowledged or close is called.
func (o *outbox) send(g *Gateway, event play.Event, toBrand bool) {
	if event.URL == "" || o.config.Off {
		return
	}
	report := o.config.OnDelivery
	if report == nil {
		report = func([]DeliveryAttempt, error) {}
	}
	if !o.allows(event.URL) {
		report(nil, ErrForeignHost)
		return
	}
	ctx, ok := o.begin()
	if !ok {
		report(nil, ErrTooMany)
		return
	}
	go func() {
		defer o.end()
		report(g.Deliver(ctx, Delivery{URL: event.URL, Scale: o.config.Scale}, Notification{
			EventType: event.Type, OriginalType: event.OriginalType, Summary: event.Summary,
			Resource: event.Resource, ToBrand: toBrand,
		}))
	}()
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

func (o *outbox) begin() (context.Context, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.count == maxDeliveries {
		return nil, false
	}
	if o.ctx == nil {
		o.ctx, o.cancel = context.WithCancel(context.Background())
		o.idle = sync.NewCond(&o.mu)
	}
	o.count++
	return o.ctx, true
}

func (o *outbox) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.count--
	o.idle.Broadcast()
}

// close ends what is being sent, and waits for it. Later events are sent again.
func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ctx == nil {
		return
	}
	o.cancel()
	for o.count > 0 {
		o.idle.Wait()
	}
	o.ctx = nil
}
