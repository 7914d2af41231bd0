package webhook_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

var sharedKeys = sync.OnceValues(sandbox.NewKeys)

// A listening command, with the lines that it has written so far.
type listening struct {
	t       *testing.T
	gateway *sandbox.Gateway
	url     string
	said    chan string // lines of stderr
	out     *bufio.Reader
	stop    func() int
}

// listen runs `webhook listen` until it says where.
func listen(t *testing.T, args ...string) *listening {
	t.Helper()
	pairs, err := sharedKeys()
	require.NoError(t, err)
	gateway, err := sandbox.New(sandbox.Config{Keys: pairs})
	require.NoError(t, err)
	server, err := gateway.Start()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	state := t.TempDir()
	require.NoError(t, gateway.WriteCredentials(filepath.Join(state, "wechatpay", "sandbox"), server.URL))

	ctx, cancel := context.WithCancel(t.Context())
	out, stdout := io.Pipe()
	errs, stderr := io.Pipe()
	a := &app.App{In: new(bytes.Buffer), Out: stdout, Err: stderr, Now: time.Now, Getenv: func(name string) (string, bool) {
		return state, name == "XDG_STATE_HOME"
	}}
	l := &listening{t: t, gateway: gateway, out: bufio.NewReader(out), said: make(chan string, 100)}
	done := make(chan int, 1)
	go func() {
		code := cli.Main(ctx, a, append([]string{"webhook", "listen", "--sandbox", "--addr", "127.0.0.1:0"}, args...))
		_, _ = stdout.Close(), stderr.Close()
		done <- code
	}()
	go func() {
		defer close(l.said)
		for lines := bufio.NewScanner(errs); lines.Scan(); {
			l.said <- lines.Text()
		}
	}()
	l.stop = sync.OnceValue(func() int {
		cancel()
		go func() { _, _ = io.Copy(io.Discard, out) }()
		return <-done
	})
	t.Cleanup(func() { l.stop() })
	first := l.next("listening at")
	l.url = regexp.MustCompile(`http://\S+/`).FindString(first)
	require.NotEmpty(t, l.url, first)
	return l
}

// next returns the next line of stderr that has a text.
func (l *listening) next(text string) string {
	l.t.Helper()
	for line := range l.said {
		if strings.Contains(line, text) {
			return line
		}
	}
	require.Fail(l.t, "it ended without saying "+text)
	return ""
}

// event returns the next line of stdout.
func (l *listening) event() gjson.Result {
	l.t.Helper()
	line, err := l.out.ReadString('\n')
	require.NoError(l.t, err)
	require.True(l.t, gjson.Valid(line), line)
	return gjson.Parse(line)
}

// deliver sends a sample, once, with a fault or "". It does not wait for the answer.
func (l *listening) deliver(fault string) <-chan sandbox.DeliveryAttempt {
	l.t.Helper()
	n, err := l.gateway.SampleNotification("REFUND.SUCCESS", map[string]any{"out_refund_no": "r1"})
	require.NoError(l.t, err)
	answered := make(chan sandbox.DeliveryAttempt, 1)
	go func() {
		attempts, _ := l.gateway.Deliver(l.t.Context(), sandbox.Delivery{URL: l.url, RetrySchedule: []time.Duration{}, Faults: []string{fault}}, n)
		for _, a := range attempts {
			answered <- a
		}
		close(answered)
	}()
	return answered
}

func TestListen(t *testing.T) {
	t.Parallel()
	l := listen(t)
	l.next("without --forward")
	answered := l.deliver("")
	e := l.event()
	assert.Equal(t, "REFUND.SUCCESS", e.Get("event_type").Str)
	assert.Equal(t, "r1", e.Get("resource.out_refund_no").Str)
	assert.Equal(t, http.StatusNoContent, (<-answered).Status)

	for _, fault := range []string{"wrong-key", "probe", "past", "unsigned"} {
		a := <-l.deliver(fault)
		assert.Equal(t, http.StatusUnauthorized, a.Status, fault)
		assert.JSONEq(t, `{"code":"FAIL","message":"verification failed"}`, string(a.Body))
		assert.Regexp(t, "^✗ not verified", l.next("✗"))
	}
	a := <-l.deliver("wrong-apiv3-key")
	assert.Equal(t, http.StatusInternalServerError, a.Status)
	assert.Contains(t, l.next("✗"), "the APIv3 key is not the one")

	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, l.url, http.NoBody)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, http.StatusMethodNotAllowed, resp.StatusCode)

	r, err = http.NewRequestWithContext(t.Context(), http.MethodPost, l.url, strings.NewReader(strings.Repeat("x", 2<<20)))
	require.NoError(t, err)
	resp, err = http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, http.StatusRequestEntityTooLarge, resp.StatusCode)

	assert.Zero(t, l.stop(), "a Ctrl-C is how it ends")
}

func TestListenForwards(t *testing.T) {
	t.Parallel()
	type request struct {
		path, nonce, body string
	}
	got := make(chan request, 1)
	status := make(chan int, 1)
	local := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- request{r.RequestURI, r.Header.Get("Wechatpay-Nonce"), string(body)}
		w.Header().Set("X-Shop", "1")
		w.WriteHeader(<-status)
		_, _ = io.WriteString(w, "answer")
	}))
	t.Cleanup(local.Close)
	l := listen(t, "--forward", local.URL+"/notify?shop=1")
	for _, row := range []struct {
		name, note string
		status     int
	}{
		{"success", "→ REFUND.SUCCESS", 200},
		{"an error is handed back", "will send it again", 503},
		{"a status that is no success", "takes 200 and 204 alone", 202},
	} {
		status <- row.status
		answered := l.deliver("")
		l.event()
		r := <-got
		assert.Equal(t, "/notify?shop=1", r.path, row.name)
		assert.NotEmpty(t, r.nonce, "the header goes on")
		assert.Equal(t, "REFUND.SUCCESS", gjson.Get(r.body, "event_type").Str, "and the body as it came")
		assert.True(t, gjson.Get(r.body, "resource.ciphertext").Exists())
		a := <-answered
		assert.Equal(t, row.status, a.Status, row.name)
		assert.Equal(t, "answer", string(a.Body))
		assert.Equal(t, "1", a.Header.Get("X-Shop"))
		assert.Contains(t, l.next("→"), row.note)
	}

	a := <-l.deliver("wrong-key")
	assert.Equal(t, http.StatusUnauthorized, a.Status)
	assert.Empty(t, got, "a forged one is not passed on")
	l.next("✗")

	local.Close()
	answered := l.deliver("")
	l.event()
	assert.Equal(t, http.StatusInternalServerError, (<-answered).Status, "it comes again")
	assert.Contains(t, l.next("✗"), "passing it on to "+local.URL)
	assert.Zero(t, l.stop())
}
