package wechatpay

import (
	"io"
	"net/http"
	"time"

	"github.com/wechatpay-chain/wechatpay/internal/fieldcrypt"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// M is a JSON object, a set of path variables, or a query.
type M = map[string]any

// Options configure one call. The zero value of a field means its default; nil *Options
// means all defaults. A call, also an asynchronous one, reads its Options before it
// returns. They may be reused, but not modified during a call.
type Options struct {
	// Vars are the values of the {variables} of the path, percent-encoded by RFC 6570.
	// Every variable must have a value, and every value a variable. The values "", "."
	// and ".." are refused, because they would change the path. So are numbers that a
	// float64 cannot hold exactly: pass long numbers as strings.
	Vars M

	// Query is appended to the path, sorted by key and percent-encoded by RFC 3986 (a
	// space is %20). It is an [M], another map with string keys, or a struct with JSON
	// tags, such as the generated queries below package openapi. A slice repeats its key.
	// Nil values, and fields that omitzero or omitempty omit, are not sent. A
	// [time.Time] is written as in JSON.
	Query any

	// JSON is the body, an object: a struct, an [M] or another map, or a [Document], which
	// is marshalled once, without HTML escaping; or [encoding/json.RawMessage] or []byte,
	// which must be valid JSON and is sent verbatim. Nil means an empty body.
	//
	// A [time.Time] is written as WeChat Pay writes it, to the second and with China's
	// offset: 2018-06-08T10:34:56+08:00. Readers, forms, strings, numbers and lists are
	// refused. So is, anywhere in the body, what JSON would write as something else: readers,
	// errors, secrets, floats that may have lost digits, two fields of one name.
	JSON any

	// XML is the body of a call of APIv2: any value that JSON accepts. Its values become the
	// elements: text, and whole numbers, in the order of the fields of a struct or of the names
	// of a map. A field that is documented to hold JSON, such as detail or receivers, may be an
	// object or a list. The merchant id, sign_type, nonce_str and sign are added. Control
	// characters, floats, booleans and other objects are refused.
	XML any

	// V2 overrules what the library knows about an endpoint of APIv2.
	V2 V2

	// Body is a body other than JSON: an upload ([media.File], [media.Bytes],
	// [media.Reader]) or a [media.Body]. JSON and Body are mutually exclusive.
	Body media.Builder

	// Header is added to the request. It overrides the defaults (Accept, Content-Type,
	// User-Agent, Wechatpay-Serial, Authorization).
	Header http.Header

	// BaseURL replaces Config.BaseURL for this call. Its host must be WeChat Pay's or
	// that of the client. A path prefix such as /hk/ is sent and signed.
	BaseURL string

	// Timeout replaces Config.Timeout for this call; negative disables it.
	Timeout time.Duration

	// Idempotent says whether to retry after an attempt that may have taken effect. By
	// default [middleware.Retry] does so if the body has a business number or the header
	// an Idempotency-Key.
	Idempotent *bool

	// Stack changes a copy of the client's stack for this call, for instance to add a
	// middleware.
	Stack func(*middleware.Stack) error

	// Debug receives a dump of the signed and verified messages, to compare with the
	// detail of a SIGN_ERROR. Values in bodies are masked; the path and the query are
	// not. A writer of several calls must be safe for concurrent use.
	Debug io.Writer

	// Encrypt lists the sensitive fields to encrypt with WeChat Pay's key, by their paths
	// in the JSON body or in the meta part of an upload ("accounts.#.card_no", see
	// [cipher.Fields]; a "?" at the end makes one optional), or else by their names in
	// the Query. The values of the caller are not modified. [Auto] lists the fields that
	// are documented as encrypted, in body and Query, and a generated struct implies it.
	// The key is the one in Header's Wechatpay-Serial, or [Config].PlatformKeyID, or the
	// newest one of PlatformKeys; the request names it in Wechatpay-Serial.
	//
	// A documented field that would leave in the clear is refused, unless it is empty or
	// a ciphertext already (base64 of the length of a key).
	//
	// https://pay.weixin.qq.com/doc/v3/merchant/4013053264
	Encrypt []string

	// Unencrypted lists the fields, by their paths as in Encrypt, that are sent as they
	// are although they are documented as encrypted, in case the documentation is wrong.
	Unencrypted []string

	// Decrypt lists the fields of the reply to decrypt with the merchant's private key,
	// in the same way. If one fails, the error is a [*DecryptError] with the Response.
	Decrypt []string

	// Sink receives the body of a 2xx reply; the Response then has no bytes. The body of
	// an error is not written to it. A signed reply is buffered and verified first; an
	// unsigned download is streamed. If a stream breaks off, part of it has been written:
	// use [Chain.Download] to save a file completely or not at all.
	Sink io.Writer

	// Progress is called while a Sink is written, with the bytes so far and the total (-1
	// if unknown). It runs on the goroutine of the call.
	Progress func(done, total int64)

	// Unsigned skips the verification of a 2xx reply to a GET, for a download that is
	// documented to be unsigned. It is not needed for the known ones. Calls of APIv2 refuse it:
	// they have V2.SignedReply.
	Unsigned bool

	// AnyCaller sends a path that is documented for another kind of caller: a merchant's with
	// [Config].BrandID, or a brand's without it; and, to APIv2, a merchant id that is not
	// [Config].MchID.
	AnyCaller bool
}

// Auto selects, for [Options].Encrypt or Decrypt, the fields that WeChat Pay documents as
// encrypted, all of them optional, and the given paths. Fields that are ciphertexts
// already stay as they are. A call of an endpoint without documented fields is refused;
// list its fields instead.
func Auto(paths ...string) []string { return append([]string{fieldcrypt.Auto}, paths...) }

// Ptr is a pointer to v, for the fields of a request that may be left out: nil leaves
// one out, Ptr(false) sends it.
func Ptr[T any](v T) *T { return &v }
