package notify

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// DefaultMaxBody is the default of Config.MaxBody in bytes.
const DefaultMaxBody = 1 << 20

// A Config configures a [Parser]. The zero value of a field means its default. A Config
// prints without its keys.
type Config struct {
	// Keys finds the public keys of WeChat Pay's signatures: those of a client
	// (wechatpay.Client.PlatformKeys), a [keys.Keyring] or a [keys.Set]. Required,
	// unless Verifier is set.
	Keys signer.KeySource `json:"-"`

	// Verifier verifies signatures in place of Keys.
	Verifier signer.Verifier `json:"-"`

	// APIv3Key decrypts the resource: 32 characters from the merchant console; for a brand,
	// its own API key. Required.
	APIv3Key cipher.Secret `json:"-"`

	// Scheme is that of the signatures: [signer.Brand] for the webhooks of a brand. Default:
	// that of the Verifier, or [signer.RSA].
	Scheme signer.Scheme

	// MaxBody is the maximum size of a body in bytes; default [DefaultMaxBody].
	MaxBody int64

	// Clock returns the time that timestamps are compared with; default [time.Now]. It
	// is for tests.
	Clock func() time.Time `json:"-"`
}

// A Parser verifies and decrypts webhooks. It is safe for concurrent use.
type Parser struct {
	verifier signer.Verifier
	keys     signer.KeySource // nil with a Verifier of the caller
	apiV3Key cipher.Secret
	maxBody  int64
	now      func() time.Time
}

// NewParser returns a Parser. Its error lists every invalid field and how to correct it.
func NewParser(cfg Config) (*Parser, error) {
	var problems []error
	if err := cfg.checkKeys(); err != nil {
		problems = append(problems, err)
	}
	if n := cfg.APIv3Key.Len(); n != cipher.KeySize {
		problems = append(problems, fmt.Errorf("Config.APIv3Key has %d bytes; it must have %d, as shown in the merchant console", n, cipher.KeySize))
	}
	if cfg.MaxBody < 0 {
		problems = append(problems, errors.New("Config.MaxBody is negative; 0 means the default"))
	}
	if stated, ok := cfg.Verifier.(signer.Schemer); ok && !nilcheck.IsNil(cfg.Verifier) && cfg.Scheme != (signer.Scheme{}) && cfg.Scheme != stated.Scheme() {
		problems = append(problems, fmt.Errorf("Config.Scheme is %q, but Config.Verifier is for %q; leave Scheme out", cfg.Scheme.Name, stated.Scheme().Name))
	}
	if cfg.Scheme != (signer.Scheme{}) && (cfg.Scheme.Name == "" || cfg.Scheme.IDParam == "") {
		problems = append(problems, errors.New("Config.Scheme is incomplete; use signer.Brand or signer.RSA"))
	}
	if problems != nil {
		return nil, fmt.Errorf("notify: %w", errors.Join(problems...))
	}
	p := &Parser{verifier: cfg.Verifier, keys: cfg.Keys, apiV3Key: cfg.APIv3Key, maxBody: cfg.MaxBody, now: cfg.Clock}
	if p.verifier == nil {
		p.verifier = signer.NewVerifier(cfg.Keys, cfg.Clock)
	}
	if cfg.Scheme != (signer.Scheme{}) {
		p.verifier = signer.VerifyAs(cfg.Scheme, p.verifier)
	}
	if p.maxBody == 0 {
		p.maxBody = DefaultMaxBody
	}
	if p.now == nil {
		p.now = time.Now
	}
	return p, nil
}

// checkKeys refuses keys that would fail every webhook.
func (cfg *Config) checkKeys() error {
	switch {
	case cfg.Verifier != nil && cfg.Keys != nil:
		return errors.New("Config.Keys and Config.Verifier are both set; set one of them")
	case cfg.Verifier == nil && cfg.Keys == nil:
		return errors.New("Config.Keys is missing; set WeChat Pay's keys, such as those of Client.PlatformKeys")
	case cfg.Verifier != nil && nilcheck.IsNil(cfg.Verifier):
		return fmt.Errorf("Config.Verifier is a nil %T", cfg.Verifier)
	case cfg.Verifier != nil:
		return nil
	}
	now := time.Now
	if cfg.Clock != nil {
		now = cfg.Clock
	}
	if err := keys.CheckSource(cfg.Keys, now()); err != nil {
		return fmt.Errorf("Config.Keys: %w", err)
	}
	return nil
}

// Parse verifies and decrypts a webhook. It checks the four headers, the timestamp, the
// key and the signature over the raw body first, and reads the JSON only after that.
// Header names may be in any case. ctx limits the download of a key that is not in
// memory.
//
// The error wraps a sentinel of this package, of [signer] or of [cipher], or the error
// of reading the body. [SignedByWeChatPay] reports whether the webhook was verified. The error
// contains nothing of the body except the id and type of a verified event.
func (p *Parser) Parse(ctx context.Context, header http.Header, body io.Reader) (*Event, error) {
	if p == nil || p.verifier == nil {
		return nil, errors.New("notify: the Parser is nil or zero; use NewParser")
	}
	data, err := read(header, body, p.maxBody)
	if err != nil {
		return nil, fmt.Errorf("notify: %w", err)
	}
	return p.open(ctx, header, data)
}

