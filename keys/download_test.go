package keys_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

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
			_, err := ring.Key(t.Context(), "0ABC")
			require.ErrorIs(t, err, signer.ErrUnknownKey)
			return err
		}
		for range 1000 {
			require.EqualError(t, unknown(), `unknown key "0ABC", a platform certificate: load it under this serial number, or let a Keyring download it with the APIv3 key (held: `+g.Credentials().PlatformSerial+`): the certificates were downloaded recently; the next download may start in 1m0s`)
			_, err := ring.Key(t.Context(), cred.PlatformSerial)
			require.NoError(t, err, "the keys held serve meanwhile")
		}
		assert.Equal(t, 1, l.downloads(), "none within the minute")
		for i := range 600 { // ten minutes of forgeries
			time.Sleep(time.Second)
			_, err := ring.Key(t.Context(), fmt.Sprintf("0ABC%d", i))
			require.ErrorIs(t, err, signer.ErrUnknownKey)
		}
		assert.LessOrEqual(t, l.downloads(), 11, "one a minute at most")
		assert.Greater(t, l.downloads(), 5)
	})
}

func TestCanceledCallerKeepsTheDownload(t *testing.T) {
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
		require.EqualError(t, gaveUp, `unknown key "`+g.Credentials().PlatformSerial+`", a platform certificate: load it under this serial number, or let a Keyring download it with the APIv3 key (no key is held): waiting for the download of certificates: context deadline exceeded`)
		assert.Equal(t, 1, l.downloads())
	})
}

func TestFailedDownloadIsRetriedSooner(t *testing.T) {
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
			require.ErrorIs(t, err, down, "the cause is reported, of the last download too")
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

func TestDownloadErrors(t *testing.T) {
	t.Parallel()
	g := testgateway.Shared()
	cred := g.Credentials()
	stranger := newGateway(t)
	replace := func(body string) func(*http.Response) {
		return func(r *http.Response) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		}
	}
	refuse := func(r *http.Request) error { r.Header.Del("Authorization"); return nil }
	const noList = "keys: the reply is not a list of certificates"
	for _, tc := range []struct {
		name   string
		change func(*keys.KeyringConfig)
		before func(*http.Request) error
		after  func(*http.Response)
		is     error
		want   string // REQUEST and SIGNER stand for what differs
	}{
		{
			name: "another APIv3 key", change: func(cfg *keys.KeyringConfig) { cfg.APIv3Key = cipher.NewSecret(strings.Repeat("0", 32)) }, is: cipher.ErrDecrypt,
			want: `keys: certificate "SIGNER": probably the APIv3 key is not the one in the merchant console; copy it from there, or set a new one: ` + cipher.ErrDecrypt.Error(),
		},
		{name: "empty list", after: replace(`{"data":[]}`), want: noList},
		{name: "not JSON", after: replace(`<html>`), want: noList + ": invalid character '<' looking for beginning of value"},
		{
			name: "another form", after: replace(`{"data":{}}`),
			want: noList + ": json: cannot unmarshal object into Go struct field listReply.data of type []keys.listItem",
		},
		{
			name: "wrong signature", after: fault("Wechatpay-Signature", "AAAA"), is: signer.ErrSignature,
			want: `keys: verifying the list of certificates: bad signature by key "SIGNER": crypto/rsa: verification error`,
		},
		{
			name: "no signature", after: fault("Wechatpay-Signature", ""), is: signer.ErrMissingHeader,
			want: "keys: verifying the list of certificates: incomplete signature headers: Wechatpay-Signature is missing; check what a proxy on the way removes, and that this is WeChat Pay",
		},
		{
			name: "unknown signer", after: fault("Wechatpay-Serial", "01"), is: signer.ErrUnknownKey,
			want: `keys: verifying the list of certificates: unknown key "01", a platform certificate: load it under this serial number, or let a Keyring download it with the APIv3 key (held: SIGNER)`,
		},
		{
			name: "refusal", before: refuse,
			want: `keys: downloading the certificates: status 401 "SIGN_ERROR" [request "REQUEST"]; check the merchant id, the serial number of its certificate and the private key: they belong together`,
		},
		{
			name: "unknown merchant", change: func(cfg *keys.KeyringConfig) { cfg.Transport = &line{gateway: stranger} },
			want: `keys: downloading the certificates: status 401 "SIGN_ERROR" [request "REQUEST"]; check the merchant id, the serial number of its certificate and the private key: they belong together`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			ring, l := newKeyring(t, g, tc.change)
			l.set(tc.before, tc.after)
			err := ring.Refresh(t.Context())
			require.Error(t, err)
			want := strings.ReplaceAll(tc.want, "SIGNER", cred.PlatformSerial)
			var status *keys.StatusError
			if errors.As(err, &status) {
				assert.NotEmpty(t, status.RequestID)
				want = strings.ReplaceAll(want, "REQUEST", status.RequestID)
			}
			require.EqualError(t, err, want)
			if tc.is != nil {
				require.ErrorIs(t, err, tc.is)
			}
			assert.True(t, ring.Empty())
		})
	}
}

