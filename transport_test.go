package wechatpay_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// TestADeadConnectionSwallowsNoCall: a firewall forgets a connection of HTTP/2, and drops
// what is sent over it without a word. Only what was under way may fail, long before the
// time-out, and the next call has another connection.
func TestADeadConnectionSwallowsNoCall(t *testing.T) {
	t.Parallel()
	const timeout = 2 * time.Minute
	c, proxy := http2Client(t, timeout)
	post := func() error {
		_, err := c.Chain("v3/x").Post(t.Context(), nil)
		return err
	}
	require.NoError(t, post())
	proxy.cut()

	began := time.Now()
	const underWay = 20
	var failed atomic.Int32
	var group sync.WaitGroup
	for range underWay {
		group.Go(func() {
			err := post()
			if err == nil {
				return
			}
			failed.Add(1)
			assert.NotErrorIs(t, err, context.DeadlineExceeded) //nolint:testifylint // not the goroutine of the test
			assert.True(t, wechatpay.OutcomeUnknown(err), err)
		})
	}
	group.Wait()
	assert.LessOrEqual(t, failed.Load(), int32(underWay))
	for range 50 {
		require.NoError(t, post(), "on a new connection")
	}

	proxy.cut()
	_, err := c.Chain("v3/x").Get(t.Context(), nil)
	require.NoError(t, err, "what is repeatable is repeated on a new connection")
	assert.Less(t, time.Since(began), timeout/2)
}

// http2Client returns a client of an HTTP/2 server behind a proxy.
func http2Client(t *testing.T, timeout time.Duration) (*wechatpay.Client, *silentProxy) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, 2, r.ProtoMajor)
		maps.Copy(w.Header(), newCanned().header)
		_, _ = w.Write([]byte("{}"))
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	proxy := newSilentProxy(t, server.Listener.Addr().String())
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	transport := wechatpay.NewTransport()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, ServerName: "example.com"}
	t.Cleanup(func() { // in this order
		transport.CloseIdleConnections()
		proxy.close()
		server.Close()
	})
	cfg := config("https://" + proxy.listener.Addr().String())
	cfg.Transport, cfg.Timeout, cfg.Retry = transport, timeout, middleware.RetryConfig{}
	cfg.PlatformKeys, cfg.Verifier = nil, noVerifier
	c, err := wechatpay.New(cfg)
	require.NoError(t, err)
	return c, proxy
}

// A silentProxy forwards TCP connections until they are cut. Then it still reads from both
// sides, but forwards nothing, and closes nothing.
type silentProxy struct {
	listener net.Listener
	backend  string
	group    sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
	dead  *atomic.Bool // of the connections since the last cut
}

func newSilentProxy(t *testing.T, backend string) *silentProxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &silentProxy{listener: listener, backend: backend, dead: new(atomic.Bool)}
	p.group.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			p.open(client)
		}
	})
	return p
}

func (p *silentProxy) open(client net.Conn) {
	server, err := net.Dial("tcp", p.backend)
	if err != nil {
		_ = client.Close()
		return
	}
	p.mu.Lock()
	dead := p.dead
	p.conns = append(p.conns, client, server)
	p.mu.Unlock()
	p.group.Go(func() { forward(server, client, dead) })
	p.group.Go(func() { forward(client, server, dead) })
}

func forward(to, from net.Conn, dead *atomic.Bool) {
	data := make([]byte, 32<<10)
	for {
		n, err := from.Read(data)
		if !dead.Load() {
			_, failed := to.Write(data[:n])
			err = errors.Join(err, failed)
		}
		if err != nil {
			_ = to.Close()
			return
		}
	}
}

// cut silences all connections. Later ones are forwarded.
func (p *silentProxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dead.Store(true)
	p.dead = new(atomic.Bool)
}

func (p *silentProxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	for _, conn := range p.conns {
		_ = conn.Close()
	}
	p.mu.Unlock()
	p.group.Wait()
}
