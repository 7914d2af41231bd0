package call

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/internal/flatxml"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// body returns the JSON of the body: --input, changed by -f and -F. It is nil if none of them
// is given. Without -f, the bytes of --input stay as they are.
func (r *request) body() (json.RawMessage, error) {
	if r.flags.input == "" && len(r.flags.fields) == 0 {
		return nil, nil
	}
	if err := r.takesBody(); err != nil {
		return nil, err
	}
	in := &stdin{take: r.app.Stdin}
	var given json.RawMessage
	if r.flags.input != "" {
		var err error
		if given, err = r.input(in); err != nil || len(r.flags.fields) == 0 {
			return given, err
		}
	}
	document := wechatpay.NewDocument(nil)
	if given != nil {
		document = wechatpay.NewDocument(given)
	}
	for _, s := range r.flags.fields {
		value, err := r.valueOf(s, in)
		if err != nil {
			return nil, err
		}
		document = document.Set(s.key, value)
		if _, err := document.Bytes(); err != nil {
			_, reason, _ := strings.Cut(err.Error(), "): ")
			return nil, failure.Usagef("%s: %s", s.flag(), reason)
		}
	}
	data, err := document.Bytes()
	if err != nil || r.v2 {
		return data, err
	}
	return asTexts(data, r.endpoint.JSON, "")
}

func (r *request) takesBody() error {
	switch {
	case r.method == http.MethodGet:
		return failure.Usagef("get has no body; give parameters of the query by -q")
	case r.endpoint.Features.Multipart != nil:
		return failure.Usagef("%s %s takes a file; use wechatpay upload", r.method, r.path)
	}
	return nil
}

// valueOf returns the value of an assignment, of the type that is documented for it. The
// values of APIv2 are text, but for those inside of a field that holds JSON.
func (r *request) valueOf(s assignment, in *stdin) (any, error) {
	text, err := s.read(in)
	if err != nil {
		return nil, err
	}
	fields := r.endpoint.JSON
	if r.v2 {
		fields = r.endpoint.XML
	}
	f, kind, ok := documented(fields, s.key)
	if !ok {
		return s.guessed(text)
	}
	value, err := s.asDocumented(f, kind, text)
	if _, isRaw := value.(json.RawMessage); isRaw && r.v2 && !strings.Contains(s.key, ".") && kind != "object" {
		return text, nil
	}
	return value, err
}

// input reads --input.
func (r *request) input(in *stdin) (json.RawMessage, error) {
	data, err := in.open(r.flags.input, "--input")
	if err != nil {
		return nil, err
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	name := r.flags.input
	if name == "-" {
		name = "standard input"
	}
	switch trimmed := bytes.TrimSpace(data); {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return nil, failure.Usagef("--input: %s is UTF-16, as PowerShell writes it; save it as UTF-8", name)
	case len(trimmed) == 0:
		return nil, failure.Usagef("--input: %s is empty", name)
	case r.v2 && trimmed[0] == '<':
		return elements(trimmed)
	case !json.Valid(data):
		return nil, failure.Usagef("--input: %s is not JSON%s", name, where(data))
	case trimmed[0] != '{':
		return nil, failure.Usagef("--input: %s is not a JSON object, as a body is: {…}", name)
	}
	return data, nil
}

// where says at which line JSON is broken, and by what.
func where(data []byte) string {
	var v any
	err := json.Unmarshal(data, &v)
	broken, ok := err.(*json.SyntaxError) //nolint:errorlint // Unmarshal wraps none
	if !ok {
		return ""
	}
	line := 1 + bytes.Count(data[:min(int(broken.Offset), len(data))], []byte("\n"))
	return ": line " + strconv.Itoa(line) + ": " + broken.Error()
}

// elements returns the JSON of the XML of APIv2. It has no sign: that of the call is made anew.
func elements(data []byte) (json.RawMessage, error) {
	list, err := flatxml.Parse(data)
	if err != nil {
		return nil, failure.Usagef("--input: %w", err)
	}
	values := map[string]string{}
	for _, e := range list {
		if _, twice := values[e.Name]; twice || len(e.Children) > 0 {
			return nil, failure.Usagef("--input: the element %s is there twice, or has elements inside; APIv2 takes neither", e.Name)
		}
		values[e.Name] = e.Text
	}
	delete(values, "sign")
	return json.Marshal(values)
}

// asTexts writes objects and lists as JSON text, where a field of API v3 is documented to hold
// such a text.
func asTexts(data []byte, fields catalogue.Fields, prefix string) ([]byte, error) {
	for _, f := range fields {
		path := prefix + sjsonEscape(f.Name)
		value := gjson.GetBytes(data, path)
		var err error
		switch inner := f.Fields; {
		case f.Text && (value.IsObject() || value.IsArray()):
			data, err = sjson.SetBytes(data, path, value.Raw)
		case value.IsObject():
			data, err = asTexts(data, inner, path+".")
		case value.IsArray() && inner != nil:
			for i := range value.Array() {
				if data, err = asTexts(data, inner, path+"."+strconv.Itoa(i)+"."); err != nil {
					break
				}
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return data, nil
}

// sjsonEscape escapes the characters of a name that have a meaning in a path.
func sjsonEscape(name string) string {
	return strings.NewReplacer(".", `\.`, "*", `\*`, "?", `\?`, "|", `\|`, "#", `\#`, "@", `\@`).Replace(name)
}
