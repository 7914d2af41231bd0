package batch

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A Job is one call of a batch.
type Job struct {
	Line int `json:"-"` // of the input, from 1; 0 if it has none. Run counts where it is 0.

	Method string         `json:"method,omitzero"` // default: POST, or GET without a Body
	Path   string         `json:"path,omitzero"`   // as Client.Chain takes it
	Vars   map[string]any `json:"vars,omitzero"`   // of the {variables} of the Path
	Query  map[string]any `json:"query,omitzero"`

	// Body is a JSON object. It is sent as it is, without the space between its values; to APIv2, as
	// XML. Whatever is sent again has the same bytes.
	Body json.RawMessage `json:"body,omitzero"`

	// Encrypt lists the fields to encrypt, as in wechatpay.Options; "auto" alone means
	// [wechatpay.Auto]. They are encrypted at each send, so that the store of a run never holds
	// what is secret, and the ciphertexts differ.
	Encrypt []string `json:"encrypt,omitzero"`

	// Field is where the business number stands: a field of the Body, or a variable, or a field of
	// the Query. Default: as the catalogue says for Path. A call that may take effect needs one.
	Field string `json:"field,omitzero"`

	// Ask tells whether the call took effect. Default: what the catalogue knows, which is for
	// orders, refunds, transfers, profit sharing, red packets and more: see
	// [catalogue.Queries]. Without one, an unknown outcome stays unknown.
	Ask *Ask `json:"ask,omitzero"`
}

// An Ask is a query that tells whether a call took effect. A verified reply means that it did.
type Ask struct {
	Method string         `json:"method,omitzero"` // default GET
	Path   string         `json:"path"`
	Vars   map[string]any `json:"vars,omitzero"`
	Query  map[string]any `json:"query,omitzero"`
	Body   map[string]any `json:"body,omitzero"` // of APIv2

	// Absent are the codes of a signed 404, or of a signed reply of APIv2, that mean that the call
	// did not take effect. Default NOT_FOUND, ORDER_NOT_EXIST and RESOURCE_NOT_EXISTS.
	Absent []string `json:"absent,omitzero"`

	// Same are fields of the reply and the values that they have if the number is that of this
	// call.
	Same map[string]any `json:"same,omitzero"`
}

// A task is a job as workers get it.
type task struct {
	Epoch int64  `json:"e"` // the run
	Gen   int64  `json:"g"` // the generation, see mark
	Key   string `json:"k"`
	Hash  string `json:"d"` // the digest of what is sent
	Job   Job    `json:"j"`
	Line  int    `json:"l"`
	Value string `json:"n"` // the business number

	// Doubt: the number may have been sent before this run, until SentBy. It is asked for first.
	Doubt  bool  `json:"q,omitzero"`
	SentBy int64 `json:"t,omitzero"` // milliseconds
	Sends  int   `json:"s,omitzero"`

	tries int           // how often the queue has delivered it
	id    [16]byte      // Key, decoded
	group string        // what goes one at a time; empty for none
	apart time.Duration // between two of a group
}

// safe reports whether a task takes no effect, by its method.
func (t *task) safe() bool { return t.Job.safe() }

func (j *Job) safe() bool { return j.Method == http.MethodGet || j.Method == http.MethodHead }

func (t *task) route() string { return strings.TrimPrefix(t.Job.Path, "/") }

// compile checks a job, fills in what the catalogue knows, and returns its task. merchant is the
// caller.
func compile(job Job, merchant string) (*task, error) {
	job.Path = strings.TrimPrefix(job.Path, "/")
	if job.Path == "" {
		return nil, errors.New("path: it is missing; name the endpoint, such as v3/refund/domestic/refunds")
	}
	if len(job.Body) > 0 {
		var compact bytes.Buffer
		if err := json.Compact(&compact, job.Body); err != nil || compact.Len() == 0 || compact.Bytes()[0] != '{' {
			return nil, fmt.Errorf("body: it is not a JSON object%s", because(err))
		}
		job.Body = compact.Bytes()
	}
	switch {
	case job.Method == "" && len(job.Body) == 0:
		job.Method = http.MethodGet
	case job.Method == "":
		job.Method = http.MethodPost
	default:
		job.Method = strings.ToUpper(job.Method)
	}
	if err := checkTypes(job); err != nil {
		return nil, err
	}
	t := &task{Job: job, Line: job.Line}
	if !t.safe() {
		if err := t.findNumber(merchant); err != nil {
			return nil, err
		}
	}
	return t, t.name()
}

func because(err error) string {
	if err == nil {
		return ""
	}
	return ": " + err.Error()
}

