package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
)

// An Event is a webhook that was verified and decrypted. It must not be changed. Its
// methods are safe for concurrent use.
//
// A notification of APIv2 has another form. Its EventType begins with V2. Its resource is a
// flat JSON object of strings, {"return_code":"SUCCESS",…}, with the decrypted elements in
// place of the ciphertext; numbered elements stand under their own names, such as coupon_id_0,
// and also in lists under the documented one, coupon_id_$n. Its ID is that of what it is about:
// the transaction_id, refund_id, contract_id or event_id, or else the number of the merchant.
type Event struct {
	Version      int // of the API: 3 or 2
	ID           string
	CreateTime   string    // as it was sent
	Created      time.Time // CreateTime parsed; zero if its format is not known
	EventType    string    // such as TRANSACTION.SUCCESS: a constant of this package, or a newer type
	Summary      string
	ResourceType string // "encrypt-resource", as a rule
	OriginalType string // such as "transaction"

	plaintext func() []byte // holds personal data, and no printer calls a func
}

// Bytes is the decrypted resource, as WeChat Pay wrote it. It must not be changed.
func (e *Event) Bytes() []byte {
	if e == nil || e.plaintext == nil {
		return nil
	}
	return e.plaintext()
}

// Get reads a value of the resource by its path, such as "amount.total". It returns a
// zero Result if the resource does not have the path.
//
// https://github.com/tidwall/gjson/blob/master/SYNTAX.md
func (e *Event) Get(path string) gjson.Result { return gjson.GetBytes(e.Bytes(), path) }

// Decode fills what v points to with the resource. A value of another type than its
// field is converted where no information is lost: "600" and 600.0 for an integer, []
// and "" for an absent object or list. Other values keep their fields empty and are
// listed in a [*DecodeError], with all other fields filled. Fields that v does not have
// are ignored; [Event.Get] and [Event.Bytes] still hold them.
func (e *Event) Decode(v any) error {
	if e == nil {
		return errors.New("notify: decoding the resource: the Event is nil")
	}
	if err := jsonx.Decode(e.Bytes(), v); err != nil {
		return fmt.Errorf("notify: decoding the resource of event %.64q (%.64q): %w", e.ID, e.EventType, err)
	}
	return nil
}

// Decode is [Event.Decode] into a new T, such as [Transaction].
func Decode[T any](e *Event) (T, error) {
	var v T
	err := e.Decode(&v)
	return v, err
}

// String names the event. It does not include the resource.
func (e *Event) String() string {
	if e == nil {
		return "<nil>"
	}
	return fmt.Sprintf("%s %s (%s)", e.EventType, e.ID, e.OriginalType)
}

// LogValue returns what String returns, so that [log/slog] does not write the resource.
func (e *Event) LogValue() slog.Value { return slog.StringValue(e.String()) }

// MarshalJSON returns the webhook as it was sent, with its resource decrypted; a notification
// of APIv2 too has the form of v3.
func (e *Event) MarshalJSON() ([]byte, error) {
	if e == nil {
		return []byte("null"), nil
	}
	resource := json.RawMessage(bytes.TrimSpace(e.Bytes()))
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

// parseTime reads the formats that WeChat Pay is known to use: RFC 3339, with or without
// a fraction, and those without a zone, in China's.
func parseTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	if t, err := time.ParseInLocation(time.DateTime, s, china); err == nil {
		return t, nil // of APIv2
	}
	return time.ParseInLocation("20060102150405", s, china)
}

var china = time.FixedZone("CST", 8*60*60)
