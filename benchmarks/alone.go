package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"math"
	"net/http"
	"runtime"
	"time"

	"github.com/wechatpay-apiv3/wechatpay-go/core/auth"
	"github.com/wechatpay-apiv3/wechatpay-go/core/option"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/internal/ratio"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// An aloneRow is what a call costs beyond RSA and the network. The CPU is 0 where RSA cannot be
// left out.
type aloneRow struct {
	name               string
	allocations, bytes int
	cpu                time.Duration
}

// A soloist calls a transport in memory. Its signatures cost nothing, or their allocations are
// taken off.
type soloist struct {
	name    string
	call    call
	withRSA bool
}

// measureAlone measures the allocations of calls, and by turns their CPU.
func (p plan) measureAlone(ctx context.Context, a account) ([]aloneRow, error) {
	all, err := soloists(ctx, a)
	if err != nil {
		return nil, err
	}
	calls := max(10, int(p.turn/time.Millisecond)) // 2,000 in two seconds
	rsaAllocations, rsaBytes, err := allocatedByRSA(a)
	if err != nil {
		return nil, err
	}
	rows, cpu := make([]aloneRow, len(all)), make([][]time.Duration, len(all))
	for i, s := range all {
		rows[i].name = s.name
		n, size, err := allocated(calls, func() error { return s.call.make(ctx) })
		if err != nil {
			return nil, err
		}
		if s.withRSA {
			n, size = n-rsaAllocations, size-rsaBytes
		}
		rows[i].allocations, rows[i].bytes = int(math.Round(n)), int(math.Round(size))
	}
	for range p.rounds {
		for i, s := range all {
			if s.withRSA {
				continue
			}
			before := ratio.CPU()
			for range calls {
				if err := s.call.make(ctx); err != nil {
					return nil, err
				}
			}
			cpu[i] = append(cpu[i], (ratio.CPU()-before)/time.Duration(calls))
		}
	}
	for i := range rows {
		rows[i].cpu = median(cpu[i])
	}
	return rows, nil
}

// allocated returns what a run of f allocates: objects and bytes, the mean of many.
func allocated(runs int, f func() error) (objects, bytes float64, err error) {
	if err := f(); err != nil { // caches are filled
		return 0, 0, err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		if err := f(); err != nil {
			return 0, 0, err
		}
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / float64(runs), float64(after.TotalAlloc-before.TotalAlloc) / float64(runs), nil
}

// allocatedByRSA is what crypto/rsa allocates for a signature and the verification of another.
func allocatedByRSA(a account) (objects, bytes float64, err error) {
	digest := sha256.Sum256([]byte("message"))
	signature, err := rsa.SignPKCS1v15(nil, a.wechat, crypto.SHA256, digest[:])
	if err != nil {
		return 0, 0, err
	}
	return allocated(100, func() error {
		if _, err := rsa.SignPKCS1v15(rand.Reader, a.merchant, crypto.SHA256, digest[:]); err != nil {
			return err
		}
		return rsa.VerifyPKCS1v15(&a.wechat.PublicKey, crypto.SHA256, digest[:], signature)
	})
}

var (
	noSignature = bytes.Repeat([]byte{1}, 256) // as long as one of 2048 bits
	noSigner    = signer.Func(func(context.Context, []byte) ([]byte, error) { return noSignature, nil })
	noVerifier  = signer.VerifierFunc(func(context.Context, string, []byte, []byte) error { return nil })
)

// soloists returns a client of each kind.
func soloists(ctx context.Context, a account) ([]soloist, error) {
	wechat, err := signer.New(a.wechat)
	if err != nil {
		return nil, err
	}
	header, err := sign(ctx, wechat, time.Now())
	if err != nil {
		return nil, err
	}
	transport := inMemory{header}
	mine, err := ourCall(wechatpay.Config{Signer: noSigner, Verifier: noVerifier, Transport: transport})
	if err != nil {
		return nil, err
	}
	client := &http.Client{Transport: transport, Timeout: 30 * time.Second}
	official, err := wechatpayGoCall(option.WithSigner(noAuth{}), option.WithVerifier(noAuth{}), option.WithHTTPClient(client))
	if err != nil {
		return nil, err
	}
	other, err := goPayCall(a, "http://127.0.0.1", transport)
	if err != nil {
		return nil, err
	}
	hand := byHand{
		host:   "http://127.0.0.1",
		sign:   func([]byte) ([]byte, error) { return noSignature, nil },
		verify: func([]byte, []byte) error { return nil },
	}
	bare, whole := hand, hand
	bare.do, whole.do = transport.RoundTrip, client.Do
	return []soloist{
		{oursName, mine, false},
		{"a bare RoundTripper, by hand", bare.call, false},
		{"an http.Client, by hand", whole.call, false},
		{"wechatpay-go", official, false},
		{"gopay", other, true},
	}, nil
}

// inMemory is a transport that reads a request and answers as the server does.
type inMemory struct{ header http.Header }

// RoundTrip implements [http.RoundTripper].
func (t inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	_ = r.Body.Close()
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Header: t.header, Request: r,
		ContentLength: int64(len(replyBody)), Body: io.NopCloser(bytes.NewReader(replyBody)),
	}, nil
}

// noAuth signs and verifies for the official SDK, at no cost.
type noAuth struct{}

var (
	_ auth.Signer   = noAuth{}
	_ auth.Verifier = noAuth{}
)

func (noAuth) Sign(context.Context, string) (*auth.SignatureResult, error) {
	return &auth.SignatureResult{MchID: mchid, CertificateSerialNo: serial, Signature: base64.StdEncoding.EncodeToString(noSignature)}, nil
}

func (noAuth) Algorithm() string                         { return "SHA256-RSA2048" }
func (noAuth) GetSerial(context.Context) (string, error) { return publicKeyID, nil }

// Verify decodes, as all do.
func (noAuth) Verify(_ context.Context, _, _, signature string) error {
	_, err := base64.StdEncoding.DecodeString(signature)
	return err
}
