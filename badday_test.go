package wechatpay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
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
		"reset-before", "reset-after", "stall", "cut-off", // the network's
		"drop", "truncated", "unsigned", "tampered", "probe", "unknown-key", "past", "html-502", "empty-500", "unsigned-400", // the gateway's
	}
	harmless = []string{"rate-429", "no-connection"}
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

type refusal struct{}

// TestBadDay makes 2,000 calls through a network and a gateway at their worst, and
// counts what must hold.
func TestBadDay(t *testing.T) {
	const calls, limit = 2000, 32
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
	server, err := gateway().Start()
	require.NoError(t, err)
	defer server.Close()
	network := newBadNetwork(t, server.URL)
	day := &badDay{random: rand.New(rand.NewPCG(1, 2)), faults: map[string][]string{}}

	transport := wechatpay.NewTransport()
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, networkName, address string) (net.Conn, error) {
		if ctx.Value(refusal{}) != nil {
			return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		}
		return dial(ctx, networkName, address)
	}
	cfg := config("http://" + network.listener.Addr().String())
	cfg.Transport = transport
	cfg.Timeout = time.Minute
	cfg.Retry = middleware.RetryConfig{Attempts: 3, Wait: time.Millisecond, AttemptTimeout: 4 * time.Second}
	cfg.Stack = func(s *middleware.Stack) error { return s.Push("bad-day", day.middleware) }
	c, err := wechatpay.New(cfg)
	require.NoError(t, err)

	call := func(ctx context.Context, i int) (*wechatpay.Response, error) {
		number := strconv.Itoa(i)
		opts := &wechatpay.Options{Header: http.Header{"X-Call": {number}}}
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
	server.Close()
	network.close()
	assert.Zero(t, network.count(), "connections are left open")
}
