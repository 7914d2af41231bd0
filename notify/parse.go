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
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A Parser verifies and decrypts webhooks. It is safe for concurrent use.
type Parser struct {
	verifier signer.Verifier  // nil for APIv2 alone
	keys     signer.KeySource // nil with a Verifier of the caller
	apiV3Key cipher.Secret
	maxBody  int64
	now      func() time.Time

	apiV2Key, refundKey cipher.Secret
	mchID               string
}

// NewParser returns a Parser. Its error lists every invalid field and how to correct it.
func NewParser(cfg Config) (*Parser, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	p := &Parser{verifier: cfg.Verifier, keys: cfg.Keys, apiV3Key: cfg.APIv3Key, maxBody: cfg.MaxBody, now: cfg.Clock, mchID: cfg.MchID}
	if !cfg.APIv2Key.IsZero() {
		p.apiV2Key, p.refundKey = cfg.APIv2Key, cipher.LegacyKey(cfg.APIv2Key)
	}
	if p.keys != nil {
		p.verifier = signer.NewVerifier(cfg.Keys, cfg.Clock)
	}
	if p.verifier != nil && cfg.Scheme != (signer.Scheme{}) {
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

// Parse verifies and decrypts a webhook. It checks the four headers, the timestamp, the
// key and the signature over the raw body first, and reads the JSON only after that.
// Header names may be in any case. ctx limits the download of a key that is not in
// memory.
//
// A body of XML is a notification of APIv2, whose sign is checked over all its elements, with
// Config.APIv2Key. That of a refund has no sign, and is decrypted only.
//
// The error wraps a sentinel of this package, of [signer] or of [cipher], or the error
// of reading the body. [SignedByWeChatPay] reports whether the webhook was verified. The error
// contains nothing of the body except the id and type of a verified event.
func (p *Parser) Parse(ctx context.Context, header http.Header, body io.Reader) (*Event, error) {
	if p == nil || p.now == nil {
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
	switch {
	case isXML(data) && !p.apiV2Key.IsZero():
		return p.openV2(data)
	case p.verifier == nil:
		return nil, fmt.Errorf("notify: not verified: %w; the Config is for APIv2 alone: set Keys and APIv3Key too", ErrXML)
	}
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
		Version:      3,
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
	plaintext, err := p.decryptGCM(cipher.Resource{
		Nonce: word(resource.Get("nonce")), AssociatedData: word(resource.Get("associated_data")), Ciphertext: ciphertext,
	})
	if err != nil {
		return e, err
	}
	e.plaintext = func() []byte { return plaintext }
	return e, nil
}

// decryptGCM decrypts a part of a webhook that was verified.
func (p *Parser) decryptGCM(resource cipher.Resource) ([]byte, error) {
	plaintext, err := cipher.DecryptResource(p.apiV3Key, resource)
	if err == nil {
		return plaintext, nil
	}
	if _, invalid := base64.StdEncoding.DecodeString(resource.Ciphertext); invalid == nil && errors.Is(err, cipher.ErrDecrypt) {
		err = fmt.Errorf("%w: %w", ErrAPIv3Key, err) // nobody else has altered it: it is signed
		if signer.SchemeOf(p.verifier) == signer.Brand {
			err = fmt.Errorf("%w; a brand has an API key of its own, which is not the APIv3 key of a merchant", err)
		}
	}
	return nil, err
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