// findNumber sets the number, and the query for it.
func (t *task) findNumber(merchant string) error {
	known, ok := catalogue.QueryOf(t.route())
	ok = ok && t.Job.Method == http.MethodPost
	if ok {
		t.Job.Field = cmp.Or(t.Job.Field, known.Number)
	}
	if t.Job.Field == "" {
		return fmt.Errorf("field: name the field of the business number; the catalogue knows none for %s %s", t.Job.Method, t.Job.Path)
	}
	value, err := t.Job.number()
	if err != nil {
		return err
	}
	t.Value = value
	if !ok || t.Job.Field != known.Number {
		return nil
	}
	for _, field := range known.OneByOne {
		if order := gjson.GetBytes(t.Job.Body, escape(field)).String(); order != "" {
			t.group, t.apart = field+" "+order, time.Duration(known.Apart)
			break
		}
	}
	if t.Job.Ask == nil {
		t.Job.Ask = resolve(known, t.Job, value, merchant)
	}
	return nil
}

// number returns the business number of a job.
func (j *Job) number() (string, error) {
	if found := gjson.GetBytes(j.Body, escape(j.Field)); found.Exists() {
		if found.Type != gjson.String {
			return "", fmt.Errorf("%s: the business number is a %s, and must be a string", j.Field, strings.ToLower(found.Type.String()))
		}
		return notEmpty(j.Field, found.Str)
	}
	for _, values := range []map[string]any{j.Vars, j.Query} {
		if value, ok := values[j.Field]; ok {
			text, ok := value.(string)
			if !ok {
				return "", fmt.Errorf("%s: the business number is a %T, and must be a string", j.Field, value)
			}
			return notEmpty(j.Field, text)
		}
	}
	return "", fmt.Errorf("%s: the business number is missing; without it, nothing can tell whether the call took effect", j.Field)
}

func notEmpty(field, value string) (string, error) {
	if strings.TrimSpace(value) == "" {
		return "", fmt.Errorf("%s: the business number is empty", field)
	}
	return value, nil
}

// resolve fills a query of the catalogue with the values of a job.
func resolve(q catalogue.Query, job Job, number, merchant string) *Ask {
	values := map[string]any{q.Number: number}
	for name, value := range q.Set {
		values[name] = value
	}
	for _, with := range q.With {
		name, from, renamed := strings.Cut(with, "=")
		switch value := gjson.GetBytes(job.Body, escape(cmp.Or(from, name))); {
		case renamed && from == "@caller":
			values[name] = merchant
		case value.Exists():
			values[name] = exact(value)
		}
	}
	ask := &Ask{Method: q.Method, Path: q.Ask, Absent: q.Absent, Same: map[string]any{q.Number: number}}
	for name, value := range values {
		switch {
		case strings.Contains(q.Ask, "{"+name+"}"):
			put(&ask.Vars, name, value)
		case q.Method == http.MethodGet:
			put(&ask.Query, name, value)
		default:
			put(&ask.Body, name, value)
		}
	}
	for answer, request := range q.Same {
		if value := gjson.GetBytes(job.Body, request); value.Exists() {
			ask.Same[answer] = exact(value)
		}
	}
	return ask
}

// exact returns a value without loss: a float64 has not the digits of a long number.
func exact(value gjson.Result) any {
	if value.Type == gjson.Number {
		return json.Number(value.Raw)
	}
	return value.Value()
}

func put(m *map[string]any, name string, value any) {
	if *m == nil {
		*m = map[string]any{}
	}
	(*m)[name] = value
}

// escape makes a name a path of gjson.
func escape(name string) string { return strings.ReplaceAll(name, ".", `\.`) }

// name sets what identifies a task: its key, by the number, and its digest, by all that is sent.
func (t *task) name() error {
	sent, err := json.Marshal([]any{t.Job.Method, t.Job.Path, t.Job.Vars, t.Job.Query, t.Job.Body})
	if err != nil {
		return fmt.Errorf("vars or query: %w", err)
	}
	digest := sha256.Sum256(sent)
	t.Hash = base64.RawURLEncoding.EncodeToString(digest[:16])
	if t.safe() {
		t.setKey([16]byte(digest[16:]))
		return nil
	}
	number := sha256.Sum256([]byte(t.Job.Method + "\x00" + t.Job.Path + "\x00" + t.Value + "\x00" + t.Job.subMerchant()))
	t.setKey([16]byte(number[:16]))
	return nil
}

// subMerchant is whose number it is, where the caller acts for others: each has numbers of its own.
func (j *Job) subMerchant() string {
	for _, name := range []string{"sub_mchid", "sub_mch_id"} {
		if found := gjson.GetBytes(j.Body, name); found.Type == gjson.String {
			return found.Str
		}
		for _, values := range []map[string]any{j.Vars, j.Query} {
			if text, ok := values[name].(string); ok {
				return text
			}
		}
	}
	return ""
}

func (t *task) setKey(id [16]byte) {
	t.id = id
	t.Key = base64.RawURLEncoding.EncodeToString(id[:])
}
