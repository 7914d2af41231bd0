package batchcmd

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
)

// A progress tells a person at a terminal how far a run is, once a second. Elsewhere it says
// nothing. It is safe for concurrent use.
type progress struct {
	app   *app.App
	store *batch.Store
	run   context.Context
	stop  func() // waits for its goroutine

	mu    sync.Mutex
	shown bool
}

const erase = "\r\x1b[K"

func startProgress(ctx context.Context, a *app.App, store *batch.Store) *progress {
	p := &progress{app: a, store: store, run: ctx, stop: func() {}}
	if !a.ErrIsTerminal() {
		return p
	}
	watching, cancel := context.WithCancel(context.WithoutCancel(ctx)) // what is in flight is finished after ctx
	var ended sync.WaitGroup
	ended.Go(func() { p.watch(watching) })
	p.stop = sync.OnceFunc(func() { cancel(); ended.Wait() })
	return p
}

func (p *progress) watch(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	interrupted := p.run.Done()
	for {
		select {
		case <-ctx.Done():
			return
		case <-interrupted:
			interrupted = nil
		case <-tick.C:
		}
		if now, err := p.store.Progress(ctx); err == nil {
			p.show(line(p.app, now, p.run.Err() != nil))
		}
	}
}

func (p *progress) show(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shown = true
	_, _ = fmt.Fprint(p.app.Err, erase+text)
}

// between writes a result while the line is away: both may go to one terminal.
func (p *progress) between(write func() error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown && p.app.OutIsTerminal() {
		_, _ = fmt.Fprint(p.app.Err, erase)
	}
	return write()
}

// note says something above the line.
func (p *progress) note(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		text = erase + text
	}
	p.app.Note("%s", text)
}

// end removes the line. It may be called twice.
func (p *progress) end() {
	p.stop()
	if p.shown {
		p.shown = false
		_, _ = fmt.Fprint(p.app.Err, erase)
	}
}

// line is the text of a progress.
func line(a *app.App, p batch.Progress, ending bool) string {
	done := int64(0)
	for _, n := range p.Results {
		done += n
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d/%d", done, p.Total)
	if p.Total > 0 {
		fmt.Fprintf(&b, "  %d%%", 100*done/p.Total)
	}
	fmt.Fprintf(&b, "  %.1f/s", p.Rate)
	if p.ETA > 0 {
		fmt.Fprintf(&b, "  ETA %v", p.ETA)
	}
	for _, outcome := range batch.Outcomes() {
		if n := p.Results[outcome]; n > 0 {
			fmt.Fprintf(&b, "  %s %d", outcome, n)
		}
	}
	switch {
	case ending:
		b.WriteString(a.T("  finishing what is in flight", "  正在结束进行中的调用"))
	case p.Paused:
		b.WriteString(a.T("  paused", "  已暂停"))
	}
	return b.String()
}
