package wechatpay_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// The benchmarks measure the client alone: the transport is in memory, signing
// and verifying cost nothing. The hand-written clients do the same
// work (marshal, sign, send, read, verify, take one field) with net/http only,
// so that one run shows the ratio whatever the machine.

// prepayOrder is a prepay body of nine fields.
type prepayOrder struct {
	AppID       string      `json:"appid"`
	MchID       string      `json:"mchid"`
	Description string      `json:"description"`
	OutTradeNo  string      `json:"out_trade_no"`
	NotifyURL   string      `json:"notify_url"`
	Amount      orderAmount `json:"amount"`
	Payer       orderPayer  `json:"payer"`
}

type orderAmount struct {
	Total    int    `json:"total"`
	Currency string `json:"currency"`
}

type orderPayer struct {
	OpenID string `json:"openid"`
}

var benchOrder = prepayOrder{
	AppID: "wxd678efh567hg6787", MchID: "1900000109", Description: "Image形象店-深圳腾大-QQ公仔",
	OutTradeNo: "1217752501201407033233368018", NotifyURL: "https://www.weixin.qq.com/wxpay/pay.php",
	Amount: orderAmount{100, "CNY"}, Payer: orderPayer{"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
}

var benchMap = wechatpay.M{
	"appid": "wxd678efh567hg6787", "mchid": "1900000109", "description": "Image形象店-深圳腾大-QQ公仔",
	"out_trade_no": "1217752501201407033233368018", "notify_url": "https://www.weixin.qq.com/wxpay/pay.php",
	"amount": wechatpay.M{"total": 100, "currency": "CNY"}, "payer": wechatpay.M{"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
}

const benchPath = "v3/pay/transactions/jsapi-with-contract"

var (
	noSignature = []byte("no-op")
	noSigner    = signer.Func(func(context.Context, []byte) ([]byte, error) { return noSignature, nil })
	noVerifier  = signer.VerifierFunc(func(context.Context, string, []byte, []byte) error { return nil })
	cannedBody  = []byte(`{"prepay_id":"wx201410272009395522657a690389285100"}`)
)

// canned is an in-memory transport: it reads the request's body and answers.
type canned struct{ header http.Header }

func newCanned() *canned {
	return &canned{http.Header{
		"Content-Type":        {"application/json; charset=utf-8"},
		"Request-Id":          {"08F78BB5AF0610D302189C8B4D"},
		"Wechatpay-Nonce":     {"c5ac7061fccab6bf3e254dcf98995b8c"},
		"Wechatpay-Serial":    {"PUB_KEY_ID_0119000001092026112300000000000001"},
		"Wechatpay-Signature": {base64.StdEncoding.EncodeToString(noSignature)},
		"Wechatpay-Timestamp": {strconv.FormatInt(time.Now().Unix(), 10)},
	}}
}

func (t *canned) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close()
	}
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Header: t.header, Request: r,
		ContentLength: int64(len(cannedBody)), Body: io.NopCloser(bytes.NewReader(cannedBody)),
	}, nil
}

func benchClient(tb testing.TB) *wechatpay.Client {
	tb.Helper()
	c, err := wechatpay.New(wechatpay.Config{
		MchID: "1900000109", Serial: "3775B6A45ACD588826D15E583A95F5DD00000000",
		Signer: noSigner, Verifier: noVerifier, Transport: newCanned(),
	})
	require.NoError(tb, err)
	return c
}

