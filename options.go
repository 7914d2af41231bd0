package wechatpay

import (
	"io"
	"net/http"
	"time"

	"github.com/wechatpay-chain/wechatpay/internal/fieldcrypt"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// M is a JSON object, a set of template variables, or a query.
type M = map[string]any

// Options are what one call says beyond its path. The zero value of a field
// means its default; a nil *Options is a bare call. A call reads its Options
// before it returns and keeps nothing of them, so they may be used again, but
// not changed while a call is being made.
type Options struct {
	// Vars fill the {placeholders} of the path, percent-encoded by RFC 6570.
	// Each placeholder needs a value, each value a placeholder. Empty, "." and
	// ".." are refused, since they would change the path, and so is a number that
	// a float64 cannot hold exactly: pass long numbers as strings.
	Vars M

	// Query is appended to the path, sorted by key, percent-encoded by RFC 3986
	// (a space is %20): an [M], another map with string keys, or a struct with JSON
	// tags, such as the generated queries below package openapi. A slice repeats its key,
	// a bool is true or false, nil and what omitzero or omitempty leaves out are not sent.
	Query any

	// JSON is the body: a struct, an [M], a [Document], marshalled once, HTML
	// characters not escaped; or [encoding/json.RawMessage] and []byte, which are
	// checked to be JSON and pass verbatim. Nil means an empty body.
	JSON any

	// Body is a body that is not JSON: an upload ([media.File], [media.Bytes],
	// [media.Reader]), or a [media.Body]. At most one of JSON and Body is set.
	Body media.Source

	// Header is added to the request; its values win over every default
	// (Accept, Content-Type, User-Agent, Wechatpay-Serial, Authorization).
	Header http.Header

	// BaseURL replaces the client's for this call. Its host must be WeChat Pay's
	// or the client's own; a path prefix such as /hk/ is sent and signed.
	BaseURL string

	// Timeout replaces the client's for this call; negative disables it.
	Timeout time.Duration

	// Idempotent says whether the call may be sent again after an attempt that may
	// have taken effect. Nil leaves it to [middleware.Retry], which looks for a
	// business number in the body or an Idempotency-Key.
	Idempotent *bool

	// Stack changes the client's stack for this call, such as to add a middleware.
	Stack func(*middleware.Stack) error

	// Debug takes a dump of the messages that were signed and verified, to compare
	// with the detail of WeChat Pay's SIGN_ERROR. The values in bodies are masked, the
	// path and its query are not. A writer that several calls share must be safe for
	// concurrent use.
	Debug io.Writer

	// Encrypt names the sensitive fields to encrypt with WeChat Pay's key, which the
	// request then names in Wechatpay-Serial: by their JSON paths in the JSON body
	// ("accounts.#.card_no", see [cipher.Fields]; a "?" at the end lets one be missing),
	// in the meta part of an upload, or, where the call has neither, by their names in
	// the Query. The caller's own values are untouched. [Auto] names those that WeChat
	// Pay's documentation marks. A Wechatpay-Serial in Header chooses the key; otherwise
	// it is [Config].PlatformKeyID's, or the newest that PlatformKeys has.
	//
	// https://pay.weixin.qq.com/doc/v3/merchant/4013053264
	Encrypt []string

	// Decrypt names the fields of the reply to decrypt with the merchant's private key,
	// in the same way. What cannot be is a [*DecryptError], which has the Response.
	Decrypt []string

	// Sink takes the body of a 2xx reply as it comes, without holding it; the Response
	// then has no bytes. It is given nothing of an error. What carries a signature is
	// read under the limit and verified first; the downloads that carry none stream. A
	// reply that is cut off has been written in part when the error is returned: see
	// [Chain.Download] for what saves bills whole or not at all.
	Sink io.Writer

	// Progress is called while a Sink is written, with the bytes so far and the total,
	// -1 if unknown. It runs on the goroutine of the call.
	Progress func(done, total int64)

	// Unsigned says that the reply of this call carries no signature, as the
	// documentation of a few downloads states; a 2xx is then not verified, whatever
	// it carries. The downloads that are known to carry none do not need it.
	Unsigned bool
}

// Auto is what [Options].Encrypt or Decrypt take for the fields that WeChat Pay's
// documentation marks as encrypted for the endpoint, each of which may be missing, and for
// further paths. A call of an endpoint without such marks is refused: name the fields.
func Auto(further ...string) []string { return append([]string{fieldcrypt.Auto}, further...) }
