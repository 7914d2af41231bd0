package keys

import (
	"context"
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

var (
	_ Lister              = (*Keyring)(nil)
	_ EncryptionKeySource = (*Keyring)(nil)
)

// A Keyring is a set of platform keys that renews itself. Make one with [NewKeyring]; the
// zero value holds no keys and downloads none. A Keyring is safe for concurrent use, and
// reading it takes no lock. Keyrings of several merchants share nothing.
//
// A goroutine runs during a download only, unless [Keyring.Start] was called. All callers
// share one download, and a caller whose context ends does not stop it.
type Keyring struct{ *keyring }

// A keyring is behind a pointer, so that fmt does not read it without the lock.
type keyring struct {
	cfg          KeyringConfig
	url          *url.URL
	send         http.RoundTripper
	ownTransport bool // not of the KeyringConfig
	held         atomic.Pointer[snapshot]

	life    context.Context // ends with Close
	end     context.CancelFunc
	running sync.WaitGroup

	mu      sync.Mutex
	started context.Context // of Start; nil before
	flight  *flight         // the download in progress, or nil
	flights int             // begun so far
	budgets [callers]budget
	absent  absentIDs
}

// A snapshot is the immutable state of a Keyring between two downloads.
type snapshot struct {
	keys       Set
	renewAt    time.Time     // when a lookup starts a download; zero is never
	downloaded time.Time     // zero before the first download
	replaced   chan struct{} // closed when another snapshot is held
}

// A flight is a download in progress; err is set before done is closed.
type flight struct {
	number int // counted from 1
	who    caller
	began  time.Time
	done   chan struct{}
	err    error
}

// NewKeyring returns a Keyring with the keys of cfg and the certificates in its Dir. It
// does not use the network: the first lookup of a certificate does. It returns an error
// that names each wrong field of cfg, or that of reading Dir. Call [Keyring.Close] to end
// a download in progress.
func NewKeyring(cfg KeyringConfig) (*Keyring, error) {
	ownTransport := cfg.Transport == nil
	cfg = cfg.withDefaults()
	cfg.Keys = maps.Clone(cfg.Keys)
	download, err := cfg.check()
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	stored, err := load(cfg.Dir, cfg.Logger)
	if err != nil {
		return nil, fmt.Errorf("keys: KeyringConfig.Dir: %w", err)
	}
	r := &Keyring{&keyring{cfg: cfg, url: download, send: cfg.Transport, budgets: newBudgets(cfg.Spacing), absent: absentIDs{}, ownTransport: ownTransport}}
	if cfg.Credential.Signer != nil {
		r.send = middleware.Sign(middleware.SignConfig{
			Credential: cfg.Credential, Origins: []string{download.Scheme + "://" + download.Host}, Clock: cfg.Clock,
		})(cfg.Transport)
	}
	r.life, r.end = context.WithCancel(context.Background())
	r.hold(stored, time.Time{})
	return r, nil
}

// Key returns the key with the serial or id that a reply or a webhook names. For an
// unknown serial it starts a download, or joins the one in progress, and waits for it
// until ctx ends. Other ids, such as a public key id, are never downloaded.
//
// Calls and webhooks have separate budgets of downloads, see KeyringConfig.Spacing: a call
// whose budget is used up waits, under ctx, for the next download; a webhook is refused, and
// so is one whose serial was not in a list that was downloaded in the last five spacings. A
// lookup belongs to a call if ctx is that of a request of a client or of middleware.Verify.
//
// The error wraps [signer.ErrUnknownKey] and the cause, if any.
func (r *Keyring) Key(ctx context.Context, id string) (crypto.PublicKey, error) {
	held := r.snapshot()
	if held == nil {
		return nil, fmt.Errorf("%w %.80q: %w", signer.ErrUnknownKey, id, errZero)
	}
	key, unknown := held.keys.Key(ctx, id)
	if unknown == nil {
		if due := held.renewAt; !due.IsZero() && !r.cfg.Clock().Before(due) {
			_, _, _ = r.begin(callerOf(ctx), "", held) // in the background; this key is still valid
		}
		return key, nil
	}
	if signer.CheckSerial(id) != nil {
		return nil, unknown
	}
	err := r.lookup(ctx, callerOf(ctx), id, func(held *snapshot) bool {
		key, unknown = held.keys.Key(ctx, id)
		return unknown == nil
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", unknown, err)
	}
	return key, unknown
}

// EncryptionKey returns the key that encrypts sensitive fields, and its id, as
// [Set.EncryptionKey] does. Without a usable key it downloads first, as [Keyring.Key]
// does. The error wraps [signer.ErrUnknownKey] and the cause, or is that of
// Set.EncryptionKey.
func (r *Keyring) EncryptionKey(ctx context.Context, now time.Time) (id string, key *rsa.PublicKey, err error) {
	held := r.snapshot()
	if held == nil {
		return "", nil, fmt.Errorf("%w: %w", signer.ErrUnknownKey, errZero)
	}
	failure := r.lookup(ctx, call, "", func(held *snapshot) bool {
		id, key, err = held.keys.EncryptionKey(ctx, now)
		return !errors.Is(err, signer.ErrUnknownKey)
	})
	if failure != nil {
		return "", nil, fmt.Errorf("%w: %w", err, failure)
	}
	return id, key, err
}

// snapshot returns what is held, or nil for a nil or zero Keyring.
func (r *Keyring) snapshot() *snapshot {
	if r == nil || r.keyring == nil {
		return nil
	}
	return r.held.Load()
}

// Empty reports whether no key is held. It does not download.
func (r *Keyring) Empty() bool {
	held := r.snapshot()
	return held == nil || len(held.keys) == 0
}

// All implements [Lister]: it iterates over the keys held at the time of the call, in no
// order. It does not download.
func (r *Keyring) All() iter.Seq2[string, crypto.PublicKey] {
	held := r.snapshot()
	if held == nil {
		return Set(nil).All()
	}
	return held.keys.All()
}

// String returns the mchid and the number of keys held.
func (r *Keyring) String() string {
	held := r.snapshot()
	if held == nil {
		return "keys.Keyring(zero)"
	}
	return fmt.Sprintf("keys.Keyring(mchid %s, keys held: %d)", r.cfg.Credential.ID, len(held.keys))
}

// Refresh downloads, or joins the download in progress, and waits until its end or that
// of ctx. A program calls it at its start to check its credentials. Within the spacing after
// a download it returns nil; shortly after a failed one it waits before it tries again. For a
// merchant that has a public key and no platform certificates it returns nil.
func (r *Keyring) Refresh(ctx context.Context) error {
	if r.snapshot() == nil {
		return fmt.Errorf("keys: %w", errZero)
	}
	if r.life.Err() != nil {
		return fmt.Errorf("keys: %w", ErrClosed)
	}
	err := r.lookup(ctx, call, "", func(held *snapshot) bool {
		age := r.cfg.Clock().Sub(held.downloaded)
		return !held.downloaded.IsZero() && age >= 0 && age < r.cfg.Spacing
	})
	if err != nil && !errors.Is(err, ErrNoCertificates) {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}

// Close stops the download in progress and the goroutine of [Keyring.Start], and waits
// for both. Keys that are held are still found. Close returns nil and may be called again.
func (r *Keyring) Close() error {
	if r == nil || r.keyring == nil {
		return nil
	}
	r.mu.Lock() // no download starts after this
	r.end()
	r.mu.Unlock()
	r.running.Wait()
	if r.ownTransport {
		r.cfg.Transport.(*http.Transport).CloseIdleConnections() //nolint:forcetypeassert // withDefaults made it
	}
	return nil
}

// hold replaces the downloaded certificates and keeps the keys of the KeyringConfig.
func (r *Keyring) hold(certificates Set, downloaded time.Time) {
	keys := maps.Clone(certificates)
	if keys == nil {
		keys = Set{}
	}
	maps.Copy(keys, r.cfg.Keys)
	r.replace(&snapshot{keys: keys, renewAt: renewal(keys, downloaded), downloaded: downloaded})
}

func (r *Keyring) replace(next *snapshot) {
	next.replaced = make(chan struct{})
	if last := r.held.Swap(next); last != nil {
		close(last.replaced)
	}
}
