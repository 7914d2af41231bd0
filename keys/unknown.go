package keys

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// unknown returns the error for an id that is not held. It states what kind of key the id
// names, how to load it, and which ids are held. The id may be a forgery of any length.
func unknown(id string, held Set) error {
	next := "which is not an id of WeChat Pay's keys: the message may be forged"
	switch {
	case strings.HasPrefix(id, signer.PublicKeyIDPrefix):
		next = "a public key of WeChat Pay: load pub_key.pem, from the merchant console, under this id"
	case signer.CheckSerial(id) == nil:
		next = "a platform certificate: load it under this serial number, or let a Keyring download it with the APIv3 key"
	}
	return fmt.Errorf("%w %.80q, %s (%s)", signer.ErrUnknownKey, id, next, idsOf(held))
}

// idsOf lists the ids of a Set.
func idsOf(held Set) string {
	const most = 4
	ids := slices.Sorted(maps.Keys(held))
	if len(ids) == 0 {
		return "no key is held"
	}
	var b strings.Builder
	b.WriteString("held:")
	for i, id := range ids {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(ids)-most)
			break
		}
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, " %.80s", id)
	}
	return b.String()
}
