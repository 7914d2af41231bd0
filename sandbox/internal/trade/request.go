package trade

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A request is the body of one, or a part of it, as canonical JSON. That takes a fifth of what
// a map does, and most are not looked at again.
type request string

// pack returns "" for nil.
func pack(o play.Object) request {
	if o == nil {
		return ""
	}
	return request(o.Canonical())
}

// object returns a new object, which is nil of "".
func (r request) object() play.Object {
	if r == "" {
		return nil
	}
	o, err := play.ParseObject([]byte(r))
	if err != nil {
		panic("sandbox: " + err.Error()) // pack and UnmarshalJSON make nothing else
	}
	return o
}

// MarshalJSON returns the body itself, and null of "".
func (r request) MarshalJSON() ([]byte, error) {
	if r == "" {
		return []byte("null"), nil
	}
	return []byte(r), nil
}

// UnmarshalJSON takes what MarshalJSON returns.
func (r *request) UnmarshalJSON(data []byte) error {
	if *r = ""; string(data) == "null" {
		return nil
	}
	o, err := play.ParseObject(data)
	if err == nil {
		*r = pack(o)
	}
	return err
}

// A mark is the same for the same endpoint and body; its zero value is that of none.
type mark [sha256.Size]byte

func markOf(endpoint string, body request) mark {
	return sha256.Sum256([]byte(endpoint + "\n" + string(body)))
}

// MarshalText returns hex digits, and nothing of none.
func (p mark) MarshalText() ([]byte, error) {
	if p == (mark{}) {
		return nil, nil
	}
	return hex.AppendEncode(nil, p[:]), nil
}

// UnmarshalText takes what MarshalText returns.
func (p *mark) UnmarshalText(text []byte) error {
	if *p = (mark{}); len(text) == 0 {
		return nil
	}
	if len(text) != hex.EncodedLen(len(p)) {
		return fmt.Errorf("%q is no mark", text)
	}
	_, err := hex.Decode(p[:], text)
	return err
}
