package keys_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A line is a transport that leads straight to a gateway, and counts.
type line struct {
	gateway *sandbox.Gateway
	mu      sync.Mutex
	count   int
	before  func(*http.Request) error // may refuse, or keep waiting
	after   func(*http.Response)      // may spoil
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

// newKeyring downloads from a gateway over a line. change may be nil.
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

func TestTheFirstLookupDownloads(t *testing.T) {
	g := testgateway.Shared()
	cred := g.Credentials()
	ring, l := newKeyring(t, g, nil)
	assert.Zero(t, l.downloads(), "making a Keyring dials nothing")
	for _, id := range []string{cred.PlatformSerial, strings.ToLower(cred.PlatformSerial), "00" + cred.PlatformSerial} {
		key, err := ring.Key(t.Context(), id)
		require.NoError(t, err, id)
		assert.True(t, cred.PlatformCertificate.Equal(key.(*x509.Certificate)))
	}
	assert.Equal(t, 1, l.downloads())
	assert.Contains(t, ring.String(), "1 keys")
}

func TestPublicKeysStandBesideCertificates(t *testing.T) {
	g := testgateway.Shared()
	cred := g.Credentials()
	var named string
	ring, l := newKeyring(t, g, func(cfg *keys.KeyringConfig) { cfg.Keys = keys.Set{cred.PublicKeyID: cred.PublicKey} })
	l.set(func(r *http.Request) error { named = r.Header.Get(signer.HeaderSerial); return nil }, nil)

	found, err := ring.Key(t.Context(), cred.PublicKeyID)
	require.NoError(t, err)
	assert.True(t, cred.PublicKey.Equal(found))
	for _, id := range []string{"PUB_KEY_ID_01", "", "no hex", strings.Repeat("A", 41)} {
		_, err = ring.Key(t.Context(), id)
		require.ErrorIs(t, err, signer.ErrUnknownKey, id)
	}
	assert.Zero(t, l.downloads(), "what is no serial of a certificate cannot be downloaded")

	_, err = ring.Key(t.Context(), cred.PlatformSerial)
	require.NoError(t, err)
	assert.Equal(t, cred.PublicKeyID, named, "the download names the public key, as every request is to")
	ids := 0
	for range ring.All() {
		ids++
	}
	assert.Equal(t, 2, ids)
}

func TestWhichKeyEncrypts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		cred := g.Credentials()
		ring, l := newKeyring(t, g, nil)
		id, key, err := ring.EncryptionKey(t.Context(), time.Now())
		require.NoError(t, err, "the first use downloads")
		assert.Equal(t, cred.PlatformSerial, id)
		assert.True(t, key.Equal(cred.PlatformCertificate.PublicKey))

		time.Sleep(time.Hour)
		newer, err := g.IssueCertificate(24 * time.Hour)
		require.NoError(t, err)
		require.NoError(t, ring.Refresh(t.Context()))
		id, _, err = ring.EncryptionKey(t.Context(), time.Now())
		require.NoError(t, err)
		assert.Equal(t, signer.Serial(newer), id, "the newest")
		id, _, err = ring.EncryptionKey(t.Context(), time.Now().Add(25*time.Hour))
		require.NoError(t, err)
		assert.Equal(t, cred.PlatformSerial, id, "of those that have not ended")
		id, _, err = ring.EncryptionKey(t.Context(), time.Now().Add(-30*time.Minute))
		require.NoError(t, err)
		assert.Equal(t, cred.PlatformSerial, id, "of those that have begun")
		assert.Equal(t, 2, l.downloads())

		both, _ := newKeyring(t, g, func(cfg *keys.KeyringConfig) { cfg.Keys = keys.Set{cred.PublicKeyID: cred.PublicKey} })
		require.NoError(t, both.Refresh(t.Context()))
		id, key, err = both.EncryptionKey(t.Context(), time.Now())
		require.NoError(t, err)
		assert.Equal(t, cred.PublicKeyID, id, "the public key, where there is one")
		assert.True(t, cred.PublicKey.Equal(key))

		two, _ := newKeyring(t, g, func(cfg *keys.KeyringConfig) {
			cfg.Keys = keys.Set{"PUB_KEY_ID_1": cred.PublicKey, "PUB_KEY_ID_2": cred.PublicKey}
		})
		_, _, err = two.EncryptionKey(t.Context(), time.Now())
		require.EqualError(t, err, "several public keys are held (PUB_KEY_ID_1 and PUB_KEY_ID_2): which one encrypts is not known")
	})
}

func TestDownloadsAreSharedAndSpaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		cred := g.Credentials()
		ring, l := newKeyring(t, g, nil)
		l.set(func(*http.Request) error { time.Sleep(time.Second); return nil }, nil)
		var group sync.WaitGroup
		for range 100 {
			group.Go(func() {
				_, err := ring.Key(t.Context(), cred.PlatformSerial)
				assert.NoError(t, err)
			})
		}
		group.Wait()
		assert.Equal(t, 1, l.downloads(), "one for all")

		unknown := func() error {
			_, err := ring.Key(t.Context(), signer.Serial(cred.Certificate)) // of somebody else
			require.ErrorIs(t, err, signer.ErrUnknownKey)
			return err
		}
		for range 1000 {
			require.ErrorContains(t, unknown(), "the next download may begin in")
			_, err := ring.Key(t.Context(), cred.PlatformSerial)
			require.NoError(t, err, "the keys held serve meanwhile")
		}
		assert.Equal(t, 1, l.downloads(), "none within the minute")
		for range 600 { // ten minutes of forgeries
			time.Sleep(time.Second)
			_ = unknown()
		}
		assert.LessOrEqual(t, l.downloads(), 11, "one a minute at most")
		assert.Greater(t, l.downloads(), 5)
	})
}

func TestACallerWhoGivesUpCutsOffNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		ring, l := newKeyring(t, g, nil)
		l.set(func(*http.Request) error { time.Sleep(3 * time.Second); return nil }, nil)
		hasty, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var group sync.WaitGroup
		var gaveUp error
		group.Go(func() { _, gaveUp = ring.Key(hasty, g.Credentials().PlatformSerial) })
		synctest.Wait()
		_, err := ring.Key(t.Context(), g.Credentials().PlatformSerial)
		require.NoError(t, err)
		group.Wait()
		require.ErrorIs(t, gaveUp, context.DeadlineExceeded)
		require.ErrorIs(t, gaveUp, signer.ErrUnknownKey)
		assert.Equal(t, 1, l.downloads())
	})
}

func TestAFailedDownloadIsTriedAgainSooner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		ring, l := newKeyring(t, g, nil)
		down := errors.New("the network is down")
		l.set(func(*http.Request) error { return down }, nil)
		began, tries := time.Now(), []time.Duration{}
		for range 200 {
			before := l.downloads()
			_, err := ring.Key(t.Context(), g.Credentials().PlatformSerial)
			require.ErrorIs(t, err, signer.ErrUnknownKey)
			require.ErrorIs(t, err, down, "the cause is told, of the last download too")
			if l.downloads() > before {
				tries = append(tries, time.Since(began))
			}
			time.Sleep(time.Second)
		}
		const s = time.Second
		assert.Equal(t, []time.Duration{0, s, 3 * s, 7 * s, 15 * s, 31 * s, 63 * s, 123 * s, 183 * s}, tries)
		l.set(nil, nil)
		time.Sleep(time.Minute)
		require.NoError(t, ring.Refresh(t.Context()))
	})
}

