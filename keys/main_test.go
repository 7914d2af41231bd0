package keys_test

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type line struct {
	gateway *sandbox.Gateway
	mu      sync.Mutex
	count   int
	before  func(*http.Request) error // may fail or block
	after   func(*http.Response)      // may change the reply
}

func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	l.count++
	before, after := l.before, l.after
	l.mu.Unlock()
	if before != nil {
		if err := before(r); err != nil {
			return nil, err
		}
	}
	in := r.Clone(r.Context())
	in.RequestURI = r.URL.RequestURI()
	recorder := httptest.NewRecorder()
	l.gateway.ServeHTTP(recorder, in)
	resp := recorder.Result()
	resp.Request = r
	if after != nil {
		after(resp)
	}
	return resp, nil
}

func (l *line) downloads() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count
}

func (l *line) set(before func(*http.Request) error, after func(*http.Response)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.before, l.after = before, after
}

func newKeyring(tb testing.TB, g *sandbox.Gateway, change func(*keys.KeyringConfig)) (*keys.Keyring, *line) {
	tb.Helper()
	cred := g.Credentials()
	sign, err := signer.New(cred.PrivateKey)
	require.NoError(tb, err)
	l := &line{gateway: g}
	cfg := keys.KeyringConfig{
		APIv3Key:   cred.APIv3Key,
		Credential: signer.Credential{ID: cred.MchID, Serial: cred.Serial, Signer: sign},
		Transport:  l,
	}
	if change != nil {
		change(&cfg)
	}
	ring, err := keys.NewKeyring(cfg)
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = ring.Close() })
	return ring, l
}

func newGateway(tb testing.TB) *sandbox.Gateway {
	tb.Helper()
	g, err := sandbox.New(sandbox.Config{})
	require.NoError(tb, err)
	return g
}

func fault(header, value string) func(*http.Response) {
	return func(r *http.Response) {
		if r.Header.Set(header, value); value == "" {
			r.Header.Del(header)
		}
	}
}

func logger(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

func in(dir string) func(*keys.KeyringConfig) { return func(cfg *keys.KeyringConfig) { cfg.Dir = dir } }

func certificate(t *testing.T, key crypto.Signer, serial int64, end time.Time) string {
	t.Helper()
	return certificateOf(t, key, serial, "test", end)
}

func certificateOf(t *testing.T, key crypto.Signer, serial int64, name string, end time.Time) string {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name},
		NotBefore: end.Add(-48 * time.Hour), NotAfter: end,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func merchant(t *testing.T) *keys.Merchant {
	t.Helper()
	m := vectors.Load(t).Merchant
	loaded, err := keys.LoadMerchant(keys.Text(m.PKCS12Base64).WithPassword(cipher.NewSecret(m.Passphrase)))
	require.NoError(t, err)
	return loaded
}