// open verifies and decrypts a body that was read.
func (p *Parser) open(ctx context.Context, header http.Header, data []byte) (*Event, error) {
	if err := signer.Check(ctx, p.verifier, header, data, p.now()); err != nil {
		return nil, fmt.Errorf("notify: not verified: %w%s", err, diagnose(err, header, data))
	}
	event, err := p.decrypt(data)
	if err != nil {
		return nil, &verifiedError{event, err}
	}
	return event, nil
}

// read reads a body of at most limit bytes.
func read(header http.Header, body io.Reader, limit int64) ([]byte, error) {
	if nilcheck.IsNil(body) {
		return nil, ErrNoBody
	}
	var b bytes.Buffer
	if sized, ok := body.(interface{ Len() int }); ok {
		b.Grow(int(min(int64(sized.Len()), limit)) + bytes.MinRead)
	}
	n, err := b.ReadFrom(io.LimitReader(body, min(limit, math.MaxInt64-1)+1))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, tooLarge.Limit)
	case errors.Is(err, http.ErrBodyReadAfterClose):
		return nil, fmt.Errorf("%w: it was read and closed before; %s", ErrNoBody, rawBody)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errReading, err)
	case n > limit:
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
	case n == 0:
		if reason := noBody(header); reason != "" {
			return nil, fmt.Errorf("%w: %s", ErrNoBody, reason)
		}
		return nil, ErrNoBody
	}
	return b.Bytes(), nil
}

// decrypt reads a body that was verified.
func (p *Parser) decrypt(data []byte) (*Event, error) {
	root := gjson.ParseBytes(data)
	if !root.IsObject() || !json.Valid(data) { // gjson's own check recurses without bound
		return &Event{}, ErrNotJSON
	}
	resource := root.Get("resource")
	e := &Event{
		ID:           word(root.Get("id")),
		CreateTime:   word(root.Get("create_time")),
		EventType:    word(root.Get("event_type")),
		Summary:      word(root.Get("summary")),
		ResourceType: word(root.Get("resource_type")),
		OriginalType: word(resource.Get("original_type")),
	}
	e.Created, _ = parseTime(e.CreateTime)
	algorithm, ciphertext := word(resource.Get("algorithm")), word(resource.Get("ciphertext"))
	switch {
	case !resource.IsObject():
		return e, fmt.Errorf("%w: resource is missing", ErrResource)
	case algorithm != cipher.GCMName:
		return e, fmt.Errorf("%w %.40q in resource.algorithm; only %s is supported", ErrAlgorithm, algorithm, cipher.GCMName)
	case ciphertext == "":
		return e, fmt.Errorf("%w: resource.ciphertext is missing", ErrResource)
	}
	plaintext, err := cipher.DecryptResource(p.apiV3Key, cipher.Resource{
		Nonce: word(resource.Get("nonce")), AssociatedData: word(resource.Get("associated_data")), Ciphertext: ciphertext,
	})
	if err != nil {
		if _, invalid := base64.StdEncoding.DecodeString(ciphertext); invalid == nil && errors.Is(err, cipher.ErrDecrypt) {
			err = fmt.Errorf("%w: %w", ErrAPIv3Key, err) // nobody else has altered it: it is signed
			if signer.SchemeOf(p.verifier) == signer.Brand {
				err = fmt.Errorf("%w; a brand has an API key of its own, which is not the APIv3 key of a merchant", err)
			}
		}
		return e, err
	}
	e.plaintext = func() []byte { return plaintext }
	return e, nil
}

// word is a string value; an object or a list in its place is dropped. It is a copy, so
// that a caller who keeps an id does not keep the whole body in memory.
func word(v gjson.Result) string {
	if v.IsObject() || v.IsArray() {
		return ""
	}
	return strings.Clone(v.String())
}

// A verifiedError is the error of a webhook that WeChat Pay signed.
type verifiedError struct {
	event *Event
	err   error
}

func (e *verifiedError) Error() string {
	return fmt.Sprintf("notify: event %.64q (%.64q): %v", e.event.ID, e.event.EventType, e.err)
}

func (e *verifiedError) Unwrap() error { return e.err }

// verifiedEvent returns the event of a verifiedError, or nil.
func verifiedEvent(err error) *Event {
	var verified *verifiedError
	if errors.As(err, &verified) {
		return verified.event
	}
	return nil
}

// SignedByWeChatPay reports whether err, from [Parser.Parse], is about a webhook that WeChat Pay
// signed. Its resource could not be read, for instance with a wrong APIv3 key.
func SignedByWeChatPay(err error) bool { return verifiedEvent(err) != nil }
