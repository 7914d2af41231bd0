package keys

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// maxReply bounds the list of certificates: a few kilobytes each.
const maxReply = 1 << 20

// begin starts a download, or gives the one under way. Both results are nil where
// another one has ended since the caller looked into seen: it may look again. The
// error tells why none may begin now.
func (r *Keyring) begin(seen *snapshot) (*flight, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.held.Load() != seen:
		return nil, nil
	case r.flight != nil:
		return r.flight, nil
	case r.life.Err() != nil:
		return nil, ErrClosed
	}
	// A wait beyond the spacing is that of a clock that was set back: it counts for none.
	if wait := r.notUntil.Sub(r.cfg.Clock()); wait > 0 && wait <= r.cfg.Spacing {
		wait = wait.Round(time.Second)
		if r.lastErr != nil {
			return nil, fmt.Errorf("the last download failed, and the next may begin in %s: %w", wait, r.lastErr)
		}
		return nil, fmt.Errorf("%w; the next download may begin in %s", errFresh, wait)
	}
	f := &flight{done: make(chan struct{})}
	r.flight = f
	r.running.Add(1)
	go r.run(f)
	return f, nil
}

func (f *flight) wait(ctx context.Context) error {
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		return fmt.Errorf("waiting for the download of certificates: %w", ctx.Err())
	}
}

// errBroken is what became of a download whose transport panicked, or ended its
// goroutine.
var errBroken = errors.New("the transport broke off the download")

// run is one download. However its transport ends, it lands.
func (r *Keyring) run(f *flight) {
	defer r.running.Done()
	ctx, cancel := context.WithTimeout(r.life, r.cfg.Timeout)
	defer cancel()
	var list Set
	err := errBroken
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("%w: panic: %v", errBroken, value)
		}
		r.report(ctx, list, err) // stored before it lands, so that no other flight stores meanwhile
		r.land(f, list, err)
	}()
	list, err = r.download(ctx)
}

// land ends a flight. The snapshot is swapped under the lock, so that whoever finds no
// flight finds its result.
func (r *Keyring) land(f *flight, list Set, err error) {
	now, pause := r.cfg.Clock(), r.cfg.Spacing
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil:
		r.failures = 0
		r.hold(list, now)
	case errors.Is(err, ErrNoCertificates): // nobody signed that, so that it takes nothing away
		r.failures = 0
		held := *r.held.Load()
		held.renewAt = renewal(held.keys, now)
		r.held.Store(&held)
	default:
		pause = min(time.Second<<min(r.failures, 16), pause)
		r.failures++
	}
	r.notUntil = now.Add(pause)
	r.flight, r.lastErr, f.err = nil, err, err
	close(f.done)
}

func (r *Keyring) report(ctx context.Context, list Set, err error) {
	if err != nil {
		r.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "wechatpay: no platform certificates downloaded", slog.String("error", err.Error()))
		return
	}
	r.cfg.Logger.LogAttrs(ctx, slog.LevelInfo, "wechatpay: platform certificates downloaded", slog.Int("count", len(list)))
	if err := store(r.cfg.Dir, list, r.cfg.Logger); err != nil {
		r.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "wechatpay: platform certificates not stored", slog.String("error", err.Error()))
	}
}

// download asks for the list, decrypts it and verifies it.
func (r *Keyring) download(ctx context.Context) (Set, error) {
	request, err := r.request(ctx)
	if err != nil {
		return nil, err
	}
	resp, err := r.send.RoundTrip(request) //nolint:bodyclose // ReadReply closes it
	if err != nil {
		return nil, fmt.Errorf("downloading the certificates: %w", err)
	}
	data, err := middleware.ReadReply(resp, maxReply)
	switch {
	case err != nil:
		return nil, fmt.Errorf("downloading the certificates: %w", err)
	case resp.StatusCode == http.StatusNotFound: // by the status: the codes differ
		return nil, ErrNoCertificates
	case resp.StatusCode/100 != 2:
		return nil, newStatusError(resp, data)
	}
	list, err := parseList(data, r.cfg.APIv3Key)
	if err != nil {
		return nil, err
	}
	verifier := signer.NewVerifier(r.trusted(list), r.cfg.Clock)
	if err := signer.Check(ctx, verifier, resp.Header, data, r.cfg.Clock()); err != nil {
		return nil, fmt.Errorf("the list of certificates: %w", err)
	}
	return list, nil
}

func (r *Keyring) request(ctx context.Context) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "wechatpay-chain")
	// Who has a public key names it in every request; a certificate may have been
	// withdrawn by now.
	id := r.cfg.PublicKeyID
	if only, _, err := r.cfg.Keys.EncryptionKey(ctx, r.cfg.Clock()); err == nil && id == "" {
		id = only
	}
	if strings.HasPrefix(id, signer.PublicKeyIDPrefix) {
		request.Header.Set(signer.HeaderSerial, id)
	}
	return callstate.New(ctx, request, callstate.Info{Route: r.url.Path, MchID: r.cfg.Credential.ID, MaxReply: maxReply}), nil
}

// trusted is who may sign a list: the keys held and, since a list may be signed by
// the very certificate that it brings, as the first one is bound to be, those that
// it brings. These are proven by their encryption: nobody else has the APIv3 key.
func (r *Keyring) trusted(list Set) signer.KeySource {
	return either{r.held.Load().keys, list}
}

// A StatusError is an answer to a download that is no list of certificates.
type StatusError struct {
	StatusCode int
	Code       string // such as "SIGN_ERROR"; empty where the body has none
	RequestID  string
}

// Error tells status, code and request id.
func (e *StatusError) Error() string {
	return fmt.Sprintf("downloading the certificates: status %d %.64q [request %.64q]", e.StatusCode, e.Code, e.RequestID)
}

var errFresh = errors.New("the certificates were downloaded a moment ago")

var errNoList = errors.New("the reply is no list of certificates")
