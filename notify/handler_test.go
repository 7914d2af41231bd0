package notify_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func deliver(t *testing.T, h http.Handler, d sandbox.Delivery, ns ...sandbox.Notification) ([]sandbox.Attempt, error) {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	d.URL = server.URL + "/notify"
	if d.Ladder == nil {
		d.Ladder = []time.Duration{}
	}
	return gateway().Deliver(t.Context(), d, ns...)
}

func TestHandlerRoutes(t *testing.T) {
	var seen []string
	var mu sync.Mutex
	note := func(what string) notify.Func {
		return func(_ context.Context, e *notify.Event) (*notify.Reply, error) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, what+" "+e.OriginalType)
			return nil, nil
		}
	}
	h, f := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Routes = map[notify.Route]notify.Func{
			{EventType: notify.TransactionSuccess, OriginalType: "transaction"}: note("paid"),
			{EventType: notify.TransactionSuccess}:                              note("other success"),
		}
		cfg.Fallback = note("fallback")
	})
	shared, other := paid, paid
	shared.ID, shared.OriginalType = "2", "profitsharing"
	other.ID, other.EventType = "3", "NEW.THING"
	attempts, err := deliver(t, h, sandbox.Delivery{}, paid, shared, other)
	require.NoError(t, err)
	for _, a := range attempts {
		assert.Equal(t, 204, a.Status)
		assert.Empty(t, a.Body)
	}
	assert.Equal(t, []string{"paid transaction", "other success profitsharing", "fallback transaction"}, seen)
	assert.Zero(t, f.count())
}

func TestTypedDecodes(t *testing.T) {
	var total int64
	h, _ := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Fallback = notify.Typed(func(_ context.Context, e *notify.Event, order notify.Transaction) error {
			total = order.Amount.Total
			assert.Equal(t, "注意", e.Get("a_new_field").String())
			return nil
		})
	})
	_, err := deliver(t, h, sandbox.Delivery{}, paid)
	require.NoError(t, err)
	assert.EqualValues(t, 100, total)

	misfit := paid
	misfit.ID, misfit.Resource = "2", map[string]any{"amount": "a hundred"}
	attempts, err := deliver(t, h, sandbox.Delivery{}, misfit)
	require.ErrorIs(t, err, sandbox.ErrNotAcknowledged)
	assert.Equal(t, 500, attempts[0].Status, "what does not fit is not acknowledged")
}

func TestHandlerRefuses(t *testing.T) {
	h, f := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) {
			t.Error("called for what was not verified")
			return nil, nil
		}
	})
	for _, fault := range sandbox.WebhookFaults() {
		before := f.count()
		attempts, err := deliver(t, h, sandbox.Delivery{Faults: []string{fault}}, paid)
		require.ErrorIs(t, err, sandbox.ErrNotAcknowledged)
		want, message := 401, "verification failed"
		if fault == "wrong-apiv3-key" { // signed by WeChat Pay: the key is wrong here
			want, message = 500, "processing failed"
		}
		assert.Equal(t, want, attempts[0].Status, fault)
		assert.JSONEq(t, `{"code":"FAIL","message":"`+message+`"}`, string(attempts[0].Body), "a stranger is told nothing")
		assert.Equal(t, before+1, f.count())
		assert.Equal(t, fault == "probe", errors.Is(f.last(t), signer.ErrProbe), "monitoring can tell probes apart")
	}
	server := httptest.NewServer(h)
	defer server.Close()
	for name, tc := range map[string]struct {
		method, body string
		want         int
	}{
		"GET":     {"GET", "", 405},
		"no body": {"POST", "", 401},
		"garbage": {"POST", "{", 401},
		"huge":    {"POST", strings.Repeat(" ", 2<<20), 413},
	} {
		r, err := http.NewRequestWithContext(t.Context(), tc.method, server.URL, strings.NewReader(tc.body))
		require.NoError(t, err)
		resp, err := server.Client().Do(r)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, tc.want, resp.StatusCode, name)
	}
}

func TestAProbeIsSentAgainAndTaken(t *testing.T) {
	var count atomic.Int32
	h, f := handler(t, counting(&count))
	attempts, err := deliver(t, h, sandbox.Delivery{Faults: []string{"probe", "probe"}, Ladder: sandbox.Ladder(), Scale: 1e-6}, paid)
	require.NoError(t, err)
	require.Len(t, attempts, 3)
	assert.Equal(t, []int{401, 401, 204}, []int{attempts[0].Status, attempts[1].Status, attempts[2].Status})
	assert.EqualValues(t, 1, count.Load())
	require.ErrorIs(t, f.last(t), signer.ErrProbe)
}