func BenchmarkPost(b *testing.B) {
	post := func(body any) func(b *testing.B) {
		return func(b *testing.B) {
			b.Helper()
			c, ctx := benchClient(b), b.Context()
			b.ReportAllocs()
			for b.Loop() {
				resp, err := c.Chain(benchPath).Post(ctx, &wechatpay.Options{JSON: body})
				if err != nil || resp.Get("prepay_id").String() == "" {
					b.Fatal(err)
				}
			}
		}
	}
	b.Run("client=wechatpay/body=struct", post(&benchOrder))
	b.Run("client=wechatpay/body=map", post(benchMap))
	b.Run("client=handwritten-RoundTripper/body=struct", func(b *testing.B) {
		benchHandwritten(b, newCanned().RoundTrip, &benchOrder)
	})
	b.Run("client=handwritten-RoundTripper/body=map", func(b *testing.B) {
		benchHandwritten(b, newCanned().RoundTrip, benchMap)
	})
	b.Run("client=handwritten-http.Client/body=struct", func(b *testing.B) {
		c := &http.Client{Transport: newCanned(), Timeout: 30 * time.Second}
		benchHandwritten(b, c.Do, &benchOrder)
	})
}

func benchHandwritten(b *testing.B, do func(*http.Request) (*http.Response, error), body any) {
	b.Helper()
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if id, err := handwritten(ctx, do, body); err != nil || id == "" {
			b.Fatal(err)
		}
	}
}

func handwritten(ctx context.Context, do func(*http.Request) (*http.Response, error), order any) (string, error) {
	return handwrittenTo(ctx, "https://api.mch.weixin.qq.com", do, order)
}

// handwrittenTo is what a careful engineer writes for this one endpoint.
func handwrittenTo(ctx context.Context, host string, do func(*http.Request) (*http.Response, error), order any) (string, error) {
	body, err := json.Marshal(order)
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, host+"/"+benchPath, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	timestamp, nonce := strconv.FormatInt(time.Now().Unix(), 10), signer.Nonce()
	signature, err := noSigner(ctx, signer.RequestMessage(signer.Request{
		Method: r.Method, Target: r.URL.RequestURI(), Timestamp: timestamp, Nonce: nonce, Body: body,
	}))
	if err != nil {
		return "", err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "handwritten")
	r.Header.Set("Authorization", fmt.Sprintf(
		`WECHATPAY2-SHA256-RSA2048 mchid="%s",serial_no="%s",timestamp="%s",nonce_str="%s",signature="%s"`,
		"1900000109", "3775B6A45ACD588826D15E583A95F5DD00000000", timestamp, nonce,
		base64.StdEncoding.EncodeToString(signature)))
	resp, err := do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	reply, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("status %d", resp.StatusCode)
	}
	signature, err = base64.StdEncoding.DecodeString(resp.Header.Get("Wechatpay-Signature"))
	if err != nil {
		return "", err
	}
	message := signer.ReplyMessage(resp.Header.Get("Wechatpay-Timestamp"), resp.Header.Get("Wechatpay-Nonce"), reply)
	if err := noVerifier(ctx, resp.Header.Get("Wechatpay-Serial"), message, signature); err != nil {
		return "", err
	}
	return gjson.GetBytes(reply, "prepay_id").String(), nil
}

func BenchmarkChain(b *testing.B) {
	c := benchClient(b)
	b.Run("literal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = c.Chain(benchPath)
		}
	})
	b.Run("deeper", func(b *testing.B) {
		base := c.Chain("v3/pay/transactions")
		b.ReportAllocs()
		for b.Loop() {
			_ = base.Chain("jsapi-with-contract")
		}
	})
}

func BenchmarkAt(b *testing.B) {
	c := benchClient(b)
	b.Run("one", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = c.At("v3/pay/transactions/jsapiWithContract")
		}
	})
	b.Run("segments", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = c.At("v3", "pay", "transactions", "jsapiWithContract")
		}
	})
}

