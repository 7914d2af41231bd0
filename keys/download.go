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

// begin starts a download or returns the one in progress. Both results are nil if another
// one has ended since the caller read seen: the caller looks again. The error states why
// no download may start now.
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
	// A wait longer than the spacing means that the clock was set back: ignore it.
	if wait := r.notUntil.Sub(r.cfg.Clock()); wait > 0 && wait <= r.cfg.Spacing {
		wait = wait.Round(time.Second)
		if r.lastErr != nil {
			return nil, fmt.Errorf("the last download failed; the next may start in %s: %w", wait, r.lastErr)
		}
		return nil, fmt.Errorf("%w; the next download may start in %s", errFresh, wait)
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

// run performs one download. It finishes the flight whatever the transport does.
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
		r.report(ctx, list, err) // before the flight finishes, so that only one writes the folder
		r.finish(f, list, err)
	}()
	list, err = r.download(ctx)
}

// finish ends a flight. It swaps the snapshot under the lock, so that a caller who finds
// no flight finds its result.
func (r *Keyring) finish(f *flight, list Set, err error) {
	now, pause := r.cfg.Clock(), r.cfg.Spacing
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil:
		r.failures = 0
		r.hold(list, now)
	case errors.Is(err, ErrNoCertificates): // the answer is not signed: keep all keys
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
		r.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "wechatpay: downloading platform certificates failed", slog.String("error", err.Error()))
		return
	}
	r.cfg.Logger.LogAttrs(ctx, slog.LevelInfo, "wechatpay: platform certificates downloaded", slog.Int("count", len(list)))
	if err := store(r.cfg.Dir, list, r.cfg.Logger); err != nil {
		r.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "wechatpay: storing platform certificates failed", slog.String("error", err.Error()))
	}
}

// download requests the list, decrypts it and verifies it.
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
		return nil, fmt.Errorf("verifying the list of certificates: %w", err)
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
	// A merchant with a public key names it in every request. A certificate is not
	// named: it may have been withdrawn.
	id := r.cfg.PublicKeyID
	if only, _, err := r.cfg.Keys.EncryptionKey(ctx, r.cfg.Clock()); err == nil && id == "" {
		id = only
	}
	if strings.HasPrefix(id, signer.PublicKeyIDPrefix) {
		request.Header.Set(signer.HeaderSerial, id)
	}
	return callstate.New(ctx, request, callstate.Info{Route: r.url.Path, MchID: r.cfg.Credential.ID, MaxReply: maxReply}), nil
}

// trusted returns the keys that may sign a list: the keys held and those of the list,
// since the first list, for one, is signed with a certificate in it. The encryption
// authenticates these: only WeChat Pay and the merchant have the APIv3 key.
func (r *Keyring) trusted(list Set) signer.KeySource {
	return either{r.held.Load().keys, list}
}
