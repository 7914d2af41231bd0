package notify_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// A pipeListener accepts connections in memory, so that time may be simulated.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { close(l.closed); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// dial connects to a server of h without any time-out of its own.
func dial(t *testing.T, h http.Handler) net.Conn {
	t.Helper()
	l := &pipeListener{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{Handler: h}
	go func() { _ = server.Serve(l) }()
	client, other := net.Pipe()
	l.conns <- other
	t.Cleanup(func() { _ = client.Close(); _ = server.Close() })
	return client
}

// simulated returns a Handler and its gateway, both made in simulated time.
func simulated(t *testing.T, handle notify.Func) (*notify.Handler, *sandbox.Gateway, *failures) {
	t.Helper()
	g, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	f := new(failures)
	h, err := notify.NewHandler(notify.HandlerConfig{
		Config:   notify.Config{Keys: g.Credentials().PlatformKeys(), APIv3Key: g.Credentials().APIv3Key},
		Fallback: handle, OnError: f.add,
	})
	require.NoError(t, err)
	return h, g, f
}

// TestASlowBodyEnds: a stranger who sends a byte now and then does not hold the handler
// longer than WeChat Pay itself would.
func TestASlowBodyEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _, f := simulated(t, ignore)
		conn := dial(t, h)
		began := time.Now()
		go func() {
			_, err := io.WriteString(conn, "POST /notify HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 1000\r\n\r\n")
			for err == nil {
				time.Sleep(time.Second)
				_, err = io.WriteString(conn, " ")
			}
		}()
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		assert.Equal(t, 408, resp.StatusCode)
		assert.Equal(t, 4500*time.Millisecond, time.Since(began))
		require.ErrorContains(t, f.last(t), "notify: reading the body: ")
		require.NoError(t, conn.Close())
		time.Sleep(2 * time.Second) // until the goroutines have ended
	})
}

// TestTheDeadlineOfTheBodyEndsWithIt: it neither cancels a function that takes longer, nor
// the next request of the connection.
func TestTheDeadlineOfTheBodyEndsWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, g, f := simulated(t, func(ctx context.Context, _ *notify.Event) (*notify.Reply, error) {
			time.Sleep(time.Minute)
			if cause := context.Cause(ctx); errors.Is(cause, context.Canceled) {
				return nil, cause
			}
			return nil, nil
		})
		conn := dial(t, h)
		replies := bufio.NewReader(conn)
		for i := range 2 {
			n := paid
			n.ID = fmt.Sprint(i)
			r, err := g.WebhookRequest(t.Context(), "http://shop.example/notify", n, "")
			require.NoError(t, err)
			go func() { _ = r.Write(conn) }()
			resp, err := http.ReadResponse(replies, r)
			require.NoError(t, err)
			assert.Equal(t, 204, resp.StatusCode)
			time.Sleep(time.Minute)
		}
		assert.Zero(t, f.count())
		require.NoError(t, conn.Close())
		time.Sleep(2 * time.Second) // until the goroutines have ended
	})
}

// TestAWriterWithoutDeadlinesWorks: those of some frameworks have none.
func TestAWriterWithoutDeadlinesWorks(t *testing.T) {
	t.Parallel()
	h, _ := handler(t, func(cfg *notify.HandlerConfig) { cfg.Fallback = ignore })
	w := &plainWriter{header: http.Header{}}
	header, body := webhook(t, paid, "")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/notify", strings.NewReader(string(body)))
	require.NoError(t, err)
	r.Header = header
	h.ServeHTTP(w, r)
	assert.Equal(t, 204, w.status)
}

type plainWriter struct {
	header http.Header
	status int
}

func (w *plainWriter) Header() http.Header         { return w.header }
func (w *plainWriter) WriteHeader(status int)      { w.status = status }
func (w *plainWriter) Write(b []byte) (int, error) { return len(b), nil }