// BenchmarkPostAsync is BenchmarkPost in the background: what it costs beyond that
// is the price of a future.
func BenchmarkPostAsync(b *testing.B) {
	c, ctx := benchClient(b), b.Context()
	b.Run("sync", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Chain(benchPath).Post(ctx, &wechatpay.Options{JSON: &benchOrder}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("async", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Chain(benchPath).PostAsync(ctx, &wechatpay.Options{JSON: &benchOrder}).Wait(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkFanOut makes 10,000 calls to a loopback server that takes 50 ms for each,
// 1,024 at a time: with future.Each, and with goroutines over net/http by hand. Both
// sign and verify with the same no-op.
func BenchmarkFanOut(b *testing.B) {
	const calls, limit, latency = 10_000, 1024, 50 * time.Millisecond
	header := newCanned().header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(latency)
		maps.Copy(w.Header(), header)
		_, _ = w.Write(cannedBody)
	}))
	b.Cleanup(server.Close)
	seconds := map[string]float64{}
	run := func(name string, fanOut func(ctx context.Context) (done int)) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				began := time.Now()
				if done := fanOut(b.Context()); done != calls {
					b.Fatal(done)
				}
				if took := time.Since(began).Seconds(); seconds[name] == 0 || took < seconds[name] {
					seconds[name] = took
				}
			}
			b.ReportMetric(calls/seconds[name], "calls/s")
			if name == "Each" {
				b.ReportMetric(100*seconds["handwritten"]/seconds[name], "%-of-handwritten")
			}
		})
	}
	transport := wechatpay.NewTransport()
	b.Cleanup(transport.CloseIdleConnections)
	run("handwritten", func(ctx context.Context) int {
		var done atomic.Int64
		var group sync.WaitGroup
		free := make(chan struct{}, limit)
		client := &http.Client{Transport: transport, Timeout: 30 * time.Second}
		for range calls {
			free <- struct{}{}
			group.Go(func() {
				defer func() { <-free }()
				if _, err := handwrittenTo(ctx, server.URL, client.Do, &benchOrder); err == nil {
					done.Add(1)
				}
			})
		}
		group.Wait()
		return int(done.Load())
	})
	c, err := wechatpay.New(wechatpay.Config{
		MchID: "1900000109", Serial: "3775B6A45ACD588826D15E583A95F5DD00000000", BaseURL: server.URL,
		Signer: noSigner, Verifier: noVerifier, Transport: transport,
	})
	require.NoError(b, err)
	run("Each", func(ctx context.Context) (done int) {
		numbers := func(yield func(int) bool) {
			for i := range calls {
				if !yield(i) {
					return
				}
			}
		}
		for _, o := range future.Each(ctx, limit, numbers, func(ctx context.Context, _ int) (string, error) {
			resp, err := c.Chain(benchPath).Post(ctx, &wechatpay.Options{JSON: &benchOrder})
			if err != nil {
				return "", err
			}
			return resp.Get("prepay_id").String(), nil
		}) {
			if o.Err == nil && o.Value != "" {
				done++
			}
		}
		return done
	})
}

// BenchmarkStack shows what the further layers of the stack add to a call that
// succeeds at once.
func BenchmarkStack(b *testing.B) {
	for _, bench := range []struct {
		name   string
		change func(*wechatpay.Config)
	}{
		{"verify-sign", func(cfg *wechatpay.Config) { cfg.Retry.Attempts = 1 }},
		{"default", func(*wechatpay.Config) {}},
		{"failover", func(cfg *wechatpay.Config) { cfg.Failover = middleware.Mainland() }},
		{"log-off", func(cfg *wechatpay.Config) { cfg.Logger = slog.New(slog.DiscardHandler) }},
		{"log-on", func(cfg *wechatpay.Config) { cfg.Logger = slog.New(slog.NewJSONHandler(io.Discard, nil)) }},
		{"all", func(cfg *wechatpay.Config) {
			cfg.Failover, cfg.Logger = middleware.Mainland(), slog.New(slog.NewJSONHandler(io.Discard, nil))
		}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			cfg := wechatpay.Config{
				MchID: "1900000109", Serial: "3775B6A45ACD588826D15E583A95F5DD00000000",
				Signer: noSigner, Verifier: noVerifier, Transport: newCanned(),
			}
			bench.change(&cfg)
			c, err := wechatpay.New(cfg)
			require.NoError(b, err)
			ctx := b.Context()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Chain(benchPath).Post(ctx, &wechatpay.Options{JSON: &benchOrder}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
