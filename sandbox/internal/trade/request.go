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

// A mark is the same for the same endpoint and body. Its zero value is that of no request.
type mark [sha256.Size]byte

func markOf(endpoint string, body request) mark {
	return sha256.Sum256([]byte(endpoint + "\n" + string(body)))
}

// MarshalText returns hex digits, and nothing of none.
func (m mark) MarshalText() ([]byte, error) {
	if m == (mark{}) {
		return nil, nil
	}
	return hex.AppendEncode(nil, m[:]), nil
}

// UnmarshalText takes what MarshalText returns.
func (m *mark) UnmarshalText(text []byte) error {
	if *m = (mark{}); len(text) == 0 {
		return nil
	}
	if len(text) != hex.EncodedLen(len(m)) {
		return fmt.Errorf("%q is no mark", text)
	}
	_, err := hex.Decode(m[:], text)
	return err
}
