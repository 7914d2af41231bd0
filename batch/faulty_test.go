package batch_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// A faultyProxy stands before a gateway, and counts what took effect. The gateway itself would
// answer a repeated number as if nothing had happened.
type faultyProxy struct {
	gateway http.Handler
	share   float64 // of requests that meet with a fault
	late    time.Duration

	mu    sync.Mutex
	rand  *rand.Rand
	takes map[string]int // refunds that were taken, by number
	posts map[string]int // and that arrived
	met   map[string]int // faults
	seen  int            // requests
	later sync.WaitGroup
}

func newFaultyProxy(gateway http.Handler, share float64, seed uint64) *faultyProxy {
	return &faultyProxy{
		gateway: gateway, share: share, late: 300 * time.Millisecond, rand: rand.New(rand.NewPCG(seed, seed)),
		takes: map[string]int{}, posts: map[string]int{}, met: map[string]int{},
	}
}

var proxyFaults = []string{"cut before", "cut after", "late", "slow", "429", "502 before", "502 after", "tampered", "unsigned", "empty 500", "half"}

func (p *faultyProxy) fault() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen++
	if p.rand.Float64() >= p.share {
		return ""
	}
	fault := proxyFaults[p.rand.IntN(len(proxyFaults))]
	p.met[fault]++
	return fault
}

// forward lets the gateway answer, and counts.
func (p *faultyProxy) forward(r *http.Request, body []byte) *httptest.ResponseRecorder {
	r.Body = io.NopCloser(bytes.NewReader(body))
	reply := httptest.NewRecorder()
	p.gateway.ServeHTTP(reply, r)
	if number := gjson.GetBytes(body, "out_refund_no").String(); r.Method == http.MethodPost && number != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.posts[number]++
		if reply.Code == http.StatusOK {
			p.takes[number]++
		}
	}
	return reply
}

func cut(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

func (p *faultyProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	fault := p.fault()
	switch fault {
	case "cut before":
		cut(w)
		return
	case "late": // it is still on its way when its connection is gone
		again := r.Clone(r.Context())
		again = again.WithContext(httptest.NewRequest(http.MethodGet, "/", nil).Context())
		p.later.Go(func() {
			time.Sleep(p.late)
			p.forward(again, body)
		})
		cut(w)
		return
	case "429":
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusTooManyRequests)
		_ = json.NewEncoder(w).Encode(map[string]string{"code": "FREQUENCY_LIMITED", "message": "x"})
		return
	case "502 before":
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	reply := p.forward(r, body)
	answer := reply.Body.Bytes()
	for name, values := range reply.Header() {
		w.Header()[name] = values
	}
	switch fault {
	case "cut after":
		cut(w)
		return
	case "slow":
		select {
		case <-r.Context().Done():
		case <-time.After(10 * time.Second):
		}
		return
	case "502 after":
		clear(w.Header())
		w.WriteHeader(http.StatusBadGateway)
		return
	case "empty 500":
		clear(w.Header())
		w.WriteHeader(http.StatusInternalServerError)
		return
	case "tampered":
		answer = append(bytes.Clone(answer), ' ')
	case "unsigned":
		w.Header().Del("Wechatpay-Signature")
	case "half":
		answer = answer[:len(answer)/2]
	}
	w.Header().Del("Content-Length")
	w.WriteHeader(reply.Code)
	_, _ = w.Write(answer)
}

// more waits until so many more requests have come, or the time is over.
func (p *faultyProxy) more(count int, most time.Duration) {
	seen := func() (all int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.seen
	}
	before := seen()
	for end := time.Now().Add(most); seen() < before+count && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
}

// wait waits until so many refunds have taken effect.
func (p *faultyProxy) wait(t *testing.T, count int) {
	t.Helper()
	require.Eventually(t, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return len(p.takes) >= count
	}, time.Minute, 10*time.Millisecond)
}
