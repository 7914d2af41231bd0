package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sample"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/v2pay"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A Notification is an event that WeChat Pay sends as a webhook. The zero value of a
// field means its default.
type Notification struct {
	ID           string // default: random
	CreateTime   string // default: now, by RFC 3339
	EventType    string // such as "TRANSACTION.SUCCESS"
	Summary      string
	ResourceType string // default "encrypt-resource"
	OriginalType string // such as "transaction"
	// AssociatedData is encrypted along with the resource; default: the OriginalType.
	// "-" leaves it out, as some of WeChat Pay's own notifications do.
	AssociatedData string
	// ToBrand signs and encrypts it for the brand, not for the merchant.
	ToBrand bool
	// Resource is what gets encrypted: anything that marshals to JSON, or a
	// json.RawMessage or []byte, JSON or not.
	Resource any

	v2 *v2pay.Notice // in XML, in place of all above
}

// envelope encrypts the resource and writes the JSON of the webhook.
func (n Notification) envelope(apiV3Key cipher.Secret, now time.Time) ([]byte, error) {
	var plaintext []byte
	switch resource := n.Resource.(type) {
	case []byte:
		plaintext = resource
	case json.RawMessage:
		plaintext = resource
	default:
		var err error
		if plaintext, err = json.Marshal(resource); err != nil {
			return nil, fmt.Errorf("sandbox: Notification.Resource: %w", err)
		}
	}
	nonce := signer.Nonce()[:12]
	resource := webhookResource{OriginalType: n.OriginalType, Algorithm: cipher.GCMName, Nonce: nonce}
	associated := cmp.Or(n.AssociatedData, n.OriginalType)
	if n.AssociatedData == "-" {
		associated = ""
	} else {
		resource.AssociatedData = &associated
	}
	encrypted, err := cipher.EncryptResource(apiV3Key, cipher.Resource{Nonce: nonce, AssociatedData: associated}, plaintext)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	resource.Ciphertext = encrypted.Ciphertext
	return JSON(0, webhookBody{
		ID:           cmp.Or(n.ID, signer.Nonce()),
		CreateTime:   cmp.Or(n.CreateTime, now.Format(time.RFC3339)),
		ResourceType: cmp.Or(n.ResourceType, "encrypt-resource"),
		EventType:    n.EventType,
		Summary:      n.Summary,
		Resource:     resource,
	}).Body, nil
}

// A webhookBody has the keys in WeChat Pay's order, which a server that marshals a map
// again does not keep.
type webhookBody struct {
	ID           string          `json:"id"`
	CreateTime   string          `json:"create_time"`
	ResourceType string          `json:"resource_type"`
	EventType    string          `json:"event_type"`
	Summary      string          `json:"summary"`
	Resource     webhookResource `json:"resource"`
}

type webhookResource struct {
	OriginalType   string  `json:"original_type"`
	Algorithm      string  `json:"algorithm"`
	Ciphertext     string  `json:"ciphertext"`
	AssociatedData *string `json:"associated_data,omitempty"`
	Nonce          string  `json:"nonce"`
}

// SampleNotification returns a notification of a documented type, see [catalogue.Events], with a
// resource made from what is documented of it. values, such as the out_trade_no of an order that
// the test knows, are repeated under their names; other names are ignored. It tells of nothing that
// the gateway has played.
func (g *Gateway) SampleNotification(eventType string, values map[string]any) (Notification, error) {
	if err := g.checkMade(); err != nil {
		return Notification{}, err
	}
	data, err := json.Marshal(values)
	if err != nil {
		return Notification{}, fmt.Errorf("sandbox: SampleNotification: values: %w", err)
	}
	known := play.Object{}
	if values != nil {
		if known, err = play.ParseObject(data); err != nil {
			return Notification{}, fmt.Errorf("sandbox: SampleNotification: values: %w", err)
		}
	}
	for _, e := range catalogue.Events() {
		if e.Type != eventType {
			continue
		}
		n := Notification{
			EventType: e.Type, Summary: e.Title,
			Resource: sample.Event(e, sample.Given{Caller: g.merchant.id, Known: known, Now: g.now()}),
		}
		if len(e.OriginalTypes) > 0 {
			n.OriginalType = e.OriginalTypes[len(e.OriginalTypes)-1]
		}
		return n, nil
	}
	return Notification{}, fmt.Errorf("sandbox: the event type %q is not documented; give its resource yourself", eventType)
}

// PaidNotification returns the notification of a paid order; see [Gateway.Pay].
func (g *Gateway) PaidNotification(outTradeNo string) (Notification, error) {
	if err := g.checkMade(); err != nil {
		return Notification{}, err
	}
	paid, err := g.parts.trade.PaidEvent(g.merchant.id, outTradeNo)
	if err != nil {
		return Notification{}, fmt.Errorf("sandbox: order %q does not exist or is not paid; call Pay first", outTradeNo)
	}
	return g.notification(paid, false), nil
}

// notification is an event as it is sent: what was made by APIv2 is told of in XML.
func (g *Gateway) notification(e play.Event, toBrand bool) Notification {
	n := Notification{EventType: e.Type, OriginalType: e.OriginalType, Summary: e.Summary, Resource: e.Resource, ToBrand: toBrand}
	if !toBrand {
		n.v2 = g.parts.v2.Notice(g.merchant.id, e)
	}
	return n
}
