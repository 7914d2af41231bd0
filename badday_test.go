package wechatpay_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// netFault is the header by which an attempt asks the network for trouble. The
// network reads it off the bytes that pass.
const netFault = "X-Net-Fault"

// A badNetwork is a TCP proxy in front of a gateway.
type badNetwork struct {
	listener net.Listener
	gateway  string
	group    sync.WaitGroup
	mu       sync.Mutex
	open     map[net.Conn]bool
}

func newBadNetwork(t *testing.T, gateway string) *badNetwork {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	n := &badNetwork{listener: listener, gateway: strings.TrimPrefix(gateway, "http://"), open: map[net.Conn]bool{}}
	n.group.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			n.group.Go(func() { n.serve(conn) })
		}
	})
	return n
}

func (n *badNetwork) close() { _ = n.listener.Close(); n.group.Wait() }

func (n *badNetwork) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.open)
}

// serve passes requests and replies on, one at a time, until a fault ends it. A
// connection that is idle for long is closed, as WeChat Pay does.
func (n *badNetwork) serve(client net.Conn) {
	n.mu.Lock()
	n.open[client] = true
	n.mu.Unlock()
	defer func() {
		_ = client.Close()
		n.mu.Lock()
		delete(n.open, client)
		n.mu.Unlock()
	}()
	server, err := net.Dial("tcp", n.gateway)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	request, reply := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		_ = client.SetReadDeadline(time.Now().Add(8 * time.Second))
		size, err := client.Read(request)
		if err != nil {
			return
		}
		fault := fieldOf(request[:size], netFault)
		if fault == "reset-before" {
			reset(client)
			return
		}
		if _, err := server.Write(request[:size]); err != nil {
			return
		}
		got, err := server.Read(reply)
		if err != nil && got == 0 {
			return
		}
		switch fault {
		case "reset-after":
			reset(client)
			return
		case "stall":
			_ = client.SetReadDeadline(time.Time{})
			_, _ = client.Read(request) // until the client gives up
			return
		case "cut-off":
			_, _ = client.Write(reply[:got-3])
			return
		}
		if _, err := client.Write(reply[:got]); err != nil {
			return
		}
	}
}

func fieldOf(message []byte, name string) string {
	_, rest, _ := bytes.Cut(message, []byte("\r\n"+name+": "))
	value, _, found := bytes.Cut(rest, []byte("\r\n"))
	if !found {
		return ""
	}
	return string(value)
}

func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}

// A badDay says what goes wrong with which attempt, and remembers it by call.
type badDay struct {
	mu     sync.Mutex
	random *rand.Rand
	faults map[string][]string // by call
}

func (d *badDay) of(call string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.faults[call]
}

// What an attempt may meet; each leaves it open whether the request took effect,
// but for the second list.
var (
	ambiguous = []string{
		"cancel-after",                                    // the caller's
		"reset-before", "reset-after", "stall", "cut-off", // the network's
		"drop", "truncated", "unsigned", "tampered", "probe", "unknown-key", "past", "html-502", "empty-500", "unsigned-400", // the gateway's
	}
	harmless = []string{"rate-429", "no-connection", "cancel-before"}
)

func (d *badDay) pick(call string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	fault := ""
	switch p := d.random.IntN(100); {
	case strings.HasSuffix(call, "50"):
		fault = "rate-429" // on every attempt, so that some calls fail for certain
	case p < 22:
		fault = ambiguous[d.random.IntN(len(ambiguous))]
	case p < 50:
		fault = harmless[d.random.IntN(len(harmless))]
	}
	d.faults[call] = append(d.faults[call], fault)
	return fault
}

// middleware spoils attempts. It stands innermost, behind the signature.
func (d *badDay) middleware(next http.RoundTripper) http.RoundTripper {
	return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		switch fault := d.pick(r.Header.Get("X-Call")); fault {
		case "":
		case "cancel-before", "cancel-after":
			cancel, _ := r.Context().Value(cancelling{}).(context.CancelFunc)
			if fault == "cancel-before" {
				cancel()
			}
			resp, err := next.RoundTrip(r)
			cancel()
			return resp, err
		case "no-connection":
			r = r.WithContext(context.WithValue(r.Context(), refusal{}, true))
			r.Header.Set(netFault, fault)
		case "reset-before", "reset-after", "stall", "cut-off":
			r.Header.Set(netFault, fault)
		default:
			r.Header.Set(sandbox.FaultHeader, fault)
		}
		return next.RoundTrip(r)
	})
}

type (
	refusal    struct{}
	cancelling struct{}
)

// TestBadDay makes 2,000 calls, or as many as WECHATPAY_BADDAY_CALLS says, through a network
// and a gateway at their worst, by each protocol, and counts what must hold.
func TestBadDay(t *testing.T) {
	calls := 2000
	if value := os.Getenv("WECHATPAY_BADDAY_CALLS"); value != "" {
		var err error
		calls, err = strconv.Atoi(value)
		require.NoError(t, err)
	}
	for _, row := range []struct {
		name  string
		front func(t *testing.T, transport *http.Transport) (url string, end func())
	}{
		{"HTTP/1", badHTTP1},
		{"HTTP/2", badHTTP2},
	} {
		t.Run(row.name, func(t *testing.T) { liveThroughABadDay(t, calls, row.front) })
	}
}

// badHTTP1 is a network that damages connections.
func badHTTP1(t *testing.T, _ *http.Transport) (url string, end func()) {
	t.Helper()
	server, err := gateway().Start()
	require.NoError(t, err)
	network := newBadNetwork(t, server.URL)
	return "http://" + network.listener.Addr().String(), func() {
		server.Close()
		network.close()
		assert.Zero(t, network.count(), "connections are left open")
	}
}

