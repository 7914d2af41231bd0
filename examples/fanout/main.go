// Fanout queries thousands of orders. It reads them from standard input, a JSON
// object a line, queries a limited number at a time, and writes the results to
// standard output, a JSON object a line. A summary goes to standard error.
//
//	go run ./examples/fanout -generate 10000 | go run ./examples/fanout -limit 64
//
// It queries an embedded gateway, so that it runs anywhere. Ctrl-C finishes the calls
// in flight and reports the orders that were not started; a second one ends it at once.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"log"
	"maps"
	"os"
	"os/signal"
	"slices"
	"time"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// An order is a line of the input.
type order struct {
	OutTradeNo string `json:"out_trade_no"`
}

// A line is a line of the output: the result of an order.
type line struct {
	OutTradeNo string `json:"out_trade_no"`
	TradeState string `json:"trade_state,omitempty"`
	Code       string `json:"code,omitempty"`
	Error      string `json:"error,omitempty"`
	Millis     int64  `json:"ms"`
}

func main() {
	limit := flag.Int("limit", 64, "how many queries at a time")
	generate := flag.Int("generate", 0, "write so many orders to try it with, and end")
	flag.Parse()
	if *generate > 0 {
		for i := range *generate {
			fmt.Printf("{\"out_trade_no\":\"ORDER%06d\"}\n", i)
		}
		return
	}
	interrupt, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(interrupt, stop) // the second Ctrl-C is not held back
	if err := run(interrupt, *limit, os.Stdin, os.Stdout, os.Stderr); err != nil {
		log.Fatal(err)
	}
}

// run ends early when interrupt ends: no further order is started, calls in flight are
// finished.
func run(interrupt context.Context, limit int, in io.Reader, out, report io.Writer) error {
	if limit < 1 {
		return fmt.Errorf("-limit %d: it must be at least 1", limit)
	}
	c, end, err := embedded()
	if err != nil {
		return err
	}
	defer end()

	input := readLines(in)
	defer close(input.stop)
	summary := newSummary()
	encoder := json.NewEncoder(out)
	// The calls have another context: an interrupt does not cancel them.
	calls := context.WithoutCancel(interrupt)
	for o, outcome := range future.TryEach(calls, limit, input.until(interrupt), func(ctx context.Context, o order) (line, error) {
		return query(ctx, c, o), nil
	}) {
		if outcome.Err != nil {
			summary.failure = outcome.Err // the input is broken
			continue
		}
		if err := encoder.Encode(outcome.Value); err != nil {
			summary.failure = fmt.Errorf("writing the outcome of %s: %w", o.OutTradeNo, err)
			break
		}
		summary.add(outcome.Value)
	}
	if interrupt.Err() != nil {
		summary.interrupted, summary.notStarted = true, input.rest()
	}
	summary.print(report)
	return summary.failure
}

// query queries one order. An error is a line too.
func query(ctx context.Context, c *wechatpay.Client, o order) line {
	began := time.Now()
	resp, err := c.Chain("v3/pay/transactions/out-trade-no/{out_trade_no}").Get(ctx, &wechatpay.Options{
		Vars:  wechatpay.M{"out_trade_no": o.OutTradeNo},
		Query: wechatpay.M{"mchid": "1900000109"},
	})
	l := line{OutTradeNo: o.OutTradeNo, Millis: time.Since(began).Milliseconds()}
	var api *wechatpay.APIError
	switch {
	case err == nil:
		l.TradeState = resp.Get("trade_state").String()
	case errors.As(err, &api) && api.Verified: // an unsigned ORDER_NOT_EXIST may come from anything on the way
		l.Code, l.Error = api.Code, api.Message
	default:
		l.Code, l.Error = "CALL_FAILED", err.Error()
	}
	return l
}

// lines reads orders on another goroutine, so that an idle input blocks nothing.
type lines struct {
	ch      chan string
	stop    chan struct{} // closed when nothing more is read
	err     error         // of reading; there once ch is closed
	pending int           // read, but not started
	number  int
}

