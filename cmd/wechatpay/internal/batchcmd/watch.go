package batchcmd

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/oneline"
)

// A watch knows which jobs have left and have no result yet, and says why a run does not get on. It
// is safe for concurrent use.
type watch struct {
	app *app.App
	say func(text string)

	mu     sync.Mutex
	open   map[int]bool // by line; true if it may have taken effect
	last   error        // why the last call had no result
	said   time.Time
	failed int // calls since it was said
}

func newWatch(a *app.App, say func(text string)) *watch {
	return &watch{app: a, say: say, open: map[int]bool{}}
}

// quiet is how long nothing is said after something was.
const quiet = 10 * time.Second

// trace is that of a batch.Config.
func (w *watch) trace(ctx context.Context, step batch.Step) (context.Context, func(error)) {
	if step.Name != batch.StepSend && step.Name != batch.StepAsk {
		return ctx, func(error) {}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open[step.Line] = w.open[step.Line] || step.Name == batch.StepAsk
	return ctx, func(err error) { w.called(step, err) }
}

func (w *watch) called(step batch.Step, err error) {
	var answered *wechatpay.APIError
	w.mu.Lock()
	defer w.mu.Unlock()
	switch doubt := w.open[step.Line] || wechatpay.OutcomeUnknown(err); {
	case err == nil || doubt:
		w.open[step.Line] = doubt
	default: // it was not sent, or refused
		delete(w.open, step.Line)
	}
	if err == nil || errors.Is(err, context.Canceled) || errors.As(err, &answered) && answered.Verified {
		return
	}
	w.last = err
	w.failed++
	if now := w.app.Now(); now.Sub(w.said) >= quiet {
		w.say(fmt.Sprintf(w.app.T("line %d: no result yet, it is tried again: %s", "第 %d 行暂无结果，将重试：%s"), step.Line, oneline.Of(err.Error())) + w.more())
		w.said, w.failed = now, 0
	}
}

// more counts the failures that were not said.
func (w *watch) more() string {
	if w.failed < 2 {
		return ""
	}
	return fmt.Sprintf(w.app.T(" (and %d like it)", "（另有 %d 次）"), w.failed-1)
}

// settled is called with each result.
func (w *watch) settled(r batch.Result) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.open, r.Line)
}

// left returns how many jobs have left and have no result, and why the last call had none.
func (w *watch) left() (jobs int, why error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.open), w.last
}