func TestWhatIsNoListChangesNothing(t *testing.T) {
	g := testgateway.Shared()
	stranger := newGateway(t)
	replace := func(body string) func(*http.Response) {
		return func(r *http.Response) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		}
	}
	for name, tc := range map[string]struct {
		change func(*keys.KeyringConfig)
		before func(*http.Request) error
		after  func(*http.Response)
		want   error
		text   string
	}{
		"another APIv3 key":       {change: func(cfg *keys.KeyringConfig) { cfg.APIv3Key = strings.Repeat("0", 32) }, want: cipher.ErrDecrypt},
		"a changed body":          {after: replace(`{"data":[]}`), text: "no list of certificates"},
		"no JSON":                 {after: replace(`<html>`), text: "no list of certificates"},
		"a stray list":            {after: replace(`{"data":{}}`), text: "no list of certificates"},
		"a bad signature":         {after: fault("Wechatpay-Signature", "AAAA"), want: signer.ErrSignature},
		"no signature":            {after: fault("Wechatpay-Signature", ""), want: signer.ErrMissingHeader},
		"an unknown signer":       {after: fault("Wechatpay-Serial", "01"), want: signer.ErrUnknownKey},
		"a signature of the past": {after: fault("Wechatpay-Timestamp", "1"), want: signer.ErrClock},
		"a refusal":               {before: func(r *http.Request) error { r.Header.Del("Authorization"); return nil }, text: `status 401 "SIGN_ERROR"`},
		"an unknown merchant":     {change: func(cfg *keys.KeyringConfig) { cfg.Transport = &line{gateway: stranger} }, text: "status 401"},
		"too much":                {after: replace(strings.Repeat(" ", 1<<20+1)), text: "larger than the limit"},
	} {
		t.Run(name, func(t *testing.T) {
			ring, l := newKeyring(t, g, tc.change)
			l.set(tc.before, tc.after)
			err := ring.Refresh(t.Context())
			if tc.want != nil {
				require.ErrorIs(t, err, tc.want)
			}
			require.ErrorContains(t, err, tc.text)
			assert.NotContains(t, err.Error(), g.Credentials().APIv3Key)
			for id := range ring.All() {
				t.Error("held", id)
			}
		})
	}
}

func fault(header, value string) func(*http.Response) {
	return func(r *http.Response) {
		if r.Header.Set(header, value); value == "" {
			r.Header.Del(header)
		}
	}
}

func TestStatusErrorIsFound(t *testing.T) {
	ring, l := newKeyring(t, testgateway.Shared(), nil)
	l.set(func(r *http.Request) error { r.Header.Del("Authorization"); return nil }, nil)
	var status *keys.StatusError
	require.ErrorAs(t, ring.Refresh(t.Context()), &status)
	assert.Equal(t, 401, status.StatusCode)
	assert.Equal(t, "SIGN_ERROR", status.Code)
	assert.NotEmpty(t, status.RequestID)
}

func TestAMerchantWithoutCertificates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		cred := g.Credentials()
		ring, l := newKeyring(t, g, nil)
		require.NoError(t, ring.Refresh(t.Context()))
		require.NoError(t, g.WithdrawCertificate(cred.PlatformSerial))

		time.Sleep(time.Hour)
		require.NoError(t, ring.Refresh(t.Context()), "404 is no error of the client's")
		_, err := ring.Key(t.Context(), cred.PlatformSerial)
		require.NoError(t, err, "nobody signed the 404: it takes away nothing")
		_, err = ring.Key(t.Context(), "01")
		require.ErrorIs(t, err, signer.ErrUnknownKey)
		require.ErrorIs(t, err, keys.ErrNoCertificates, "the mend")
		assert.Equal(t, 2, l.downloads())

		fresh, _ := newKeyring(t, g, nil)
		_, _, err = fresh.EncryptionKey(t.Context(), time.Now())
		require.ErrorIs(t, err, keys.ErrNoCertificates)
	})
}

func TestRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		first := g.Credentials().PlatformSerial
		ring, l := newKeyring(t, g, nil)
		require.NoError(t, ring.Refresh(t.Context()))

		cert, err := g.IssueCertificate(5 * 365 * 24 * time.Hour)
		require.NoError(t, err)
		second := signer.Serial(cert)
		require.NoError(t, g.UseCertificate(second)) // it signs the list that brings it as well
		require.NoError(t, g.WithdrawCertificate(first))
		time.Sleep(time.Minute)
		_, err = ring.Key(t.Context(), second)
		require.NoError(t, err, "though the list is signed by a key that was not held")
		assert.Equal(t, 2, l.downloads())
		require.NoError(t, ring.Refresh(t.Context()), "just done")
		assert.Equal(t, 2, l.downloads())
		_, err = ring.Key(t.Context(), first)
		require.ErrorIs(t, err, signer.ErrUnknownKey, "what is listed no longer is not trusted any more")
	})
}