func readLines(in io.Reader) *lines {
	l := &lines{ch: make(chan string), stop: make(chan struct{})}
	go func() {
		defer close(l.ch)
		scanner := bufio.NewScanner(in)
		for scanner.Scan() {
			select {
			case l.ch <- scanner.Text():
			case <-l.stop:
				return
			}
		}
		l.err = scanner.Err()
	}()
	return l
}

// until yields the orders, up to the end of the input or of interrupt. A line that is
// not an order is an error, and the last one.
func (l *lines) until(interrupt context.Context) iter.Seq2[order, error] {
	return func(yield func(order, error) bool) {
		for {
			select {
			case <-interrupt.Done():
				return
			case text, more := <-l.ch:
				if !more {
					if l.err != nil {
						yield(order{}, fmt.Errorf("reading the input: %w", l.err))
					}
					return
				}
				l.number++
				if interrupt.Err() != nil {
					l.pending++
					return
				}
				var o order
				if err := json.Unmarshal([]byte(text), &o); err != nil || o.OutTradeNo == "" {
					yield(o, fmt.Errorf("line %d of the input is not an order: %.80q", l.number, text))
					return
				}
				if !yield(o, nil) {
					return
				}
			}
		}
	}
}

// rest counts the orders that were not started: all that the input still has, unless it
// is idle.
func (l *lines) rest() int {
	const idle = 200 * time.Millisecond
	for {
		select {
		case _, more := <-l.ch:
			if !more {
				return l.pending
			}
			l.pending++
		case <-time.After(idle):
			return l.pending
		}
	}
}

// A summary counts the results of the orders.
type summary struct {
	began   time.Time
	counts  map[string]int
	millis  []int64
	failure error

	interrupted bool
	notStarted  int
}

func newSummary() *summary { return &summary{began: time.Now(), counts: map[string]int{}} }

func (s *summary) add(l line) {
	s.counts[l.TradeState+l.Code]++
	s.millis = append(s.millis, l.Millis)
}

func (s *summary) print(w io.Writer) {
	for _, code := range slices.Sorted(maps.Keys(s.counts)) {
		_, _ = fmt.Fprintf(w, "%-18s %d\n", code, s.counts[code])
	}
	slices.Sort(s.millis)
	if n := len(s.millis); n > 0 {
		_, _ = fmt.Fprintf(w, "p50 %d ms, p99 %d ms, %.0f calls/s\n",
			s.millis[n/2], s.millis[n*99/100], float64(n)/time.Since(s.began).Seconds())
	}
	if s.interrupted {
		_, _ = fmt.Fprintf(w, "interrupted: %d orders of the input were not started\n", s.notStarted)
	}
}

// embedded is a client of a gateway that knows orders by their last digit.
func embedded() (c *wechatpay.Client, end func(), err error) {
	gateway, err := sandbox.New(sandbox.Config{})
	if err != nil {
		return nil, nil, err
	}
	gateway.Handle("GET", "/v3/pay/transactions/out-trade-no/{out_trade_no}", func(r *sandbox.Request) *sandbox.Reply {
		switch number := r.Vars["out_trade_no"]; number[len(number)-1] {
		case '0':
			return sandbox.Error(404, "ORDER_NOT_EXIST", "订单不存在", nil)
		case '1', '2':
			return sandbox.JSON(200, map[string]string{"out_trade_no": number, "trade_state": "NOTPAY"})
		default:
			return sandbox.JSON(200, map[string]string{"out_trade_no": number, "trade_state": "SUCCESS"})
		}
	})
	server, err := gateway.Start()
	if err != nil {
		return nil, nil, err
	}
	merchant := gateway.Credentials()
	c, err = wechatpay.New(wechatpay.Config{
		MchID:        merchant.MchID,
		Serial:       merchant.Serial,
		PrivateKey:   merchant.PrivateKey,
		PlatformKeys: merchant.PlatformKeys(),
		BaseURL:      server.URL,
	})
	if err != nil {
		server.Close()
		return nil, nil, err
	}
	return c, func() { c.CloseIdleConnections(); server.Close() }, nil
}
