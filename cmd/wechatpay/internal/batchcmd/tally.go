package batchcmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/oneline"
)

// A tally counts results, and says at the end what they mean.
type tally struct {
	app     *app.App
	lines   int // of the input
	results int
	resumed int
	of      map[batch.Outcome]int
	watch   *watch
}

func (t *tally) add(r batch.Result) {
	t.results++
	t.of[r.Outcome]++
	if r.Resumed {
		t.resumed++
	}
}

func (t *tally) String() string {
	parts := []string{}
	for _, outcome := range batch.Outcomes() {
		if n := t.of[outcome]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, outcome))
		}
	}
	text := fmt.Sprintf("%d/%d", t.results, t.lines)
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	if t.resumed > 0 {
		text += fmt.Sprintf(t.app.T(" (%d by earlier runs)", "（其中 %d 条由之前的运行完成）"), t.resumed)
	}
	return text
}

// end is the error of a run that has come to its end.
func (t *tally) end() error {
	open := t.of[batch.Unknown] + t.of[batch.Stuck]
	switch wrong := t.of[batch.Refused] + t.of[batch.Invalid]; {
	case open > 0:
		return failure.Codef(failure.Unknown, "%v; what is unknown or stuck may have taken effect: look at it, then --retry-stuck", t)
	case t.of[batch.Invalid] == t.results:
		return failure.Usagef("%v; nothing was sent: see the error of each result", t)
	case wrong > 0:
		return failure.Codef(failure.Refused, "%v; see the error of each result", t)
	}
	t.app.Note("%v", t)
	return nil
}

// ended is the error of a run that ended before its end.
func (t *tally) ended(err error) error {
	var refused *wechatpay.APIError
	open, why := t.watch.left()
	text := t.String()
	if why != nil {
		text += "; the last call without a result: " + oneline.Of(why.Error())
	}
	switch {
	case errors.Is(err, batch.ErrInput):
		return &failure.UsageError{Err: err}
	case t.results == 0 && (errors.Is(err, batch.ErrOtherMerchant) || errors.Is(err, batch.ErrVersion) || errors.Is(err, batch.ErrBusy)):
		return &failure.UsageError{Err: err}
	case errors.Is(err, batch.ErrStore):
		return failure.Codef(failure.Unknown, "%s; %w", text, err)
	case errors.Is(err, context.Canceled) && t.results == t.lines: // it was interrupted too late
		return t.end()
	case open > 0:
		return failure.Codef(failure.Unknown, "%s; %w; %d of them may have taken effect: run again with the same input and state, which asks for them", text, err, open)
	case errors.Is(err, batch.ErrDrained), errors.Is(err, context.Canceled):
		return failure.Codef(failure.Interrupted, "%s; %w; what was in flight has finished, run again with the same input and state for the rest", text, err)
	case errors.As(err, &refused):
		return failure.Codef(failure.Refused, "%s; %w", text, err)
	}
	return failure.Codef(failure.Unknown, "%s; %w; run again with the same input and state", text, err)
}
