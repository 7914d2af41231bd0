package notify

import (
	"bytes"
	"context"
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
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// DefaultMaxBody is the most bytes that the body of a webhook may have, where no other
// number is set.
const DefaultMaxBody = 1 << 20

// A Config says whom to believe. The zero value of a field means its default. A Config
// prints without its keys.
type Config struct {
	// Keys finds the keys by which WeChat Pay may sign: those of a client
	// (wechatpay.Client.PlatformKeys), a keys.Keyring, or [keys.Set]. Required,
	// unless Verifier stands in its place.
	Keys signer.KeySource `json:"-"`

	// Verifier judges signatures in place of Keys.
	Verifier signer.Verifier `json:"-"`

	// APIv3Key decrypts the resource: 32 characters from the merchant console. Required.
	APIv3Key string `json:"-"`

	// MaxBody is the most bytes that a body may have; default [DefaultMaxBody].
	MaxBody int64

	// Clock is the time that timestamps are judged by; default [time.Now]. It is for
	// tests.
	Clock func() time.Time `json:"-"`
}

// Format prints the Config without its keys, whatever the verb.
func (cfg Config) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "notify.Config{MaxBody: %d}", cfg.MaxBody)
}

// A Parser verifies and decrypts webhooks. It is safe for concurrent use.
type Parser struct {
	verifier signer.Verifier
	apiV3Key string
	maxBody  int64
	now      func() time.Time
}

// NewParser makes a Parser. Its error names every field that is wrong and the mend.
func NewParser(cfg Config) (*Parser, error) {
	var problems []error
	switch fixed, isFixed := cfg.Keys.(keys.Set); {
	case cfg.Verifier != nil && cfg.Keys != nil:
		problems = append(problems, errors.New("Config.Keys is set beside Verifier; set one of them"))
	case cfg.Verifier == nil && cfg.Keys == nil, isFixed && len(fixed) == 0:
		problems = append(problems, errors.New("Config.Keys is missing; without WeChat Pay's keys no webhook can be trusted"))
	}
	if n := len(cfg.APIv3Key); n != cipher.KeySize {
		problems = append(problems, fmt.Errorf("Config.APIv3Key has %d bytes; it must have %d, as they stand in the merchant console", n, cipher.KeySize))
	}
	for id, key := range fixedKeys(cfg.Keys) {
		if err := signer.CheckPublicKey(key); err != nil {
			problems = append(problems, fmt.Errorf("Config.Keys: key %q: %w", id, err))
		}
	}
	if cfg.MaxBody < 0 {
		problems = append(problems, errors.New("Config.MaxBody is negative; 0 means the default"))
	}
	if problems != nil {
		return nil, fmt.Errorf("notify: %w", errors.Join(problems...))
	}
	p := &Parser{verifier: cfg.Verifier, apiV3Key: cfg.APIv3Key, maxBody: cfg.MaxBody, now: cfg.Clock}
	if p.verifier == nil {
		p.verifier = signer.NewVerifier(cfg.Keys, cfg.Clock)
	}
	if p.maxBody == 0 {
		p.maxBody = DefaultMaxBody
	}
	if p.now == nil {
		p.now = time.Now
	}
	return p, nil
}

// Parse reads a webhook and returns what it tells, if WeChat Pay signed it: the four
// headers, the clock, the key and the signature over the raw body come first, and
// only then the JSON and the decryption. The names of headers may be in any case. ctx
// bounds the download of a key that is not held yet.
//
// The error wraps a sentinel of this package, of [signer] or of [cipher], or that of
// reading the body. [Verified] tells whether it came after verification. It holds
// nothing of the body but the ids of an event that was verified.
func (p *Parser) Parse(ctx context.Context, header http.Header, body io.Reader) (*Event, error) {
	if p == nil || p.verifier == nil {
		return nil, errors.New("notify: zero Parser: use NewParser")
	}
	data, err := p.read(body)
	if err != nil {
		return nil, fmt.Errorf("notify: %w", err)
	}
	if err := signer.Check(ctx, p.verifier, header, data, p.now()); err != nil {
		return nil, fmt.Errorf("notify: not verified: %w", err)
	}
	event, err := p.open(data)
	if err != nil {
		return nil, &verifiedError{event, err}
	}
	return event, nil
}

func (p *Parser) read(body io.Reader) ([]byte, error) {
	if body == nil {
		return nil, ErrNoBody
	}
	var b bytes.Buffer
	if sized, ok := body.(interface{ Len() int }); ok {
		b.Grow(int(min(int64(sized.Len()), p.maxBody)) + bytes.MinRead)
	}
	n, err := b.ReadFrom(io.LimitReader(body, min(p.maxBody, math.MaxInt64-1)+1))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, tooLarge.Limit)
	case err != nil:
		return nil, fmt.Errorf("reading the body: %w", err)
	case n > p.maxBody:
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, p.maxBody)
	case n == 0:
		return nil, ErrNoBody
	}
	return b.Bytes(), nil
}

// open reads and decrypts a body that was verified.
func (p *Parser) open(data []byte) (*Event, error) {
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
		return e, fmt.Errorf("%w: there is none", ErrResource)
	case algorithm != cipher.GCMName:
		return e, fmt.Errorf("%w %.40q; %s is known", ErrAlgorithm, algorithm, cipher.GCMName)
	case ciphertext == "":
		return e, fmt.Errorf("%w: no ciphertext", ErrResource)
	}
	var err error
	e.plaintext, err = cipher.Open(p.apiV3Key, word(resource.Get("nonce")), word(resource.Get("associated_data")), ciphertext)
	return e, err
}

// word is a value that is one; an object in its place may hold anything. It is a copy:
// whoever remembers an id must not keep the whole body.
func word(v gjson.Result) string {
	if v.IsObject() || v.IsArray() {
		return ""
	}
	return strings.Clone(v.String())
}

func fixedKeys(source signer.KeySource) keys.Set {
	fixed, _ := source.(keys.Set)
	return fixed
}

// Format names the Parser, whatever the verb: never a key.
func (p Parser) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "notify.Parser") }

// verifiedError is what was wrong with a webhook that WeChat Pay signed.
type verifiedError struct {
	event *Event
	err   error
}

func (e *verifiedError) Error() string {
	return fmt.Sprintf("notify: event %.64q (%.64q): %v", e.event.ID, e.event.EventType, e.err)
}

func (e *verifiedError) Unwrap() error { return e.err }

// Verified tells of an error of [Parser.Parse] that the webhook was WeChat Pay's all
// the same: its resource could not be read, for want of the right APIv3 key for
// instance.
func Verified(err error) bool {
	var verified *verifiedError
	return errors.As(err, &verified)
}
