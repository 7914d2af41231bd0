package keys

import (
	"context"
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// What a lookup can fail of, beside [signer.ErrUnknownKey] and the network.
var (
	// ErrClosed: the Keyring downloads no more.
	ErrClosed = errors.New("keyring closed")
	// ErrNoCertificates: WeChat Pay answers that the merchant has none; new merchants
	// have a public key in their place.
	ErrNoCertificates = errors.New("the merchant has no platform certificates; put WeChat Pay's public key (pub_key.pem) and its id among the keys")
)

// A Keyring is a set of platform keys that renews itself. It is safe for concurrent
// use; reading it takes no lock. Several, for several merchants, share nothing.
//
// It has no goroutine of its own, unless it is started, but for the time that a
// download takes: that belongs to no caller, so that none can cut it off for the
// others.
type Keyring struct {
	cfg  KeyringConfig
	url  *url.URL
	send http.RoundTripper
	held atomic.Pointer[snapshot]

	life    context.Context // ends with Close
	end     context.CancelFunc
	running sync.WaitGroup

	mu       sync.Mutex
	keeping  context.Context // of Start; nil before
	flight   *flight         // the download at hand, or nil
	notUntil time.Time       // when the next one may begin
	failures int             // in a row
	lastErr  error           // of the last one
}

// A snapshot is what is held at a time. It is never changed.
type snapshot struct {
	keys    Set
	renewAt time.Time // when a lookup begins a download; zero is never
}

// A flight is a download under way; err is set once done is closed.
type flight struct {
	done chan struct{}
	err  error
}

// NewKeyring makes a Keyring, with the certificates of its Dir if there are any. It dials
// nothing and starts nothing: the first lookup of a certificate does.
func NewKeyring(cfg KeyringConfig) (*Keyring, error) {
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
	r := &Keyring{cfg: cfg, url: download, send: cfg.Transport}
	if cfg.Credential.Signer != nil {
		r.send = middleware.Sign(middleware.SignConfig{
			Credential: cfg.Credential, Origins: []string{download.Scheme + "://" + download.Host}, Clock: cfg.Clock,
		})(cfg.Transport)
	}
	r.life, r.end = context.WithCancel(context.Background())
	r.hold(stored, time.Time{})
	return r, nil
}

// Key finds a key by the serial or id that a reply or a webhook names. A serial that
// is not held begins a download, or joins the one under way, and waits for it under
// ctx, unless it is too soon after the last one: the keys held stay in use
// meanwhile. What is no serial, a public key id for instance, begins none.
//
// The error wraps [signer.ErrUnknownKey] and what kept the key from being found.
func (r *Keyring) Key(ctx context.Context, id string) (crypto.PublicKey, error) {
	if r == nil || r.held.Load() == nil {
		return nil, fmt.Errorf("%w %.80q: zero Keyring: make one with NewKeyring", signer.ErrUnknownKey, id)
	}
	held := r.held.Load()
	key, unknown := held.keys.Key(ctx, id)
	if unknown == nil {
		if due := held.renewAt; !due.IsZero() && !r.cfg.Clock().Before(due) {
			_, _ = r.begin(held) // in the background; the key that is held serves
		}
		return key, nil
	}
	if !isSerial(id) {
		return nil, unknown
	}
	flight, err := r.begin(held)
	if err == nil && flight != nil {
		err = flight.wait(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", unknown, err)
	}
	return r.held.Load().keys.Key(ctx, id)
}

// isSerial tells what may be the serial of a certificate: at most 20 bytes in hex
// (RFC 5280, 4.1.2.2). Nothing else can be downloaded.
func isSerial(id string) bool {
	return id != "" && len(id) <= 40 && strings.Trim(id, "0123456789ABCDEFabcdef") == ""
}

// EncryptionKey is the key that sensitive fields are to be encrypted with, and the
// id that the request then names in Wechatpay-Serial: see
// [Set.EncryptionKey]. Where no key is held yet, it downloads.
func (r *Keyring) EncryptionKey(ctx context.Context, now time.Time) (id string, key *rsa.PublicKey, err error) {
	held := r.held.Load()
	id, key, err = held.keys.EncryptionKey(ctx, now)
	if !errors.Is(err, signer.ErrUnknownKey) {
		return id, key, err
	}
	flight, failure := r.begin(held)
	if failure == nil && flight != nil {
		failure = flight.wait(ctx)
	}
	if failure != nil {
		return "", nil, fmt.Errorf("%w: %w", err, failure)
	}
	return r.held.Load().keys.EncryptionKey(ctx, now)
}

// Empty tells whether no key is held yet.
func (r *Keyring) Empty() bool { return len(r.held.Load().keys) == 0 }

// All goes through the keys held now, by id.
func (r *Keyring) All() iter.Seq2[string, crypto.PublicKey] { return maps.All(r.held.Load().keys) }

// String tells how many keys are held.
func (r *Keyring) String() string {
	if r == nil || r.held.Load() == nil {
		return "keys.Keyring(zero)"
	}
	return fmt.Sprintf("keys.Keyring(mchid %s, %d keys)", r.cfg.Credential.ID, len(r.held.Load().keys))
}

// Format prints what String does, whatever the verb: never a key.
func (r *Keyring) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }

// Refresh downloads now, or joins the download under way, and waits for its end: to
// find out at the start of a program whether the credentials are right. Within the
// spacing of downloads it gives the result of the last one. That the merchant has no
// platform certificates, only a public key, is no error.
func (r *Keyring) Refresh(ctx context.Context) error {
	if r == nil || r.held.Load() == nil {
		return errors.New("keys: zero Keyring: make one with NewKeyring")
	}
	flight, err := r.begin(r.held.Load())
	if err == nil && flight != nil {
		err = flight.wait(ctx)
	}
	if err != nil && !errors.Is(err, ErrNoCertificates) && !errors.Is(err, errFresh) {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}

// Close ends the download under way and what [Keyring.Start] began, and waits for
// them. The keys held can still be found.
func (r *Keyring) Close() error {
	if r == nil || r.end == nil {
		return nil
	}
	r.mu.Lock() // nothing begins behind it
	r.end()
	r.mu.Unlock()
	r.running.Wait()
	return nil
}

// hold puts new certificates in the place of those downloaded before, beside the
// keys of the KeyringConfig.
func (r *Keyring) hold(certificates Set, downloaded time.Time) {
	keys := maps.Clone(certificates)
	if keys == nil {
		keys = Set{}
	}
	maps.Copy(keys, r.cfg.Keys)
	r.held.Store(&snapshot{keys, renewal(keys, downloaded)})
}
