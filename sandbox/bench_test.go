package sandbox_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// BenchmarkNew is the start of a gateway with given keys.
func BenchmarkNew(b *testing.B) {
	keys, err := sharedKeys()
	require.NoError(b, err)
	_, err = sandbox.New(sandbox.Config{Keys: keys}) // reads the catalogue, once a process
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		_, err := sandbox.New(sandbox.Config{Keys: keys})
		require.NoError(b, err)
	}
}

// signedOrder is a request for an order by Native.
func signedOrder(tb testing.TB, credential signer.Credential, number, notifyURL string) *http.Request {
	tb.Helper()
	const target = "/v3/pay/transactions/native"
	body := `{"appid":"wxd678efh567hg6787","mchid":"` + credential.ID + `","description":"QQ公仔","out_trade_no":"` + number + `","notify_url":"` + notifyURL + `","amount":{"total":100}}`
	auth, err := credential.Authorize(tb.Context(), signer.Request{
		Method: http.MethodPost, Target: target, Timestamp: strconv.FormatInt(time.Now().Unix(), 10), Nonce: signer.Nonce(), Body: []byte(body),
	})
	require.NoError(tb, err)
	r := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, target, strings.NewReader(body))
	r.Header = http.Header{"Authorization": {auth}, "Accept": {"application/json"}, "User-Agent": {"test"}, "Content-Type": {"application/json"}}
	return r
}

func benchGateway(tb testing.TB, webhooks sandbox.Webhooks) (*sandbox.Gateway, signer.Credential) {
	tb.Helper()
	keys, err := sharedKeys()
	require.NoError(tb, err)
	g, err := sandbox.New(sandbox.Config{Keys: keys, Webhooks: webhooks})
	require.NoError(tb, err)
	sign, err := signer.New(keys.Merchant)
	require.NoError(tb, err)
	return g, signer.Credential{ID: g.Credentials().MchID, Serial: g.Credentials().Serial, Signer: sign}
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return io.Discard.Write(p) }
func (d discard) WriteHeader(status int) {
	if status != http.StatusOK {
		panic(fmt.Sprint("status ", status))
	}
}

// BenchmarkOrder is an order: verified, checked, played and signed. What the client's signature
// costs is not counted.
func BenchmarkOrder(b *testing.B) {
	g, credential := benchGateway(b, sandbox.Webhooks{})
	requests := make([]*http.Request, 512)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if i%len(requests) == 0 {
			b.StopTimer()
			for j := range requests {
				requests[j] = signedOrder(b, credential, fmt.Sprintf("BENCH-%d", i+j), "https://example.com/")
			}
			b.StartTimer()
		}
		g.ServeHTTP(discard{http.Header{}}, requests[i%len(requests)])
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

// BenchmarkMemoryOfAnOrder reports the heap that an order takes: a million of them must fit
// into a gigabyte. The recorder is full before, since it has a thousand exchanges however many
// orders there are. The nonces of the requests count, though they are kept for minutes only.
func BenchmarkMemoryOfAnOrder(b *testing.B) {
	g, credential := benchGateway(b, sandbox.Webhooks{})
	placed := 0
	place := func(orders int) {
		for range orders {
			placed++
			g.ServeHTTP(discard{http.Header{}}, signedOrder(b, credential, fmt.Sprintf("MEMORY-%d", placed), "https://example.com/"))
		}
	}
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	const recorded = 1000
	place(recorded)
	before := heap()
	for b.Loop() {
		place(5000)
	}
	b.ReportMetric(float64(heap()-before)/float64(placed-recorded), "B/order")
	runtime.KeepAlive(g)
}
