package openapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/internal/fieldcrypt"
	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// ErrUnknown is returned for an endpoint that the catalogue does not have: a body for it
// cannot be validated.
var ErrUnknown = errors.New("openapi: the catalogue has no such endpoint")

// A ValidationError lists what is wrong with a call. It wraps [wechatpay.ErrInvalid], and
// [middleware.ErrNotSent].
type ValidationError struct {
	Method, Path string // the path as it is documented
	Problems     []Problem
}

// A Problem is one fault of a call. It does not contain the value.
type Problem struct {
	Path string // in the JSON: amount.total, goods.0.id; empty for the whole
	Text string // "is missing", "is a string; it must be an integer"
	In   string // "Query", "Vars", or empty for the body
}

// Error lists all problems.
func (e *ValidationError) Error() string {
	if e == nil {
		return "<nil>"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "openapi: %s %s:", e.Method, e.Path)
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteByte(' ')
		if p.In != "" {
			b.WriteString(p.In + ": ")
		}
		b.WriteString(strings.TrimSpace(p.Path + " " + p.Text))
	}
	return b.String()
}

// Unwrap returns [wechatpay.ErrInvalid] and [middleware.ErrNotSent].
func (e *ValidationError) Unwrap() []error {
	return []error{wechatpay.ErrInvalid, middleware.ErrNotSent}
}

// Validate checks the options of a call against the catalogue, and reports all problems at
// once: missing required fields, values of the wrong type, undocumented enum values, and
// encrypted fields that would leave in the clear. It checks JSON, XML, or what is signed of
// Body, Query and Vars. Unknown fields pass, because WeChat Pay adds fields at any time.
// The path is as in [Lookup], and may have a query. The options are those that a call
// takes; nil means none.
//
// The error is a [*ValidationError], or wraps [ErrUnknown].
func Validate(method, path string, opts *wechatpay.Options) error {
	path, rawQuery, _ := strings.Cut(path, "?")
	e, ok := Lookup(method, path)
	if !ok {
		return fmt.Errorf("%w: %s %s", ErrUnknown, method, path)
	}
	if opts == nil {
		opts = &wechatpay.Options{}
	}
	v := validation{}
	if e.Version == 2 {
		v.optionsV2(e, rawQuery, opts)
		return v.result(e)
	}
	guard := guardOf(e, opts)
	body, err := bodyOf(e, opts)
	if err != nil {
		v.problem("", "%v", err)
	} else {
		v.body(bodyFields(e), body)
		v.leaks(guard.Leaks(body))
	}
	v.in = "Query"
	if query, err := queryOf(rawQuery, opts.Query); err != nil {
		v.problem("", "%v", err)
	} else {
		v.values(e.Query, query)
		v.leaks(guard.QueryLeaks(textsOf(query)))
	}
	v.in = "Vars"
	v.vars(e, path, opts.Vars)
	return v.result(e)
}

// Validation returns a middleware that validates each call as [Validate] does, and refuses
// an invalid one before it is sent. Calls of unknown endpoints pass. It sees what the client
// has encrypted already, and does not ask for more. It must be outermost:
//
//	wechatpay.Config{Stack: func(s *middleware.Stack) error { return s.Unshift("validate", openapi.Validation()) }}
func Validation() middleware.Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			if err := validateRequest(r); err != nil {
				if r.Body != nil {
					_ = r.Body.Close()
				}
				return nil, err
			}
			return next.RoundTrip(r)
		})
	}
}

func validateRequest(r *http.Request) error {
	call := middleware.CallOf(r.Context())
	e, ok := Lookup(r.Method, call.Route)
	if !ok && r.URL != nil {
		e, ok = Lookup(r.Method, r.URL.EscapedPath())
	}
	if !ok {
		return nil
	}
	v := validation{}
	if e.Version == 2 {
		v.requestV2(e, call.Body, r.URL.Query())
		return v.result(e)
	}
	body := call.Body
	if upload, ok := r.Body.(middleware.SignedBody); ok {
		body = upload.SignedBytes()
	}
	v.body(bodyFields(e), body)
	v.in = "Query"
	v.values(e.Query, listsOf(r.URL.Query()))
	v.in = "Vars"
	v.vars(e, r.URL.EscapedPath(), nil)
	return v.result(e)
}

type validation struct {
	problems []Problem
	in       string
}

func (v *validation) problem(path, format string, args ...any) {
	v.problems = append(v.problems, Problem{Path: path, Text: fmt.Sprintf(format, args...), In: v.in})
}

func (v *validation) leaks(leaks []*fieldcrypt.LeakError) {
	for _, l := range leaks {
		v.problem(l.Path, "%s", l.Text)
	}
}

func (v *validation) result(e catalogue.Endpoint) error {
	if v.problems == nil {
		return nil
	}
	return &ValidationError{Method: e.Method, Path: rooted(e.Route()), Problems: v.problems}
}

func (v *validation) body(fields catalogue.Fields, body []byte) {
	if len(body) == 0 {
		v.object(fields, map[string]any{}, "")
		return
	}
	if object, ok := v.decode(body); ok {
		v.object(fields, object, "")
	}
}

// decode decodes a body, which is an object.
func (v *validation) decode(body []byte) (object map[string]any, ok bool) {
	value, ok := decodeJSON(body)
	if !ok {
		v.problem("", "the body is not JSON")
		return nil, false
	}
	if object, ok = value.(map[string]any); !ok {
		v.problem("", "the body is %s; it must be an object", kindOf(value))
		return nil, false
	}
	if key, twice := jsonx.DuplicateKey(string(body)); twice {
		v.problem("", "has %.80q twice in one object, of which WeChat Pay may take either", key)
	}
	return object, true
}

func decodeJSON(text []byte) (value any, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	err := decoder.Decode(&value)
	return value, err == nil && decoder.Decode(new(any)) == io.EOF
}

func (v *validation) object(fields catalogue.Fields, object map[string]any, prefix string) {
	for _, f := range fields {
		path := prefix + f.Name
		value, ok := object[f.Name]
		switch {
		case !ok && f.Required:
			v.problem(path, "is missing")
		case ok:
			v.value(f, f.Type, value, path)
		}
	}
}

// value checks a value against the type of a field, or against that of its elements.
func (v *validation) value(f catalogue.Field, want string, value any, path string) {
	if element, isList := strings.CutSuffix(want, "[]"); isList {
		list, ok := value.([]any)
		if !ok {
			v.problem(path, "is %s; it must be a list", kindOf(value))
		}
		for i, one := range list {
			v.value(f, element, one, path+"."+strconv.Itoa(i))
		}
		return
	}
	if !is(value, want) {
		v.problem(path, "is %s; it must be %s", kindOf(value), withArticle(want))
		return
	}
	if object, ok := value.(map[string]any); ok {
		v.object(f.Fields, object, path+".")
		return
	}
	if len(f.Enum) > 0 && !slices.Contains(f.Enum, fmt.Sprint(value)) {
		v.problem(path, "is not one of %s", strings.Join(f.Enum, ", "))
	}
}