func TestDownloadRefusesAnOldReply(t *testing.T) {
	t.Parallel()
	ring, l := newKeyring(t, testgateway.Shared(), nil)
	l.set(nil, fault("Wechatpay-Timestamp", "1"))
	require.ErrorIs(t, ring.Refresh(t.Context()), signer.ErrClock)
}

func TestDownloadIsBounded(t *testing.T) {
	t.Parallel()
	ring, l := newKeyring(t, testgateway.Shared(), nil)
	l.set(nil, func(r *http.Response) {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(strings.Repeat(" ", 1<<20+1))), 1<<20+1
	})
	require.ErrorContains(t, ring.Refresh(t.Context()), "keys: downloading the certificates: ")
	assert.True(t, ring.Empty())
}

func TestDownloadsAreLogged(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	ring, _ := newKeyring(t, testgateway.Shared(), func(cfg *keys.KeyringConfig) { cfg.Logger = logger(&out) })
	require.NoError(t, ring.Refresh(t.Context()))
	require.NoError(t, ring.Close())
	assert.Contains(t, out.String(), `msg="wechatpay: platform certificates downloaded" count=1`)
}

func TestTransportThatEndsWithoutAReply(t *testing.T) {
	for _, tc := range []struct {
		name string
		end  func()
		want string
	}{
		{"panic", func() { panic("x") }, "keys: the transport ended without a reply: panic: x"},
		{"end of its goroutine", runtime.Goexit, "keys: the transport ended without a reply"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ring, l := newKeyring(t, newGateway(t), nil)
				l.set(func(*http.Request) error { tc.end(); return nil }, nil)
				require.EqualError(t, ring.Refresh(t.Context()), tc.want)
				short, cancel := context.WithTimeout(t.Context(), time.Second/2)
				defer cancel()
				require.EqualError(t, ring.Refresh(short),
					"keys: the last download failed; the next may start in 1s: "+strings.TrimPrefix(tc.want, "keys: "))
				time.Sleep(time.Minute)
				l.set(nil, nil)
				require.NoError(t, ring.Refresh(t.Context()))
			})
		})
	}
}

type panickingHandler struct{ slog.Handler }

func (panickingHandler) Handle(context.Context, slog.Record) error { panic("log") }

// TestLoggerThatPanicsStopsNothing: it is called on the goroutine of a download, where no
// caller can recover.
func TestLoggerThatPanicsStopsNothing(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		fail error
	}{{"downloaded", nil}, {"failed", errors.New("down")}} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			log := slog.New(panickingHandler{slog.NewTextHandler(io.Discard, nil)})
			ring, l := newKeyring(t, testgateway.Shared(), func(cfg *keys.KeyringConfig) { cfg.Logger = log })
			l.set(func(*http.Request) error { return row.fail }, nil)
			require.ErrorIs(t, ring.Refresh(t.Context()), row.fail)
			assert.Equal(t, row.fail != nil, ring.Empty())
		})
	}
}

func TestClockSetBack(t *testing.T) {
	t.Parallel()
	now := time.Now()
	ring, l := newKeyring(t, testgateway.Shared(), func(cfg *keys.KeyringConfig) { cfg.Clock = func() time.Time { return now } })
	now = now.Add(24 * time.Hour)
	require.Error(t, ring.Refresh(t.Context()), "the gateway's clock is another")
	now = now.Add(-24 * time.Hour)
	require.NoError(t, ring.Refresh(t.Context()))
	assert.Equal(t, 2, l.downloads())
}

func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ring, l := newKeyring(t, newGateway(t), nil)
		l.set(func(r *http.Request) error { <-r.Context().Done(); return r.Context().Err() }, nil)
		began := time.Now()
		require.ErrorIs(t, ring.Refresh(t.Context()), context.DeadlineExceeded)
		assert.Equal(t, 10*time.Second, time.Since(began))
	})
}
