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
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// ErrUnknown is returned for an endpoint that the catalogue does not have: a body for it
// cannot be validated.
var ErrUnknown = errors.New("openapi: the catalogue has no such endpoint")

// A ValidationError lists what is wrong with a body. It wraps
// [wechatpay.ErrInvalid], and [middleware.ErrNotSent].
type ValidationError struct {
	Method, Path string // the path as it is documented
	Problems     []Problem
}

// A Problem is one fault of a body. It does not contain the value.
type Problem struct {
	Path string // in the JSON: amount.total, goods.0.id; empty for the whole
	Text string // "is missing", "is a string; it must be an integer"
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
		b.WriteString(" " + strings.TrimSpace(p.Path+" "+p.Text))
	}
	return b.String()
}

// Unwrap returns [wechatpay.ErrInvalid] and [middleware.ErrNotSent].
func (e *ValidationError) Unwrap() []error {
	return []error{wechatpay.ErrInvalid, middleware.ErrNotSent}
}

// Validate checks a JSON body against the catalogue, and reports all problems at once:
// missing required fields, values of the wrong type, undocumented enum values. Unknown
// fields pass, because WeChat Pay adds fields at any time. The path is as in [Lookup]. The
// body of an upload is the JSON of its part meta.
//
// The error is a [*ValidationError], or [ErrUnknown].
func Validate(method, path string, body []byte) error {
	e, ok := Lookup(method, path)
	if !ok {
		path, _, _ = strings.Cut(path, "?") // the query has values
		return fmt.Errorf("%w: %s %s", ErrUnknown, method, path)
	}
	fields := e.JSON
	for _, part := range e.Body {
		if part.Name == "meta" {
			fields = part.Fields
		}
	}
	v := validation{}
	v.body(fields, body)
	if v.problems != nil {
		return &ValidationError{Method: e.Method, Path: e.Path, Problems: v.problems}
	}
	return nil
}

// Validation returns a middleware that calls [Validate] for each call, and refuses an invalid
// body before it is sent. Calls of unknown endpoints pass. It must be outermost:
//
//	wechatpay.Config{Stack: func(s *middleware.Stack) error { return s.Unshift("validate", openapi.Validation()) }}
func Validation() middleware.Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			call := middleware.CallOf(r.Context())
			body := call.Body
			if upload, ok := r.Body.(middleware.SignedBody); ok {
				body = upload.SignedBytes()
			}
			if err := Validate(r.Method, call.Route, body); err != nil && !errors.Is(err, ErrUnknown) {
				if r.Body != nil {
					_ = r.Body.Close()
				}
				return nil, err
			}
			return next.RoundTrip(r)
		})
	}
}

type validation struct{ problems []Problem }

func (v *validation) problem(path, format string, args ...any) {
	v.problems = append(v.problems, Problem{path, fmt.Sprintf(format, args...)})
}

func (v *validation) body(fields catalogue.Fields, body []byte) {
	if len(body) == 0 {
		v.object(fields, map[string]any{}, "")
		return
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil || decoder.Decode(new(any)) != io.EOF {
		v.problem("", "the body is not JSON")
		return
	}
	object, ok := value.(map[string]any)
	if !ok {
		v.problem("", "the body is %s; it must be an object", kindOf(value))
		return
	}
	v.object(fields, object, "")
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

func is(value any, want string) bool {
	switch value := value.(type) {
	case string:
		return want == "string"
	case bool:
		return want == "boolean"
	case map[string]any:
		return want == "object"
	case json.Number:
		return want == "number" || want == "integer" && !strings.ContainsAny(value.String(), ".eE")
	}
	return false
}

func kindOf(value any) string {
	switch value := value.(type) {
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case json.Number:
		if !is(value, "integer") {
			return "a number with a fraction"
		}
		return "a number"
	}
	return "null, which WeChat Pay refuses"
}

func withArticle(kind string) string {
	if strings.HasPrefix(kind, "integer") || kind == "object" {
		return "an " + kind
	}
	return "a " + kind
}
