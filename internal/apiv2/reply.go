package apiv2

import (
	"fmt"

	"github.com/wechatpay-chain/wechatpay/internal/flatxml"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A Message is a request, a reply or a notification of APIv2.
type Message struct{ elements []flatxml.Element }

// Parse reads a message. It refuses two elements of one name, of which readers would take
// different ones, unless they hold elements.
func Parse(data []byte) (Message, error) {
	elements, err := flatxml.Parse(data)
	if err != nil {
		return Message{}, err
	}
	if name := twice(elements); name != "" {
		return Message{}, fmt.Errorf("element %.40q stands there twice", name)
	}
	return Message{elements}, nil
}

// twice returns a name that two elements have, of which one holds text.
func twice(elements []flatxml.Element) string {
	const few = 64 // of which comparing each with each is faster than a map
	seen := map[string]bool{}
	for i, e := range elements {
		before := seen[e.Name]
		if len(elements) <= few {
			before = named(elements[:i], e.Name)
		} else {
			seen[e.Name] = true
		}
		if before && len(e.Children) == 0 {
			return e.Name
		}
	}
	return ""
}

// Get returns the text of an element, or "".
func (m Message) Get(name string) string {
	for i := range m.elements {
		if m.elements[i].Name == name {
			return flatxml.Clean(m.elements[i].Text)
		}
	}
	return ""
}

// Params returns the texts of the elements. It refuses elements inside of elements, which no
// signature covers.
func (m Message) Params() ([]signer.Param, error) {
	params := make([]signer.Param, len(m.elements), len(m.elements)+4)
	for i, e := range m.elements {
		if len(e.Children) > 0 {
			return nil, fmt.Errorf("element %.40q holds elements, which no signature covers", e.Name)
		}
		params[i] = signer.Param{Name: e.Name, Value: e.Text}
	}
	return params, nil
}

// Verify verifies the sign over all elements: as they are written or, since other readers
// drop control characters before they sign, as they are read. The error wraps
// [signer.ErrSignature].
func (m Message) Verify(key string) error {
	params, err := m.Params()
	if err != nil {
		return fmt.Errorf("%w: %w", signer.ErrSignature, err)
	}
	sign := Get(params, "sign")
	err = signer.VerifyDigest(params, sign, key)
	if err == nil || sign == "" {
		return err
	}
	clean := true
	for i, p := range params {
		if !flatxml.IsClean(p.Value) {
			params[i].Value, clean = flatxml.Clean(p.Value), false
		}
	}
	if clean {
		return err
	}
	return signer.VerifyDigest(params, sign, key)
}
