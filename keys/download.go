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

// lookup looks for a key until found reports true, and downloads meanwhile: it waits for a
// download that begins after the lookup, since an earlier one may have read an older list.
// id is the key that is looked for, if it has one.
func (r *Keyring) lookup(ctx context.Context, who caller, id string, found func(*snapshot) bool) error {
	r.mu.Lock()
	before := r.flights
	r.mu.Unlock()
	for {
		held := r.held.Load()
		if found(held) {
			return nil
		}
		f, wait, err := r.begin(who, id, held)
		switch {
		case err != nil:
			if err = r.pause(ctx, who, held, wait, err); err != nil {
				return err
			}
		case f != nil:
			err = f.wait(ctx)
			if f.number <= before && ctx.Err() == nil {
				continue
			}
			if err == nil && !found(r.held.Load()) {
				r.remember(id)
			}
			return err
		}
	}
}

// begin starts a download or returns the one in progress. Both are nil if another one has
// ended since the caller read the snapshot: the caller looks again. The error states why no download
// may start now; it may in wait, unless wait is zero.
func (r *Keyring) begin(who caller, id string, read *snapshot) (f *flight, wait time.Duration, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held.Load() != read {
		return nil, 0, nil
	}
	now := r.cfg.Clock()
	if who == webhook {
		if err := r.absent.check(id, now, r.cfg.Spacing); err != nil {
			return nil, 0, err
		}
	}
	switch {
	case r.flight != nil:
		return r.flight, 0, nil
	case r.life.Err() != nil:
		return nil, 0, ErrClosed
	}
	if wait, err := r.budgets[who].wait(now); err != nil {
		return nil, wait, err
	}
	r.budgets[who].take(now)
	r.flights++
	r.flight = &flight{done: make(chan struct{}), number: r.flights, who: who, began: now}
	r.running.Add(1)
	go r.run(r.flight)
	return r.flight, 0, nil
}

// pause waits until the next download may start or another one has ended. It returns why, at
// once, for a webhook: whoever forges them could make any number of them wait. It does so for
// a call too whose deadline is earlier.
func (r *Keyring) pause(ctx context.Context, who caller, held *snapshot, wait time.Duration, why error) error {
	deadline, limited := ctx.Deadline()
	if wait == 0 || who == webhook || limited && time.Until(deadline) < wait {
		return why
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-held.replaced:
	case <-r.life.Done():
		return ErrClosed
	case <-ctx.Done():
		return fmt.Errorf("waiting for the download of certificates: %w: %w", ctx.Err(), why)
	}
	return nil
}

// remember notes that WeChat Pay does not have a key.
func (r *Keyring) remember(id string) {
	if id == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.absent.add(id, r.cfg.Clock(), r.cfg.Spacing)
}

func (f *flight) wait(ctx context.Context) error {
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		return fmt.Errorf("waiting for the download of certificates: %w", ctx.Err())
	}
}

// run performs one download. It finishes the flight whatever the transport and the Logger do.
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
		defer func() {
			_ = recover() // of the Logger: nobody else can, and nobody is left to tell
			r.finish(f, list, err)
		}()
		r.report(ctx, list, err) // before the flight finishes, so that only one writes the folder
	}()
	list, err = r.download(ctx)
}

// finish ends a flight. It swaps the snapshot under the lock, so that a caller who finds
// no flight finds its result.
func (r *Keyring) finish(f *flight, list Set, err error) {
	now := r.cfg.Clock()
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil:
		r.hold(list, now)
	case errors.Is(err, ErrNoCertificates): // the answer is not signed: keep all keys
		keys := r.held.Load().keys
		r.replace(&snapshot{keys: keys, renewAt: renewal(keys, now), downloaded: now})
	}
	if err == nil || errors.Is(err, ErrNoCertificates) {
		for i := range r.budgets {
			r.budgets[i].settled(err)
		}
		r.budgets[f.who].ended(now.Sub(f.began))
	} else {
		r.budgets[f.who].failed(now, err)
	}
	r.flight, f.err = nil, err
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
	return callstate.New(ctx, request, callstate.Info{Route: r.url.Path, CallerID: r.cfg.Credential.ID, MaxReply: maxReply}), nil
}

// trusted returns the keys that may sign a list: the keys held and those of the list,
// since the first list, for one, is signed with a certificate in it. The encryption
// authenticates these: only WeChat Pay and the merchant have the APIv3 key.
func (r *Keyring) trusted(list Set) signer.KeySource {
	return either{r.held.Load().keys, list}
}