// counting is a fallback that counts.
func counting(n *atomic.Int32) func(*notify.HandlerConfig) {
	return func(cfg *notify.HandlerConfig) {
		cfg.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) { n.Add(1); return nil, nil }
	}
}

func TestDuplicatesAreHandledOnce(t *testing.T) {
	var count atomic.Int32
	h, f := handler(t, counting(&count))
	other := paid
	other.ID = "another"
	attempts, err := deliver(t, h, sandbox.Delivery{Duplicates: 4, Shuffle: true}, paid, other)
	require.NoError(t, err)
	assert.Len(t, attempts, 10)
	assert.EqualValues(t, 2, count.Load())
	assert.Zero(t, f.count())

	count.Store(0)
	every, _ := handler(t, func(cfg *notify.HandlerConfig) {
		counting(&count)(cfg)
		cfg.Key = func(*notify.Event) string { return "" }
	})
	_, err = deliver(t, every, sandbox.Delivery{Duplicates: 4}, paid)
	require.NoError(t, err)
	assert.EqualValues(t, 5, count.Load(), "without a key nothing is remembered")
}

func TestTheSameEventAtOnceIsHandledOnce(t *testing.T) {
	var count atomic.Int32
	entered, leave := make(chan struct{}), make(chan struct{})
	h, f := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) {
			count.Add(1)
			close(entered)
			<-leave
			return nil, nil
		}
	})
	first := make(chan *notify.Reply)
	delivered := request(t, paid)
	go func() { first <- h.Serve(t.Context(), delivered) }()
	<-entered
	assert.Equal(t, 409, h.Serve(t.Context(), request(t, paid)).Status, "it may still fail: let it be sent again")
	close(leave)
	assert.Equal(t, 204, (<-first).Status)
	assert.Equal(t, 204, h.Serve(t.Context(), request(t, paid)).Status)
	assert.EqualValues(t, 1, count.Load())
	assert.Zero(t, f.count())
}

func request(tb testing.TB, n sandbox.Notification) notify.Request {
	tb.Helper()
	header, body := webhook(tb, n, "")
	return notify.Request{Header: header, Body: strings.NewReader(string(body)), Target: "/notify"}
}

func TestWhatFailsIsSentAgain(t *testing.T) {
	broken := errors.New("the database is down")
	var count int
	for name, tc := range map[string]struct {
		end  func() (*notify.Reply, error)
		want error
	}{
		"an error":         {func() (*notify.Reply, error) { return nil, broken }, broken},
		"a panic":          {func() (*notify.Reply, error) { panic(broken) }, broken},
		"a reply of 503":   {func() (*notify.Reply, error) { return &notify.Reply{Status: 503}, nil }, nil},
		"an error in 200s": {func() (*notify.Reply, error) { return notify.JSON(200, make(chan int)) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			count = 0
			h, f := handler(t, func(cfg *notify.HandlerConfig) {
				cfg.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) {
					if count++; count < 3 {
						return tc.end()
					}
					return nil, nil
				}
			})
			attempts, err := deliver(t, h, sandbox.Delivery{Ladder: sandbox.Ladder(), Scale: 1e-6}, paid)
			require.NoError(t, err)
			require.Len(t, attempts, 3)
			assert.GreaterOrEqual(t, attempts[0].Status, 500)
			if tc.want != nil {
				require.ErrorIs(t, f.last(t), tc.want)
				assert.NotContains(t, string(attempts[0].Body), "database")
			}
		})
	}
	h, f := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) { panic("a string") }
	})
	h.Serve(t.Context(), request(t, paid))
	var panicked *notify.PanicError
	require.ErrorAs(t, f.last(t), &panicked)
	assert.Contains(t, string(panicked.Stack), "handler_test.go")
}

func TestGoexitGivesTheEventBack(t *testing.T) {
	quit := true
	h, _ := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) {
			if quit {
				runtime.Goexit()
			}
			return nil, nil
		}
	})
	var group sync.WaitGroup
	delivered := request(t, paid)
	group.Go(func() { h.Serve(context.Background(), delivered) })
	group.Wait()
	quit = false
	assert.Equal(t, 204, h.Serve(t.Context(), request(t, paid)).Status)
}

