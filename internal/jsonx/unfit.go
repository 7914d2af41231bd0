package jsonx

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"reflect"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cipher"
)

// A fault is why encoding/json would write the values of a type as something else than
// what the caller means.
type fault struct {
	what string
	fix  string
	or   string // another fix, of a whole body
}

const asText = "pass its text, an M or a struct"

var (
	isError   = &fault{what: "which is an error", fix: asText}
	isReader  = &fault{what: "which is a reader", fix: asText, or: ", or what io.ReadAll returns"}
	isEmpty   = &fault{what: "which JSON writes as {}", fix: asText}
	isSecret  = &fault{what: "which JSON writes as [redacted]", fix: "pass what its Reveal returns"}
	isURL     = &fault{what: "which JSON writes as an object", fix: "pass what its String returns"}
	isBytes   = &fault{what: "which JSON writes as a list of numbers", fix: "pass its text, such as hex"}
	isPointed = &fault{what: "which marshals itself only behind a pointer", fix: "pass a pointer to it"}
	isInexact = &fault{what: "which may have lost digits or is not a number", fix: "pass an integer, a string or a json.Number"}
	isTwice   = &fault{what: "which has a key twice in one object", fix: "remove one"}
	isNoDigit = &fault{what: "which is empty, and which JSON writes as 0", fix: "leave it out, or set it"}
)

var (
	errorType  = reflect.TypeFor[error]()
	readerType = reflect.TypeFor[io.Reader]()
	rawType    = reflect.TypeFor[json.RawMessage]()
	secretType = reflect.TypeFor[cipher.Secret]()
	urlType    = reflect.TypeFor[url.URL]()
)

// faultOf returns nil for a type whose values can be sent, as far as the type tells.
func faultOf(t reflect.Type) *fault {
	base := t
	for base.Kind() == reflect.Pointer {
		base = base.Elem()
	}
	pointer := reflect.PointerTo(base)
	switch {
	case base == secretType || embedsSecret(base):
		return isSecret
	case base.Kind() == reflect.Interface || writesItself(base):
		return nil
	case writesItself(pointer):
		if t == base {
			return isPointed
		}
		return nil
	case pointer.Implements(errorType):
		return isError
	case pointer.Implements(readerType):
		return isReader
	case base == urlType:
		return isURL
	case base.Kind() == reflect.Array && base.Elem().Kind() == reflect.Uint8:
		return isBytes
	case fieldCount(base) > 0:
		return faultOfFields(fieldsOf(base))
	}
	return nil
}

// embedsSecret reports whether a struct has the MarshalJSON of a Secret.
func embedsSecret(t reflect.Type) bool {
	for i := range fieldCount(t) {
		if f := t.Field(i); f.Anonymous && (f.Type == secretType || f.Type == reflect.PointerTo(secretType)) {
			return writesItself(t)
		}
	}
	return false
}

func fieldCount(t reflect.Type) int {
	if t.Kind() != reflect.Struct {
		return 0
	}
	return t.NumField()
}

func faultOfFields(fields []field) *fault {
	if len(fields) == 0 {
		return isEmpty
	}
	if name := nameOfTwo(fields); name != "" {
		return &fault{what: fmt.Sprintf("which has two fields %q, of which JSON writes neither", name), fix: "rename one", or: ", and rename one"}
	}
	return nil
}

// Inexact reports whether a float of 32 or 64 bits may have lost digits of a whole number,
// such as of an order number: beyond 2^53 a float64 skips some. It does so for NaN too.
func Inexact(f float64, bits int) bool {
	exact := float64(1 << 53)
	if bits == 32 {
		exact = 1 << 24
	}
	return !(math.Abs(f) < exact)
}

// An unfitError is a value with a fault.
type unfitError struct {
	*fault
	typ  reflect.Type
	path []string // outermost last
	body bool     // it is the whole body
}

func unfit(t reflect.Type, f *fault) error { return &unfitError{fault: f, typ: t} }

func (e *unfitError) Error() string {
	switch {
	case e.body:
		return fmt.Sprintf("is a %s, %s%s%s", e.typ, e.what, anObject, e.or)
	case len(e.path) == 0:
		return fmt.Sprintf("is a %s, %s; %s", e.typ, e.what, e.fix)
	}
	var path strings.Builder
	for i := len(e.path) - 1; i >= 0; i-- {
		path.WriteString(e.path[i])
		if i > 0 {
			path.WriteByte('.')
		}
	}
	return fmt.Sprintf("holds a %s at %q, %s; %s", e.typ, path.String(), e.what, e.fix)
}

// below adds the key at which err was found.
func below(err error, key string) error {
	if e := (*unfitError)(nil); errors.As(err, &e) {
		e.path = append(e.path, key)
	}
	return err
}
