package bill

import (
	"fmt"
	"time"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
)

// A progress tells a person at a terminal how far a download is. Elsewhere it says nothing.
type progress struct {
	app        *app.App
	began, due time.Time
	shown      bool
}

const interval = 100 * time.Millisecond

func newProgress(a *app.App) *progress {
	if !a.ErrIsTerminal() {
		return &progress{}
	}
	return &progress{app: a, began: a.Now()}
}

// show is called with the bytes so far, and the total or -1.
func (p *progress) show(done, total int64) {
	if p.app == nil {
		return
	}
	now := p.app.Now()
	if now.Before(p.due) && done != total {
		return
	}
	p.due, p.shown = now.Add(interval), true
	text := size(done)
	if total > 0 {
		text = fmt.Sprintf("%3d%%  %s / %s", 100*done/total, size(done), size(total))
	}
	if seconds := now.Sub(p.began).Seconds(); seconds > 0 {
		text += fmt.Sprintf("  %s/s", size(int64(float64(done)/seconds)))
	}
	_, _ = fmt.Fprintf(p.app.Err, "\r\x1b[K%s", text) // it is for a person alone
}

// end removes the line.
func (p *progress) end() {
	if p.shown {
		_, _ = fmt.Fprint(p.app.Err, "\r\x1b[K")
	}
}