func TestAnEventWithoutARouteIsNotAcknowledged(t *testing.T) {
	h, f := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Routes = map[notify.Route]notify.Func{{EventType: notify.RefundSuccess}: func(context.Context, *notify.Event) (*notify.Reply, error) { return nil, nil }}
	})
	attempts, err := deliver(t, h, sandbox.Delivery{}, paid)
	require.ErrorIs(t, err, sandbox.ErrNotAcknowledged)
	assert.Equal(t, 500, attempts[0].Status)
	require.ErrorIs(t, f.last(t), notify.ErrUnrouted)
}

func TestTheContextEndsBeforeWeChatPayGivesUp(t *testing.T) {
	for name, tc := range map[string]struct {
		event   string
		timeout time.Duration
		want    time.Duration
	}{
		"five seconds":          {notify.TransactionSuccess, 0, 4500 * time.Millisecond},
		"a question":            {notify.ParkingFeeQueryTransInfo, 0, 2700 * time.Millisecond},
		"an urgent question":    {notify.EntrustTerminateRetention, 0, 900 * time.Millisecond},
		"less, by one's own":    {notify.TransactionSuccess, time.Second, time.Second},
		"more is not to be had": {notify.EntrustTerminateRetention, time.Minute, 900 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, err := sandbox.New(sandbox.Config{})
				require.NoError(t, err)
				h, _ := handler(t, func(cfg *notify.HandlerConfig) {
					cfg.Config = notify.Config{Keys: g.Credentials().PlatformKeys(), APIv3Key: g.Credentials().APIv3Key}
					cfg.Timeout = tc.timeout
					cfg.Fallback = func(ctx context.Context, _ *notify.Event) (*notify.Reply, error) {
						<-ctx.Done()
						return nil, ctx.Err()
					}
				})
				n := paid
				n.EventType = tc.event
				r, err := g.WebhookRequest(t.Context(), "/notify", n, "")
				require.NoError(t, err)
				began := time.Now()
				reply := h.Serve(t.Context(), notify.Request{Header: r.Header, Body: r.Body})
				assert.Equal(t, 500, reply.Status)
				assert.Equal(t, tc.want, time.Since(began))
			})
		})
	}
}

func TestTheFunctionsOwnAnswer(t *testing.T) {
	h, _ := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) {
			reply, err := notify.JSON(200, map[string]any{"retention_type": "COUPON"})
			reply.Header.Set("X-Shop", "1")
			return reply, err
		}
	})
	question := paid
	question.EventType = notify.EntrustTerminateRetention
	for range 2 { // the same question again has the same answer
		reply := h.Serve(t.Context(), request(t, question))
		assert.Equal(t, 200, reply.Status)
		assert.Equal(t, "1", reply.Header.Get("X-Shop"))
		assert.JSONEq(t, `{"retention_type":"COUPON"}`, string(reply.Body))
	}
	server := httptest.NewServer(h)
	defer server.Close()
	r, err := gateway().WebhookRequest(t.Context(), server.URL, question, "")
	require.NoError(t, err)
	resp, err := server.Client().Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, "application/json", resp.Header.Get("Content-Type"))
	assert.JSONEq(t, `{"retention_type":"COUPON"}`, string(body))
	assert.Empty(t, resp.Header.Get("Authorization"))
}

func TestAnswersToCrossBorderEventsAreSigned(t *testing.T) {
	cred := gateway().Credentials()
	sign, err := signer.New(cred.PrivateKey)
	require.NoError(t, err)
	h, _ := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Credential = signer.Credential{ID: cred.MchID, Serial: cred.Serial, Signer: sign}
		cfg.Routes = map[notify.Route]notify.Func{
			{EventType: notify.CrossBorderPayGetMchInfo}: func(context.Context, *notify.Event) (*notify.Reply, error) {
				return notify.JSON(200, map[string]any{"name": "店"})
			},
		}
	})
	n := paid
	n.EventType, n.OriginalType = notify.CrossBorderPayGetMchInfo, "cross_border_pay"
	reply := h.Serve(t.Context(), request(t, n))
	require.Equal(t, 200, reply.Status)
	auth, err := signer.ParseAuthorization(reply.Header.Get("Authorization"))
	require.NoError(t, err)
	message := signer.RequestMessage(signer.Request{
		Method: "POST", Target: "/notify", Timestamp: auth.Timestamp, Nonce: auth.Nonce, Body: reply.Body,
	})
	verifier := signer.NewVerifier(keys.Set{cred.Serial: cred.Certificate}, nil)
	require.NoError(t, verifier.Verify(t.Context(), auth.Serial, message, auth.Signature))

	unable, f := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) {
			t.Error("called though the answer cannot be signed")
			return nil, nil
		}
	})
	assert.Equal(t, 500, unable.Serve(t.Context(), request(t, n)).Status)
	require.ErrorContains(t, f.last(t), "HandlerConfig.Credential")
}