func TestTheNewestCertificateIsRenewedBeforeItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		cred := g.Credentials()
		ring, l := newKeyring(t, g, nil)
		lookup := func() {
			_, err := ring.Key(t.Context(), cred.PlatformSerial)
			require.NoError(t, err)
			synctest.Wait() // for what it began
		}
		lookup()
		time.Sleep(time.Until(cred.PlatformCertificate.NotAfter.Add(-181 * 24 * time.Hour)))
		lookup()
		assert.Equal(t, 1, l.downloads(), "far from its end")
		time.Sleep(25 * time.Hour)
		l.set(func(*http.Request) error { time.Sleep(time.Second); return nil }, nil)
		began := time.Now()
		lookup()
		assert.Zero(t, time.Since(began), "the old key serves meanwhile")
		time.Sleep(10 * time.Hour)
		lookup()
		assert.Equal(t, 2, l.downloads(), "within 180 days of it")
		time.Sleep(2 * time.Hour)
		lookup()
		time.Sleep(time.Minute)
		assert.Equal(t, 3, l.downloads(), "again after 11 hours, as long as there is no successor")
		_, err := g.IssueCertificate(5 * 365 * 24 * time.Hour)
		require.NoError(t, err)
		time.Sleep(12 * time.Hour)
		lookup()
		time.Sleep(time.Minute)
		assert.Equal(t, 4, l.downloads())
		time.Sleep(100 * 24 * time.Hour)
		lookup()
		assert.Equal(t, 4, l.downloads(), "the successor is held")
	})
}

func TestAnExpiredCertificateIsRefusedByName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		cred := g.Credentials()
		ring, _ := newKeyring(t, g, nil)
		require.NoError(t, ring.Refresh(t.Context()))
		verifier := signer.NewVerifier(ring, nil)
		time.Sleep(time.Until(cred.PlatformCertificate.NotAfter) + time.Second)
		err := verifier.Verify(t.Context(), cred.PlatformSerial, nil, nil)
		require.ErrorIs(t, err, signer.ErrExpired)
	})
}

func TestStartRenewsByATimetable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		ring, l := newKeyring(t, g, nil)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		require.NoError(t, ring.Start(ctx))
		require.ErrorContains(t, ring.Start(ctx), "started already")
		synctest.Wait()
		assert.Equal(t, 1, l.downloads(), "at once")
		time.Sleep(24 * time.Hour)
		assert.Equal(t, 3, l.downloads(), "every 11 hours")
		l.set(func(*http.Request) error { return errors.New("down") }, nil)
		time.Sleep(11 * time.Hour)
		assert.Greater(t, l.downloads(), 100, "after a failure every minute")
		stop()
		require.NoError(t, ring.Start(ctx), "a context that has ended starts nothing")
		synctest.Wait()
		before := l.downloads()
		time.Sleep(48 * time.Hour)
		assert.Equal(t, before, l.downloads(), "not after its context has ended")

		l.set(nil, nil)
		require.NoError(t, ring.Start(t.Context()), "it may be started again")
		synctest.Wait()
		require.NoError(t, ring.Close())
		_, err := ring.Key(t.Context(), g.Credentials().PlatformSerial)
		require.NoError(t, err, "what is held serves on")
		_, err = ring.Key(t.Context(), "01")
		require.ErrorIs(t, err, keys.ErrClosed)
		require.ErrorIs(t, ring.Start(t.Context()), keys.ErrClosed)
	})
}

func TestCloseCutsADownloadOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ring, l := newKeyring(t, newGateway(t), nil)
		l.set(func(r *http.Request) error { <-r.Context().Done(); return r.Context().Err() }, nil)
		var group sync.WaitGroup
		group.Go(func() { assert.ErrorIs(t, ring.Refresh(t.Context()), context.Canceled) })
		synctest.Wait()
		require.NoError(t, ring.Close())
		group.Wait()
	})
}

