package main

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wechatpay-chain/wechatpay/internal/ratio"
)

// A turn is what a client did when it was its turn. All calls have succeeded.
type turn struct {
	calls int
	took  time.Duration
	cpu   time.Duration // of the process of the client
}

func (t turn) rate() float64 { return float64(t.calls) / t.took.Seconds() }

func (t turn) cpuPerCall() time.Duration { return t.cpu / time.Duration(t.calls) }

// A peer makes calls for a time, some at once.
type peer interface {
	turn(ctx context.Context, inFlight int, d time.Duration) (turn, error)
	close()
}

// A call makes an order, and returns its prepay_id. Its reply has been verified.
type call func(ctx context.Context, number string) (string, error)

// make makes an order, and checks its outcome.
func (c call) make(ctx context.Context) error {
	switch got, err := c(ctx, nextNumber()); {
	case err != nil:
		return err
	case got != prepayID:
		return fmt.Errorf("the prepay_id is %q", got)
	default:
		return nil
	}
}

// goPeer is a client in this process.
type goPeer struct {
	call call
	free func()
}

func (p goPeer) close() { p.free() }

func (p goPeer) turn(ctx context.Context, inFlight int, d time.Duration) (turn, error) {
	runtime.GC() // what others have left
	var calls atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	began, cpu := time.Now(), ratio.CPU()
	for range inFlight {
		group.Go(func() error {
			for first := true; first || time.Since(began) < d; first = false {
				if err := p.call.make(ctx); err != nil {
					return err
				}
				calls.Add(1)
			}
			return nil
		})
	}
	err := group.Wait()
	return turn{int(calls.Load()), time.Since(began), ratio.CPU() - cpu}, err
}