func TestHandlerConfigNamesWhatIsWrong(t *testing.T) {
	nothing := func(context.Context, *notify.Event) (*notify.Reply, error) { return nil, nil }
	for want, change := range map[string]func(*notify.HandlerConfig){
		"Config.Keys is missing":        func(cfg *notify.HandlerConfig) { cfg.Keys = nil },
		"neither Routes nor a Fallback": func(cfg *notify.HandlerConfig) { cfg.Fallback = nil },
		"a route has no EventType": func(cfg *notify.HandlerConfig) {
			cfg.Routes = map[notify.Route]notify.Func{{OriginalType: "x"}: nothing}
		},
		"the function for X is nil": func(cfg *notify.HandlerConfig) { cfg.Routes = map[notify.Route]notify.Func{{EventType: "X"}: nil} },
		"answers to CROSS_BORDER_PAY.X are": func(cfg *notify.HandlerConfig) {
			cfg.Routes = map[notify.Route]notify.Func{{EventType: "CROSS_BORDER_PAY.X"}: nothing}
		},
		"Timeout is negative":                func(cfg *notify.HandlerConfig) { cfg.Timeout = -1 },
		"Credential lacks its ID (the mchid": func(cfg *notify.HandlerConfig) { cfg.Credential.Signer = signer.Func(nil) },
	} {
		cfg := notify.HandlerConfig{Config: config(), Fallback: nothing}
		change(&cfg)
		h, err := notify.NewHandler(cfg)
		require.ErrorContains(t, err, want)
		assert.Nil(t, h)
	}
}

// A store that fails.
type badStore struct{ begin, end error }

func (s badStore) Begin(context.Context, string) (notify.Progress, error) { return notify.New, s.begin }
func (s badStore) End(context.Context, string, bool) error                { return s.end }

func TestAStoreThatFails(t *testing.T) {
	var count atomic.Int32
	broken := errors.New("no store")
	with := func(s notify.Seen) (*notify.Handler, *failures) {
		return handler(t, func(cfg *notify.HandlerConfig) { counting(&count)(cfg); cfg.Seen = s })
	}
	h, f := with(badStore{begin: broken})
	assert.Equal(t, 500, h.Serve(t.Context(), request(t, paid)).Status)
	require.ErrorIs(t, f.last(t), broken)
	assert.Zero(t, count.Load(), "not called where it may be called twice")

	h, f = with(badStore{end: broken})
	assert.Equal(t, 204, h.Serve(t.Context(), request(t, paid)).Status, "it was handled")
	require.ErrorIs(t, f.last(t), broken)
}

func TestMemoryIsBounded(t *testing.T) {
	m := notify.NewMemory(100)
	for i := range 1000 {
		progress, err := m.Begin(t.Context(), fmt.Sprint(i))
		require.NoError(t, err)
		require.Equal(t, notify.New, progress)
		require.NoError(t, m.End(t.Context(), fmt.Sprint(i), true))
	}
	for key, want := range map[string]notify.Progress{"999": notify.Handled, "900": notify.Handled, "899": notify.New, "0": notify.New} {
		progress, err := m.Begin(t.Context(), key)
		require.NoError(t, err)
		assert.Equal(t, want, progress, key)
	}
	require.NoError(t, m.End(t.Context(), "0", false))
	progress, err := m.Begin(t.Context(), "0")
	require.NoError(t, err)
	assert.Equal(t, notify.New, progress, "it was given back")
	progress, err = m.Begin(t.Context(), "0")
	require.NoError(t, err)
	assert.Equal(t, notify.UnderWay, progress)
}
