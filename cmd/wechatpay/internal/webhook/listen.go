package webhook

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/args"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/oneline"
	"github.com/wechatpay-chain/wechatpay/notify"
)

// defaultAddr stays the same, so that a notify_url does.
const defaultAddr = "127.0.0.1:8972"

func listenCommand(a *app.App) *cobra.Command {
	var addr, forward string
	cmd := &cobra.Command{
		Use:   "listen",
		Short: a.T("Receive notifications, verify and print them, and pass them on", "接收通知：验签、输出并转发"),
		Long: a.T(`Receive notifications until Ctrl-C. Each is verified and decrypted; a good one is one line of JSON on
stdout, a bad one is told on stderr and answered with 401, as package notify does.

With --forward the request goes on to a server, of this machine or another one, as it came, and its answer goes back. Without
it, each good notification is answered with success: WeChat Pay does not send it again.`,
			`接收通知，直到 Ctrl-C。每条通知先验签并解密：有效的在标准输出占一行 JSON，无效的在标准错误说明并以 401 应答。

--forward 将请求原样转给一个服务器（本机或其他机器），并返回其应答。不转发时，有效通知一律应答成功：微信支付不会重发。`),
		Example: "  wechatpay webhook listen --forward http://127.0.0.1:8080/notify\n  wechatpay sandbox trigger TRANSACTION.SUCCESS http://" + defaultAddr + "/",
		Args:    args.Exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if forward != "" {
				if u, err := url.Parse(forward); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
					return failure.Usagef("--forward %q is not the URL of a server; write it as http://127.0.0.1:8080/notify", forward)
				}
			}
			return listen(cmd.Context(), a, addr, forward)
		},
	}
	cmd.Flags().StringVar(&addr, "addr", defaultAddr, a.T("where to listen; port 0 takes a free one", "监听地址；端口 0 表示任选空闲端口"))
	cmd.Flags().StringVar(&forward, "forward", "", a.T("the URL that each good request goes on to", "有效请求转发到的 URL"))
	return cmd
}

func listen(ctx context.Context, a *app.App, addr, forward string) error {
	l := &listener{App: a, forward: forward, client: &http.Client{
		Transport:     &http.Transport{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	defer l.client.CloseIdleConnections()
	cfg, err := config(ctx, a, a.Now)
	if err != nil {
		return err
	}
	if _, err := parser(cfg); err != nil {
		return err
	}
	l.handler, err = notify.NewHandler(notify.HandlerConfig{
		Config: cfg, Fallback: l.take, Key: func(*notify.Event) string { return "" }, // each is passed on, again and again
		OnError: func(_ context.Context, _ *notify.Event, err error) {
			l.say("✗ %s", oneline.Of(app.Words(err.Error())))
		},
	})
	if err != nil {
		return &failure.UsageError{Err: err}
	}
	socket, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return failure.Usagef("%w; choose another with --addr", err)
	}
	server := &http.Server{Handler: l, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 30 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(socket) }()
	l.say(a.T("listening at http://%s/; Ctrl-C ends it", "监听于 http://%s/；Ctrl-C 结束"), socket.Addr())
	if forward == "" {
		l.say("%s", a.T("without --forward each good notification is answered with success, and not sent again", "未指定 --forward：有效通知一律应答成功，不会重发"))
	}
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	const patience = 5 * time.Second // as long as WeChat Pay waits for an answer
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if server.Shutdown(stop) != nil {
		_ = server.Close() // what still goes on after this time is cut
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return l.failure()
}

// A listener answers notifications. It is safe for concurrent use.
type listener struct {
	*app.App
	handler *notify.Handler
	forward string
	client  *http.Client

	mu     sync.Mutex // of Out, Err and broken
	broken error      // of Out
}

// A passage is a request on its way through, and the answer of the local server.
type passage struct {
	request *http.Request
	body    []byte
	answer  *http.Response
	reply   []byte
}

type passageKey struct{}

// ServeHTTP verifies by package notify, which calls take for what is good.
func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		l.handler.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, notify.DefaultMaxBody))
	if err != nil { // what is too large, or broken off, is for the handler to answer
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err}))
		l.handler.ServeHTTP(w, r)
		return
	}
	p := &passage{request: r, body: body}
	ctx := context.WithValue(r.Context(), passageKey{}, p)
	reply := l.handler.Serve(ctx, notify.Request{Header: r.Header, Body: bytes.NewReader(body), Target: r.RequestURI})
	status, header, data := reply.Status, reply.Header, reply.Body
	if p.answer != nil {
		status, header, data = p.answer.StatusCode, p.answer.Header, p.reply
	}
	for name, values := range header {
		if !hopByHop[name] {
			w.Header()[name] = values
		}
	}
	w.WriteHeader(status)
	if status != http.StatusNoContent && status != http.StatusNotModified {
		_, _ = w.Write(data)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// take prints an event that was verified, and passes its request on.
func (l *listener) take(ctx context.Context, event *notify.Event) (*notify.Reply, error) {
	if err := l.print(event); err != nil {
		return nil, err
	}
	if l.forward == "" {
		return nil, nil //nolint:nilnil // the reply of success
	}
	p, ok := ctx.Value(passageKey{}).(*passage)
	if !ok {
		return nil, errors.New("the request is lost") // of no handler of this package
	}
	began := time.Now()
	if err := l.pass(ctx, p); err != nil {
		return nil, fmt.Errorf("passing it on to %s: %w", l.forward, withoutURL(err))
	}
	note := ""
	if status := p.answer.StatusCode; status != http.StatusOK && status != http.StatusNoContent {
		note = l.T("; WeChat Pay takes 200 and 204 alone for success, and will send it again", "；微信支付只认 200 与 204 为成功，会重发")
	}
	l.say("→ %s %d (%d ms)%s", oneline.Of(event.String()), p.answer.StatusCode, time.Since(began).Milliseconds(), note)
	return nil, nil //nolint:nilnil // the answer goes back as it is
}

// pass sends the request on as it came.
func (l *listener) pass(ctx context.Context, p *passage) error {
	r, err := http.NewRequestWithContext(ctx, p.request.Method, l.forward, bytes.NewReader(p.body))
	if err != nil {
		return err
	}
	for name, values := range p.request.Header {
		if !hopByHop[name] {
			r.Header[name] = values
		}
	}
	answer, err := l.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if p.reply, err = io.ReadAll(io.LimitReader(answer.Body, notify.DefaultMaxBody)); err != nil {
		return err
	}
	p.answer = answer
	return nil
}

// hopByHop are the headers of one connection, and those that net/http writes itself.
var hopByHop = map[string]bool{
	"Connection": true, "Keep-Alive": true, "Transfer-Encoding": true, "Te": true, "Trailer": true, "Upgrade": true, "Content-Length": true,
	"Proxy-Connection": true, "Date": true,
}

// print writes an event as one line. An event that could not be printed is not acknowledged.
func (l *listener) print(event *notify.Event) error {
	data, err := json.Marshal(event)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.Out.Write(append(data, '\n')); err != nil {
		l.broken = cmp.Or(l.broken, err)
		return err
	}
	return nil
}

func (l *listener) say(format string, values ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Note(format, values...)
}

func (l *listener) failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.broken
}

// withoutURL is an error of the client without the URL, which may hold a password.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
