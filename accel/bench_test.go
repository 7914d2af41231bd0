package accel_test

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/accel"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// signersOf are the rows of the benchmarks: who signs, in one run, so that the ratio holds on
// a busy machine too.
var signersOf = []struct {
	by   string
	sign func(crypto.Signer) (crypto.Signer, error)
}{
	{"openssl", accel.Signer},
	{"crypto/rsa", func(key crypto.Signer) (crypto.Signer, error) { return key, nil }},
}

func skipIfUnavailable(b *testing.B, by string) {
	b.Helper()
	if err := accel.Available(); err != nil && by == "openssl" {
		b.Skip(err)
	}
}

// BenchmarkSign is a signature of WeChat Pay's kind.
func BenchmarkSign(b *testing.B) {
	key, err := sharedKey()
	require.NoError(b, err)
	digest := sha256.Sum256([]byte("message"))
	for _, row := range signersOf {
		b.Run("by="+row.by, func(b *testing.B) {
			skipIfUnavailable(b, row.by)
			signer, err := row.sign(key)
			require.NoError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				_, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
				require.NoError(b, err)
			}
		})
	}
}

// BenchmarkSandboxCalls are orders of a client at a sandbox, 16 at a time over loopback. Both
// sides sign and verify.
func BenchmarkSandboxCalls(b *testing.B) {
	keys, err := sandbox.NewKeys()
	require.NoError(b, err)
	for _, row := range signersOf {
		b.Run("by="+row.by, func(b *testing.B) {
			skipIfUnavailable(b, row.by)
			gateway, err := sandbox.New(sandbox.Config{Keys: keys, Accelerate: row.sign})
			require.NoError(b, err)
			server, err := gateway.Start()
			require.NoError(b, err)
			defer server.Close()
			signer, err := row.sign(keys.Merchant)
			require.NoError(b, err)
			transport := wechatpay.NewTransport()
			defer transport.CloseIdleConnections()
			held := gateway.Credentials()
			client, err := wechatpay.New(wechatpay.Config{
				MchID: held.MchID, Serial: held.Serial, PrivateKey: signer,
				PlatformKeys: held.PlatformKeys(), BaseURL: server.URL, Transport: transport,
			})
			require.NoError(b, err)
			order(b, client, "WARM-UP") // reads the catalogue, once a process
			var number atomic.Int64
			b.SetParallelism(max(1, 16/runtime.GOMAXPROCS(0)))
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					order(b, client, fmt.Sprint("BENCH-", number.Add(1)))
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}

func order(b *testing.B, client *wechatpay.Client, number string) {
	b.Helper()
	resp, err := client.Chain("v3/pay/transactions/native").Post(b.Context(), &wechatpay.Options{JSON: wechatpay.M{
		"appid": "wxd678efh567hg6787", "mchid": "1900000109", "description": "QQ公仔", "out_trade_no": number,
		"notify_url": "https://example.com/", "amount": wechatpay.M{"total": 100},
	}})
	if err != nil || resp.Get("code_url").String() == "" {
		b.Error(err)
	}
}
