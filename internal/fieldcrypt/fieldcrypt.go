// Package fieldcrypt decides which fields of a call are encrypted or decrypted, and
// encrypts them. Deciding does no I/O.
package fieldcrypt

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
)

// Auto selects the fields that are documented as encrypted. It is not a valid JSON path.
const Auto = "@auto"

// A Call describes a call.
type Call struct {
	Method string
	Route  string // the path as written, without host and query
	Prefix string // of the base URL
	Query  map[string]any
	InPath url.Values // the query in the path
	JSON   bool       // it has a JSON body
	Upload bool       // it has another body
	Clear  []string   // the fields that the caller wants to send as they are
}

// Fields are the fields to encrypt. Those that the caller names are of one place; those
// that are documented (Marked) are encrypted wherever they stand.
type Fields struct{ JSON, Query, Meta, Marked cipher.Fields }

// Encrypted returns the fields to encrypt, as listed in Options.Encrypt.
func (c Call) Encrypted(names []string) (f Fields, err error) {
	for _, name := range names {
		if err := c.add(&f, name); err != nil {
			return f, err
		}
	}
	for _, field := range slices.Concat(f.Query, f.Marked) {
		if name := strings.TrimSuffix(field, "?"); c.InPath.Has(name) {
			return f, fmt.Errorf("Options.Encrypt: %q is part of the path, where it stays in the clear; move it to Options.Query", name)
		}
	}
	return f, nil
}

func (c Call) add(f *Fields, field string) error {
	name := strings.TrimSuffix(field, "?")
	_, inQuery := c.Query[name]
	switch {
	case field == Auto:
		marked, err := c.marked("Encrypt")
		if err != nil {
			return err
		}
		f.Marked = c.notClear(marked.OfRequest())
	case slices.Contains(c.Clear, field) || slices.Contains(c.Clear, name):
		return fmt.Errorf("Options.Unencrypted: %q is in Options.Encrypt too; remove it from one of them", name)
	case (c.JSON || c.Upload) && inQuery:
		return fmt.Errorf("Options.Encrypt: %q is in Options.Query, but the call has a body, in which fields are encrypted; use Auto, or a separate call", name)
	case c.JSON:
		f.JSON = append(f.JSON, field)
	case c.Upload:
		f.Meta = append(f.Meta, field)
	default:
		f.Query = append(f.Query, field)
	}
	return nil
}

// Decrypted returns the fields of the reply to decrypt.
func (c Call) Decrypted(names []string) (cipher.Fields, error) {
	var fields cipher.Fields
	for _, name := range names {
		if name != Auto {
			fields = append(fields, name)
			continue
		}
		marked, err := c.marked("Decrypt")
		if err != nil {
			return nil, err
		}
		fields = append(fields, optional(marked.Reply)...)
	}
	if err := fields.Validate(); err != nil {
		return nil, fmt.Errorf("Options.Decrypt: %w", err)
	}
	return fields, nil
}

// marked returns the fields that are documented as encrypted for the endpoint.
func (c Call) marked(option string) (endpoint.Encrypted, error) {
	if traits := c.traits(); traits.HasEncrypted() {
		return traits.Encrypted, nil
	}
	return endpoint.Encrypted{}, fmt.Errorf("Options.%s: no encrypted fields are documented for %s %s; name the fields, or remove Auto", option, c.Method, c.Route)
}

// Marks returns the fields of the request that are documented as encrypted.
func (c Call) Marks() []string { return c.traits().Encrypted.OfRequest() }

func (c Call) traits() endpoint.Traits {
	route := c.Route
	for _, query := range []string{"{?", "{&"} { // variables that become a query
		route, _, _ = strings.Cut(route, query)
	}
	traits, _ := endpoint.LookupBelow(c.Method, route)
	if c.Prefix != "" && !traits.HasEncrypted() {
		traits, _ = endpoint.Lookup(c.Method, strings.Trim(c.Prefix, "/")+"/"+strings.TrimPrefix(route, "/"))
	}
	return traits
}

// notClear makes the paths optional, without those that are to be sent as they are.
func (c Call) notClear(paths []string) cipher.Fields {
	return slices.DeleteFunc(optional(paths), func(field string) bool { return c.clear(strings.TrimSuffix(field, "?")) })
}

// clear reports whether the caller wants to send a documented field as it is.
func (c Call) clear(path string) bool {
	return slices.ContainsFunc(c.Clear, func(name string) bool { return strings.TrimSuffix(name, "?") == path })
}

// optional makes each path optional.
func optional(paths []string) cipher.Fields {
	fields := make(cipher.Fields, len(paths))
	for i, path := range paths {
		fields[i] = path + "?"
	}
	return fields
}