func TestMerchantsShareNothing(t *testing.T) {
	one, other := testgateway.Shared(), newGateway(t)
	a, _ := newKeyring(t, one, nil)
	b, _ := newKeyring(t, other, nil)
	_, err := a.Key(t.Context(), one.Credentials().PlatformSerial)
	require.NoError(t, err)
	_, err = b.Key(t.Context(), one.Credentials().PlatformSerial)
	require.ErrorIs(t, err, signer.ErrUnknownKey)
	_, err = b.Key(t.Context(), other.Credentials().PlatformSerial)
	require.NoError(t, err)
}

func TestTheOverseasPath(t *testing.T) {
	for base, want := range map[string]string{
		"":                                   "https://api.mch.weixin.qq.com/v3/certificates",
		"https://apihk.mch.weixin.qq.com/":   "https://apihk.mch.weixin.qq.com/v3/global/certificates",
		"https://proxy.example/pay%2Fments/": "https://proxy.example/pay%2Fments/v3/certificates",
	} {
		var asked string
		ring, l := newKeyring(t, testgateway.Shared(), func(cfg *keys.KeyringConfig) { cfg.BaseURL = base })
		l.set(func(r *http.Request) error { asked = r.URL.String(); return errors.New("enough") }, nil)
		require.Error(t, ring.Refresh(t.Context()))
		assert.Equal(t, want, asked)
	}
}

func TestConfigNamesWhatIsWrong(t *testing.T) {
	pub := testgateway.Shared().Credentials().PublicKey
	good := keys.KeyringConfig{APIv3Key: strings.Repeat("k", 32)}
	for want, change := range map[string]func(*keys.KeyringConfig){
		"Config.APIv3Key: has 31 bytes; it must have 32": func(cfg *keys.KeyringConfig) { cfg.APIv3Key = strings.Repeat("k", 31) },
		"Config.Keys: a key has no id":                   func(cfg *keys.KeyringConfig) { cfg.Keys = keys.Set{"": pub} },
		"Config.Keys: key \"01\" must be":                func(cfg *keys.KeyringConfig) { cfg.Keys = keys.Set{"01": (*rsa.PublicKey)(nil)} },
		"Config.Credential: lacks its ID":                func(cfg *keys.KeyringConfig) { cfg.Credential.Signer = signer.Func(nil) },
		"is negative":                                    func(cfg *keys.KeyringConfig) { cfg.Spacing = -1 },
		"Config.BaseURL: must be https://host":           func(cfg *keys.KeyringConfig) { cfg.BaseURL = "https://user:secret@host/" },
		"over plain http":                                func(cfg *keys.KeyringConfig) { cfg.BaseURL = "http://api.mch.weixin.qq.com" },
	} {
		cfg := good
		change(&cfg)
		_, err := keys.NewKeyring(cfg)
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "secret")
	}
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", good, good, good), "kkk")
	_, err := keys.NewKeyring(good)
	require.NoError(t, err)
}

func TestLogsTellOfDownloads(t *testing.T) {
	var out bytes.Buffer
	ring, _ := newKeyring(t, testgateway.Shared(), func(cfg *keys.KeyringConfig) { cfg.Logger = logger(&out) })
	require.NoError(t, ring.Refresh(t.Context()))
	require.NoError(t, ring.Close())
	assert.Contains(t, out.String(), `msg="wechatpay: platform certificates downloaded" count=1`)
}

// TestAFixedCertificateThatIsWithdrawn is not named by the download that replaces it.
func TestAFixedCertificateThatIsWithdrawn(t *testing.T) {
	g := newGateway(t)
	cred := g.Credentials()
	ring, _ := newKeyring(t, g, func(cfg *keys.KeyringConfig) { cfg.Keys = keys.CertificateSet(cred.PlatformCertificate) })
	second, err := g.IssueCertificate(time.Hour)
	require.NoError(t, err)
	require.NoError(t, g.UseCertificate(signer.Serial(second)))
	require.NoError(t, g.WithdrawCertificate(cred.PlatformSerial))
	_, err = ring.Key(t.Context(), signer.Serial(second))
	require.NoError(t, err)
	_, err = ring.Key(t.Context(), cred.PlatformSerial)
	require.NoError(t, err, "what the Config has is held for good")
}

func TestATransportThatBreaksOffIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ring, l := newKeyring(t, newGateway(t), nil)
		for name, end := range map[string]func(){"a panic": func() { panic("x") }, "the end of its goroutine": runtime.Goexit} {
			l.set(func(*http.Request) error { end(); return nil }, nil)
			require.ErrorContains(t, ring.Refresh(t.Context()), "broke off the download", name)
			time.Sleep(time.Minute)
		}
		l.set(nil, nil)
		require.NoError(t, ring.Refresh(t.Context()))
	})
}

func TestAClockThatIsSetBackLocksNobodyOut(t *testing.T) {
	now := time.Now()
	ring, l := newKeyring(t, testgateway.Shared(), func(cfg *keys.KeyringConfig) { cfg.Clock = func() time.Time { return now } })
	now = now.Add(24 * time.Hour)
	require.Error(t, ring.Refresh(t.Context()), "the gateway's clock is another")
	now = now.Add(-24 * time.Hour)
	require.NoError(t, ring.Refresh(t.Context()))
	assert.Equal(t, 2, l.downloads())
}

func TestTimeoutBoundsADownload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ring, l := newKeyring(t, newGateway(t), nil)
		l.set(func(r *http.Request) error { <-r.Context().Done(); return r.Context().Err() }, nil)
		began := time.Now()
		require.ErrorIs(t, ring.Refresh(t.Context()), context.DeadlineExceeded)
		assert.Equal(t, 10*time.Second, time.Since(began))
	})
}

func TestAListIsReadWithCare(t *testing.T) {
	g := newGateway(t)
	cred := g.Credentials()
	entry := func(serial, algorithm string, text []byte) map[string]any {
		encrypted, err := cipher.EncryptResource(cred.APIv3Key, cipher.Resource{Nonce: "123456789012", AssociatedData: "certificate"}, text)
		require.NoError(t, err)
		return map[string]any{"serial_no": serial, "encrypt_certificate": map[string]any{
			"algorithm": algorithm, "nonce": "123456789012", "associated_data": "certificate", "ciphertext": encrypted.Ciphertext,
		}}
	}
	good := entry(cred.PlatformSerial, cipher.GCMName, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cred.PlatformCertificate.Raw}))
	var list []any
	g.Handle("GET", "/v3/certificates", func(*sandbox.Request) *sandbox.Reply { return sandbox.JSON(200, map[string]any{"data": list}) })
	refresh := func(entries ...any) (held int, err error) {
		list = entries
		ring, _ := newKeyring(t, g, nil)
		err = ring.Refresh(t.Context())
		for range ring.All() {
			held++
		}
		return held, err
	}
	held, err := refresh(entry("01", "AEAD_SM4_GCM", []byte("x")), good)
	require.NoError(t, err, "one of another algorithm is left out")
	assert.Equal(t, 1, held)
	held, err = refresh(entry("01", cipher.GCMName, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ecCertificate(t)})), good)
	require.NoError(t, err, "as is one of another kind of key")
	assert.Equal(t, 1, held)
	_, err = refresh(entry("01", cipher.GCMName, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cred.PlatformCertificate.Raw})))
	require.ErrorContains(t, err, `certificate "01" has another serial`)
	_, err = refresh(entry("01", cipher.GCMName, []byte("no certificate")), good)
	require.ErrorIs(t, err, keys.ErrNoKey)
}

func ecCertificate(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return der
}

func TestAKeyringPrintsNoKeyAndItsZeroValueFails(t *testing.T) {
	cred := testgateway.Shared().Credentials()
	ring, _ := newKeyring(t, testgateway.Shared(), nil)
	for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%x"} {
		assert.NotContains(t, fmt.Sprintf(verb, ring), cred.APIv3Key)
		assert.Contains(t, fmt.Sprintf(verb, ring), "keys.Keyring(mchid 1900000109")
	}
	for _, zero := range []*keys.Keyring{nil, new(keys.Keyring)} {
		_, err := zero.Key(t.Context(), "01")
		require.ErrorIs(t, err, signer.ErrUnknownKey)
		require.ErrorContains(t, zero.Refresh(t.Context()), "make one with New")
		require.NoError(t, zero.Close())
		assert.Equal(t, "keys.Keyring(zero)", zero.String())
	}
}
