package batch_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// digest signs cheaply: the figures are those of the batch, not of RSA.
type digest struct{}

func (digest) Sign(_ context.Context, message []byte) ([]byte, error) {
	sum := sha256.Sum256(message)
	return sum[:], nil
}

func (d digest) Verify(ctx context.Context, _ string, message, signature []byte) error {
	want, err := d.Sign(ctx, message)
	if err != nil || !bytes.Equal(want, signature) {
		return errors.Join(err, signer.ErrSignature)
	}
	return nil
}

// memory is a gateway in memory: it takes whatever is sent, and answers queries.
type memory struct{ reply string }

func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	body := cmp.Or(m.reply, `{"refund_id":"50000000382019052709732678859","out_refund_no":"x","transaction_id":"1217752501201407033233368018","out_trade_no":"1217752501201407033233368018","channel":"ORIGINAL","user_received_account":"招商银行信用卡0403","create_time":"2020-12-01T16:18:12+08:00","status":"SUCCESS","amount":{"total":100,"refund":1,"payer_total":90,"payer_refund":90,"settlement_refund":100,"settlement_total":100,"discount_refund":10,"currency":"CNY"}}`)
	at := strconv.FormatInt(time.Now().Unix(), 10)
	sum := sha256.Sum256([]byte(at + "\nnonce\n" + body + "\n"))
	return &http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body)),
		Header: http.Header{
			"Content-Type": {"application/json"}, "Request-Id": {"08F78BB5AF0610D302189EA7BE02-0"}, "Wechatpay-Serial": {"key"}, "Wechatpay-Timestamp": {at},
			"Wechatpay-Nonce": {"nonce"}, "Wechatpay-Signature": {base64.StdEncoding.EncodeToString(sum[:])},
		},
	}, nil
}

func memoryClient(tb testing.TB, reply string) *wechatpay.Client {
	tb.Helper()
	client, err := wechatpay.New(wechatpay.Config{MchID: "1900000109", Serial: "AB", Signer: digest{}, Verifier: digest{}, Transport: memory{reply}})
	require.NoError(tb, err)
	return client
}

func refundJobs(count int) iter.Seq2[batch.Job, error] {
	return func(yield func(batch.Job, error) bool) {
		for i := range count {
			job := batch.Job{Path: refundPath, Body: []byte(fmt.Sprintf(`{"out_trade_no":"order%d","out_refund_no":"refund%d","amount":{"refund":1,"total":100,"currency":"CNY"}}`, i, i))}
			if !yield(job, nil) {
				return
			}
		}
	}
}

// highest is the most memory that this process has had resident, in MB.
func highest(tb testing.TB) int {
	tb.Helper()
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), "VmHWM:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	require.NoError(tb, err)
	return kb / 1024
}

// cpu is the time that this process has computed. Other processes do not change it.
func cpu(tb testing.TB) time.Duration {
	tb.Helper()
	var usage syscall.Rusage
	require.NoError(tb, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// jobs is the size of a benchmark, by a variable.
func figure(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// The durable jobs a second, WECHATPAY_BATCH_JOBS of them: two writes for each, on disk.
func BenchmarkRefunds(b *testing.B) {
	for _, row := range []struct {
		name string
		open func(string) (*batch.Store, error)
	}{{"store=embedded", batch.Embedded}, {"store=relaxed", batch.EmbeddedRelaxed}} {
		b.Run(row.name, func(b *testing.B) {
			count := figure("WECHATPAY_BATCH_JOBS", 200)
			client := memoryClient(b, "")
			for b.Loop() {
				store, err := row.open(b.TempDir())
				require.NoError(b, err)
				cfg := batch.Config{Client: client, Store: store, FirstRun: true, InFlight: 64}
				began, before, done := time.Now(), cpu(b), 0
				for result, err := range batch.Run(b.Context(), cfg, refundJobs(count)) {
					require.NoError(b, err)
					require.Equal(b, batch.Done, result.Outcome, result.Error)
					done++
				}
				require.Equal(b, count, done)
				b.ReportMetric(float64(count)/time.Since(began).Seconds(), "jobs/s")
				b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(count), "cpu-µs/job")
				require.NoError(b, store.Close())
			}
		})
	}
}

// WECHATPAY_BATCH_QUERIES queries from a file: bounded memory, as fast at the end as at the
// beginning, and a resumed run takes little.
func TestManyQueries(t *testing.T) {
	count := figure("WECHATPAY_BATCH_QUERIES", 5000)
	debug.SetGCPercent(50)
	defer debug.SetGCPercent(100)
	path := t.TempDir() + "/in.ndjson"
	file, err := os.Create(path)
	require.NoError(t, err)
	for i := range count {
		_, err := fmt.Fprintf(file, `{"path":"v3/refund/domestic/refunds/{out_refund_no}","vars":{"out_refund_no":"refund%012d"}}`+"\n", i)
		require.NoError(t, err)
	}
	require.NoError(t, file.Close())
	store, err := batch.EmbeddedRelaxed(t.TempDir())
	require.NoError(t, err)
	defer func() { assert.NoError(t, store.Close()) }()
	cfg := batch.Config{Client: memoryClient(t, ""), Store: store, FirstRun: true, InFlight: 64}
	for _, name := range []string{"first", "again"} {
		file, err := os.Open(path)
		require.NoError(t, err)
		began, before, done := time.Now(), cpu(t), 0
		var tenths, computed []time.Duration
		at, computing := began, before
		for result, err := range batch.Run(t.Context(), cfg, batch.Lines(file, batch.Job{})) {
			require.NoError(t, err)
			require.Equal(t, batch.Done, result.Outcome, result.Error)
			require.Equal(t, name == "again", result.Resumed)
			if done++; done%(count/10) == 0 {
				tenths, computed = append(tenths, time.Since(at).Round(time.Millisecond)), append(computed, (cpu(t)-computing).Round(time.Millisecond))
				at, computing = time.Now(), cpu(t)
			}
		}
		require.Equal(t, count, done)
		took := time.Since(began)
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		t.Logf("%s: %d queries in %s, %.0f/s; %s of CPU; each tenth %v, of CPU %v; at most %d MB resident, heap %d MB", name, count, took.Round(time.Millisecond), float64(count)/took.Seconds(), (cpu(t) - before).Round(time.Millisecond), tenths, computed, highest(t), m.HeapAlloc>>20)
		require.NoError(t, file.Close())
		if count < 100_000 {
			continue
		}
		// By CPU, since the machine may have other things to do.
		assert.Less(t, computed[9], computed[0]*3/2, "it becomes slower")
		if name == "again" {
			assert.Less(t, cpu(t)-before, time.Minute*time.Duration(count)/1_000_000, "resuming")
		}
	}
	if count >= 100_000 {
		assert.Less(t, highest(t), 256, "MB")
	}
}
