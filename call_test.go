package wechatpay_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// TestAPortOfPHPCode is, line by line:
//
//	$instance->chain('v3/pay/transactions/jsapi-with-contract')->postAsync(['json' => [...]])
//	    ->then(static function ($response) { ... return $response; })
//	    ->otherwise(static function ($e) { ... })
//	    ->wait();
func TestAPortOfPHPCode(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, nil)
	body := seedRequest(t)
	var seen []string
	resp, err := c.Chain("v3/pay/transactions/jsapi-with-contract").PostAsync(t.Context(), &wechatpay.Options{JSON: body}).
		Then(func(r *wechatpay.Response) (*wechatpay.Response, error) {
			seen = append(seen, "then")
			return r, nil
		}).
		Otherwise(func(err error) (*wechatpay.Response, error) {
			seen = append(seen, "otherwise")
			return nil, err
		}).
		Wait()
	require.NoError(t, err)
	assert.NotEmpty(t, resp.Get("prepay_id").String())
	assert.True(t, resp.Verified)
	assert.Equal(t, []string{"then"}, seen)

	delete(body, "appid")
	_, err = c.Chain("v3/pay/transactions/jsapi-with-contract").PostAsync(t.Context(), &wechatpay.Options{JSON: body}).
		Then(func(r *wechatpay.Response) (*wechatpay.Response, error) { t.Error("then of an error"); return r, nil }).
		Otherwise(func(err error) (*wechatpay.Response, error) {
			var api *wechatpay.APIError
			require.ErrorAs(t, err, &api)
			assert.Equal(t, "/appid", api.Field())
			return nil, err
		}).
		Wait()
	require.Error(t, err)
}

func TestAsyncVerbs(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, nil)
	ch, ctx := c.Chain("v3/anything"), t.Context()
	for _, tc := range []struct {
		name string
		f    *wechatpay.Future
	}{
		{"GET", ch.GetAsync(ctx, nil)}, {"POST", ch.PostAsync(ctx, nil)}, {"PUT", ch.PutAsync(ctx, nil)},
		{"PATCH", ch.PatchAsync(ctx, nil)}, {"DELETE", ch.DeleteAsync(ctx, nil)}, {"REPORT", ch.DoAsync(ctx, "report", nil)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			resp, err := tc.f.Wait()
			require.NoError(t, err, tc.name)
			assert.Equal(t, tc.name, resp.Get("method").String())
		})
	}
}

func TestAsyncRefusesBadInputAtTheCall(t *testing.T) {
	t.Parallel()
	c, w := sandboxClient(t, nil)
	f := c.Chain("v3/x/{id}").PostAsync(t.Context(), nil)
	assert.Equal(t, future.StateRejected, f.State(), "at once")
	_, err := f.Wait()
	require.ErrorIs(t, err, wechatpay.ErrInvalid)
	_, err = c.Chain("v3/x").GetAsync(nil, nil).Wait() //nolint:staticcheck // that is the point
	require.ErrorIs(t, err, wechatpay.ErrInvalid)
	_, err = wechatpay.Chain{}.GetAsync(t.Context(), nil).Wait()
	require.ErrorIs(t, err, wechatpay.ErrInvalid)
	assert.Zero(t, w.count())
}

// TestOptionsMayBeUsedAgainAtOnce: the request is built before PostAsync returns.
func TestOptionsMayBeUsedAgainAtOnce(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, nil)
	body := wechatpay.M{}
	opts := &wechatpay.Options{JSON: body, Header: http.Header{}}
	futures := make([]*wechatpay.Future, 20)
	for i := range futures {
		body["i"] = i
		futures[i] = c.Chain("v3/echo").PostAsync(t.Context(), opts)
	}
	replies, err := future.All(futures...).Wait()
	require.NoError(t, err)
	for i, r := range replies {
		assert.Equal(t, int64(i), r.Get("json.i").Int())
	}
}

func TestACallInTheBackgroundCanBeCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := answering(t, nil, func(r *http.Request) (*http.Response, error) {
			drain(r)
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		begin := time.Now()
		f := c.Chain("v3/x").PostAsync(t.Context(), &wechatpay.Options{JSON: wechatpay.M{}})
		last := f.Then(func(r *wechatpay.Response) (*wechatpay.Response, error) { return r, nil })
		synctest.Wait()
		last.Cancel()
		_, err := last.Wait()
		require.ErrorIs(t, err, context.Canceled, "the call ends, and its error comes down the chain")
		assert.True(t, wechatpay.OutcomeUnknown(err), "it had been sent")
		_, same := f.Wait()
		assert.Equal(t, err, same)
		assert.Zero(t, time.Since(begin))

		late := c.Chain("v3/x").PostAsync(t.Context(), &wechatpay.Options{JSON: wechatpay.M{}, Timeout: time.Second})
		_, err = late.Wait()
		require.ErrorIs(t, err, context.DeadlineExceeded)

		endless := c.Chain("v3/x").GetAsync(t.Context(), &wechatpay.Options{Timeout: -1})
		endless.Cancel()
		_, err = endless.Wait()
		require.ErrorIs(t, err, context.Canceled, "without a time-out too")

		ctx, end := context.WithCancel(t.Context())
		ended := c.Chain("v3/x").GetAsync(ctx, nil)
		end()
		_, err = ended.Wait()
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestAPanicAfterSendingLeavesTheOutcomeUnknown(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
		cfg.Stack = func(s *middleware.Stack) error {
			return s.Unshift("metrics", func(next http.RoundTripper) http.RoundTripper {
				return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
					_, _ = next.RoundTrip(r)
					panic("metrics")
				})
			})
		}
	})
	_, err := c.Chain("v3/x").PostAsync(t.Context(), nil).Wait()
	var p *future.PanicError
	require.ErrorAs(t, err, &p)
	var call *wechatpay.CallError
	require.ErrorAs(t, err, &call)
	assert.True(t, wechatpay.OutcomeUnknown(err))
}

func TestAFutureNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	c, w := sandboxClient(t, nil)
	for range 50 {
		c.Chain("v3/echo").GetAsync(t.Context(), nil).Finally(func() {})
	}
	for w.count() < 50 { // goleak sees to the rest
		_, err := c.Chain("v3/echo").Get(t.Context(), nil)
		require.NoError(t, err)
	}
}

func TestFanOutOverOrders(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, nil)
	gateway().Handle("GET", "/v3/orders/{no}", func(r *sandbox.Request) *sandbox.Reply {
		if r.Vars["no"] == "7" {
			return sandbox.Error(404, "ORDER_NOT_EXIST", "订单不存在", nil)
		}
		return sandbox.JSON(200, map[string]string{"no": r.Vars["no"]})
	})
	orders := func(yield func(int) bool) {
		for i := range 50 {
			if !yield(i) {
				return
			}
		}
	}
	missing := 0
	for no, o := range future.Each(t.Context(), 8, orders, func(ctx context.Context, no int) (*wechatpay.Response, error) {
		return c.Chain("v3/orders/{no}").Get(ctx, &wechatpay.Options{Vars: wechatpay.M{"no": no}})
	}) {
		var api *wechatpay.APIError
		if errors.As(o.Err, &api) {
			assert.Equal(t, 7, no)
			missing++
			continue
		}
		require.NoError(t, o.Err)
		assert.Equal(t, int64(no), o.Value.Get("no").Int())
	}
	assert.Equal(t, 1, missing)
}

func TestAPanicOfAUsersCodeIsAnError(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, nil)
	boom := errors.New("boom")
	for _, row := range []struct {
		name string
		opts func() *wechatpay.Options
	}{
		{"a middleware", func() *wechatpay.Options {
			return &wechatpay.Options{Stack: func(s *middleware.Stack) error {
				return s.Unshift("mine", func(http.RoundTripper) http.RoundTripper {
					return middleware.RoundTripperFunc(func(*http.Request) (*http.Response, error) { panic(boom) })
				})
			}}
		}},
		{"a sink", func() *wechatpay.Options { return &wechatpay.Options{Sink: panicking{boom}} }},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, sync := c.Chain("v3/echo").Post(t.Context(), row.opts())
			_, async := c.Chain("v3/echo").PostAsync(t.Context(), row.opts()).Wait()
			for _, err := range []error{sync, async} {
				var panicked *future.PanicError
				require.ErrorAs(t, err, &panicked)
				require.ErrorIs(t, err, boom)
				assert.True(t, wechatpay.OutcomeUnknown(err))
			}
		})
	}
}

// panicking is a writer that panics.
type panicking struct{ value any }

func (p panicking) Write([]byte) (int, error) { panic(p.value) }

// A call costs no more than it did: retry, verification and signing included, RSA not.
func TestAllocationsOfACall(t *testing.T) {
	limit := 28.0
	if raced {
		limit = 50
	}
	c := benchClient(t)
	got := testing.AllocsPerRun(1000, func() {
		if _, err := c.Chain(benchPath).Post(t.Context(), &wechatpay.Options{JSON: &benchOrder}); err != nil {
			t.Error(err)
		}
	})
	t.Logf("%.0f allocations", got)
	assert.LessOrEqual(t, got, limit)
}
