package wechatpay_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A rotation is a merchant whose platform keys change while calls and webhooks go on.
type rotation struct {
	*testing.T
	gateway   *sandbox.Gateway
	url       string
	offset    atomic.Int64 // of everybody's clock
	downloads atomic.Int32
	calls     atomic.Int32
	webhooks  atomic.Int32
	serials   sync.Map // which keys signed
}

func newRotation(t *testing.T) *rotation {
	t.Helper()
	r := &rotation{T: t}
	var err error
	r.gateway, err = sandbox.New(sandbox.Config{Clock: r.now, Echo: true})
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if strings.HasSuffix(request.URL.Path, "/certificates") {
			r.downloads.Add(1)
		}
		r.gateway.ServeHTTP(w, request)
	}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func (r *rotation) now() time.Time { return time.Now().Add(time.Duration(r.offset.Load())) }

func (r *rotation) later(d time.Duration) { r.offset.Add(int64(d)) }

// start makes the merchant's program: a client and a handler that share their keys.
func (r *rotation) start(held keys.Set) (*wechatpay.Client, *notify.Parser) {
	r.Helper()
	cred := r.gateway.Credentials()
	cfg := wechatpay.Config{
		MchID: cred.MchID, Serial: cred.Serial, PrivateKey: cred.PrivateKey, BaseURL: r.url, Clock: r.now,
		APIv3Key: cred.APIv3Key, Retry: middleware.RetryConfig{Attempts: 1},
	}
	if held != nil {
		cfg.PlatformKeys = held
	}
	c, err := wechatpay.New(cfg)
	require.NoError(r, err)
	r.Cleanup(c.CloseIdleConnections)
	p, err := notify.NewParser(notify.Config{Keys: c.PlatformKeys(), APIv3Key: cred.APIv3Key, Clock: r.now})
	require.NoError(r, err)
	return c, p
}

// share is how many calls, and how many webhooks, each step of a rotation has.
const share = 1000

// traffic are a share of calls and of webhooks from eight goroutines, and in the
// middle of them an event.
func (r *rotation) traffic(c *wechatpay.Client, p *notify.Parser, event func()) {
	r.Helper()
	const workers = 8
	var group sync.WaitGroup
	var once sync.Once
	var done atomic.Int32
	for range workers {
		group.Go(func() {
			for range share / workers {
				r.call(c)
				r.webhook(p)
				if done.Add(1) > share/2 {
					once.Do(event)
				}
			}
		})
	}
	group.Wait()
}

func (r *rotation) call(c *wechatpay.Client) {
	resp, err := c.Chain("v3/echo").Get(r.Context(), nil)
	if err != nil {
		r.Error(err)
		return
	}
	r.serials.Store("reply "+resp.Header.Get(signer.HeaderSerial), true)
	r.calls.Add(1)
}

func (r *rotation) webhook(p *notify.Parser) {
	n := sandbox.Notification{EventType: "TRANSACTION.SUCCESS", OriginalType: "transaction", Resource: wechatpay.M{"a": 1}}
	in, err := r.gateway.WebhookRequest(r.Context(), "/notify", n, "")
	if err != nil {
		r.Error(err)
		return
	}
	_, err = p.Parse(r.Context(), in.Header, in.Body)
	if err != nil {
		r.Error(err)
		return
	}
	r.serials.Store("webhook "+in.Header.Get(signer.HeaderSerial), true)
	r.webhooks.Add(1)
}

// TestRotation: certificates are added, used and expired, and give way to a public
// key, while 5,000 calls and 5,000 webhooks go on. None fails for lack of a key, and
// each rotation costs one download at most.
func TestRotation(t *testing.T) {
	t.Parallel()
	r := newRotation(t)
	cred := r.gateway.Credentials()
	c, p := r.start(nil)
	issue := func(validFor time.Duration) string {
		cert, err := r.gateway.IssueCertificate(validFor)
		require.NoError(t, err)
		return signer.Serial(cert)
	}
	second, third := issue(30*24*time.Hour), ""
	use := func(serial string) func() {
		return func() {
			r.later(2 * time.Minute)
			assert.NoError(t, r.gateway.UseCertificate(serial))
		}
	}
	r.traffic(c, p, use(second))
	assert.EqualValues(t, 1, r.downloads.Load(), "the first; the second certificate came with it")

	third = issue(5 * 365 * 24 * time.Hour)
	r.traffic(c, p, use(third))
	assert.EqualValues(t, 2, r.downloads.Load(), "one for the rotation")

	r.later(31 * 24 * time.Hour) // the second expires
	r.traffic(c, p, func() { assert.NoError(t, r.gateway.WithdrawCertificate(cred.PlatformSerial)) })
	assert.EqualValues(t, 2, r.downloads.Load())

	// The merchant deploys the public key beside the certificates, and moves over.
	c, p = r.start(keys.Set{cred.PublicKeyID: cred.PublicKey})
	r.traffic(c, p, func() { assert.NoError(t, r.gateway.SwitchToPublicKey(50)) })
	assert.EqualValues(t, 3, r.downloads.Load(), "that of the new program, for its webhooks")
	r.traffic(c, p, func() {
		assert.NoError(t, r.gateway.SwitchToPublicKey(100))
		assert.NoError(t, r.gateway.WithdrawCertificate(third))
	})
	assert.EqualValues(t, 3, r.downloads.Load())

	assert.EqualValues(t, 5*share, r.calls.Load())
	assert.EqualValues(t, 5*share, r.webhooks.Load())
	for _, key := range []string{cred.PlatformSerial, second, third, cred.PublicKeyID} {
		for _, what := range []string{"reply ", "webhook "} {
			_, used := r.serials.Load(what + key)
			assert.True(t, used, what+key)
		}
	}
	t.Logf("%d calls, %d webhooks, %d downloads", r.calls.Load(), r.webhooks.Load(), r.downloads.Load())
}