// badHTTP2 is a network that damages the streams of few connections.
func badHTTP2(t *testing.T, transport *http.Transport) (url string, end func()) {
	t.Helper()
	front := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, 2, r.ProtoMajor)
		fault := r.Header.Get(netFault)
		if fault == "reset-before" {
			panic(http.ErrAbortHandler)
		}
		reply := httptest.NewRecorder()
		gateway().ServeHTTP(reply, r)
		body := reply.Body.Bytes()
		switch fault {
		case "reset-after":
			panic(http.ErrAbortHandler)
		case "stall":
			<-r.Context().Done()
			return
		}
		maps.Copy(w.Header(), reply.Header())
		w.WriteHeader(reply.Code)
		if fault == "cut-off" {
			_, _ = w.Write(body[:max(len(body)-3, 0)])
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write(body)
	}))
	front.EnableHTTP2 = true
	front.Config.ErrorLog = log.New(io.Discard, "", 0)
	front.StartTLS()
	roots := x509.NewCertPool()
	roots.AddCert(front.Certificate())
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	return front.URL, front.Close
}

func liveThroughABadDay(t *testing.T, calls int, front func(*testing.T, *http.Transport) (string, func())) {
	t.Helper()
	const limit = 32
	var mu sync.Mutex
	effects := map[string]int{}
	effect := func(field string) sandbox.Handler {
		return func(r *sandbox.Request) *sandbox.Reply {
			number := r.Header.Get("X-Call")
			mu.Lock()
			defer mu.Unlock()
			if effects[number] == 0 || field != "out_trade_no" { // the gateway knows an order again by its number
				effects[number]++
			}
			return sandbox.JSON(200, map[string]string{"number": number})
		}
	}
	gateway().Handle("POST", "/v3/badday/orders", effect("out_trade_no"))
	gateway().Handle("POST", "/v3/badday/events", effect(""))
	gateway().Handle("GET", "/v3/badday/orders/{number}", func(r *sandbox.Request) *sandbox.Reply {
		return sandbox.JSON(200, map[string]string{"number": r.Vars["number"]})
	})
	day := &badDay{random: rand.New(rand.NewPCG(1, 2)), faults: map[string][]string{}}

	transport := wechatpay.NewTransport()
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, networkName, address string) (net.Conn, error) {
		if ctx.Value(refusal{}) != nil {
			return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		}
		return dial(ctx, networkName, address)
	}
	url, end := front(t, transport)
	cfg := config(url)
	cfg.Transport = transport
	cfg.Timeout = time.Minute
	cfg.Retry = middleware.RetryConfig{Attempts: 3, Wait: time.Millisecond, AttemptTimeout: 4 * time.Second}
	cfg.Stack = func(s *middleware.Stack) error { return s.Push("bad-day", day.middleware) }
	c, err := wechatpay.New(cfg)
	require.NoError(t, err)

	call := func(ctx context.Context, i int) (*wechatpay.Response, error) {
		number := strconv.Itoa(i)
		opts := &wechatpay.Options{Header: http.Header{"X-Call": {number}}}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		ctx = context.WithValue(ctx, cancelling{}, cancel)
		switch i % 3 {
		case 0:
			opts.JSON = wechatpay.M{"out_trade_no": number}
			return c.Chain("v3/badday/orders").Post(ctx, opts)
		case 1:
			opts.JSON = wechatpay.M{"event": number}
			return c.Chain("v3/badday/events").Post(ctx, opts)
		}
		opts.Vars = wechatpay.M{"number": number}
		return c.Chain("v3/badday/orders/{number}").Get(ctx, opts)
	}
	numbers := func(yield func(int) bool) {
		for i := range calls {
			if !yield(i) {
				return
			}
		}
	}
	count := map[string]int{}
	for i, o := range future.Each(t.Context(), limit, numbers, call) {
		number, posted := strconv.Itoa(i), i%3 != 2
		mu.Lock()
		took := effects[number]
		mu.Unlock()
		faults := day.of(number)
		open := false
		for _, fault := range faults {
			open = open || slices.Contains(ambiguous, fault)
		}
		unknown := wechatpay.OutcomeUnknown(o.Err)
		require.LessOrEqual(t, took, 1, "call %d took effect twice: %v", i, faults)
		var api *wechatpay.APIError
		var failed *wechatpay.CallError
		switch {
		case o.Err == nil:
			count["success"]++
			require.True(t, o.Value.Verified)
			require.Equal(t, number, o.Value.Get("number").String())
			require.Equal(t, posted, took == 1, "not a success: %v", faults)
		case errors.As(o.Err, &api):
			count["APIError"]++
			require.False(t, api.Verified, "all errors of this day are unsigned")
		case errors.As(o.Err, &failed):
			count["CallError"]++
		default:
			require.NoError(t, o.Err, "not a typed error")
		}
		if o.Err == nil || !posted {
			require.False(t, unknown)
			continue
		}
		if unknown {
			count["unknown"]++
			count["unknown that took effect"] += took
			// One that a busy machine kept from the network until its time was up met no fault,
			// and is taken for unknown to be safe.
			require.True(t, open || len(faults) == 0, "call %d was not ambiguous: %v: %v", i, faults, o.Err)
		} else {
			count["certain"]++
			require.Zero(t, took, "call %d took effect, and nobody says so: %v: %v", i, faults, o.Err)
			require.False(t, open, "an ambiguous call was missed: %v: %v", faults, o.Err)
		}
	}
	t.Log(fmt.Sprint(calls, " calls: ", count))
	assert.Equal(t, calls, count["success"]+count["APIError"]+count["CallError"])
	assert.Positive(t, count["unknown that took effect"])
	assert.Positive(t, count["certain"])
	c.CloseIdleConnections()
	end()
}
