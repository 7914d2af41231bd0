package notify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/tidwall/gjson"
)

// An Event is a webhook that was verified and decrypted. It must not be changed; its
// methods are safe for concurrent use.
type Event struct {
	ID           string
	CreateTime   string    // as it was sent, whatever its form
	Created      time.Time // the same, or zero where its form is not known
	EventType    string    // such as TRANSACTION.SUCCESS, one of the constants of this package or a newer one
	Summary      string
	ResourceType string // "encrypt-resource", as a rule
	OriginalType string // such as "transaction"

	plaintext []byte
}

// Bytes is the decrypted resource, as WeChat Pay wrote it. It must not be changed.
func (e *Event) Bytes() []byte { return e.plaintext }

// Get reads a value of the resource by its path, such as "amount.total". A path that
// is not there gives a zero Result.
//
// https://github.com/tidwall/gjson/blob/master/SYNTAX.md
func (e *Event) Get(path string) gjson.Result { return gjson.GetBytes(e.plaintext, path) }

// Decode unmarshals the resource into what v points to. Fields that v does not know
// are left out of it, but not lost: [Event.Get] and [Event.Bytes] have them. Where a
// value does not fit its field, the rest is filled in all the same, beside the error
// (an [*json.UnmarshalTypeError]).
func (e *Event) Decode(v any) error {
	if err := json.Unmarshal(e.plaintext, v); err != nil {
		return fmt.Errorf("notify: decoding the resource of %.64q (%.64q): %w", e.ID, e.EventType, err)
	}
	return nil
}

// Decode is [Event.Decode] into a new T, such as [Transaction].
func Decode[T any](e *Event) (T, error) {
	var v T
	err := e.Decode(&v)
	return v, err
}

// String names the event, and nothing of its resource.
func (e *Event) String() string {
	return fmt.Sprintf("%s %s (%s)", e.EventType, e.ID, e.OriginalType)
}

// Format prints what String does, whatever the verb.
func (e *Event) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, e.String()) }

// LogValue is what [log/slog] writes of an event: what String does.
func (e *Event) LogValue() slog.Value { return slog.StringValue(e.String()) }

// MarshalJSON gives the webhook as it was sent, but for its resource, which is open.
func (e *Event) MarshalJSON() ([]byte, error) {
	resource := json.RawMessage(bytes.TrimSpace(e.plaintext))
	if !json.Valid(resource) {
		resource = nil
	}
	return json.Marshal(struct {
		ID           string          `json:"id"`
		CreateTime   string          `json:"create_time"`
		EventType    string          `json:"event_type"`
		Summary      string          `json:"summary"`
		ResourceType string          `json:"resource_type"`
		OriginalType string          `json:"original_type"`
		Resource     json.RawMessage `json:"resource"`
	}{e.ID, e.CreateTime, e.EventType, e.Summary, e.ResourceType, e.OriginalType, resource})
}

// parseTime reads the forms that WeChat Pay's events are known to use: RFC 3339, with
// or without a fraction, and digits alone, in China's time.
func parseTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	return time.ParseInLocation("20060102150405", s, china)
}

var china = time.FixedZone("CST", 8*60*60)
