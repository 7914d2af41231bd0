package wire

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // a digest of APIv2
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"net/url"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// explain says what the client signed instead, if it is one of the usual mistakes.
func (r *Request) explain(sign, key, other string) string {
	const most = 64 << 10 // anybody may send a body: a longer one is not tried in a dozen ways
	size := 0
	for _, p := range r.Params {
		size += len(p.Name) + len(p.Value)
	}
	switch {
	case sign == "":
		return "it has no sign"
	case size > most:
		return "the request is too long to tell what the client signed instead"
	case r.signedWith(strings.ToUpper(sign), key):
		return "the client wrote the sign in lower case"
	}
	for _, m := range r.mistakes(key, other) {
		if equal(m.sign, strings.ToUpper(sign)) {
			return "the client signed " + m.what
		}
	}
	return "no usual mistake gives this sign: it is by another key, or over other values"
}

// A mistake is a sign that clients make by mistake.
type mistake struct{ what, sign string }

func (r *Request) mistakes(key, other string) []mistake {
	otherDigest := signer.HMACSHA256
	if r.Digest == signer.HMACSHA256 {
		otherDigest = signer.MD5
	}
	list := append(make([]mistake, 0, 10), []mistake{
		{"with " + string(otherDigest) + ", and sign_type says " + string(r.Digest) + ", which is MD5 where it is left out", otherDigest.Sign(r.Params, key)},
		{"with the APIv3 key, not the APIv2 key", r.Digest.Sign(r.Params, other)},
		{"without sign_type, which is signed too", r.Digest.Sign(without(r.Params, "sign_type"), key)},
		{"without nonce_str, which is signed too", r.Digest.Sign(without(r.Params, "nonce_str"), key)},
	}...)
	message := signer.DigestMessage(r.Params)
	sorted := slices.Clone(r.Params)
	slices.SortStableFunc(sorted, func(a, b signer.Param) int { return strings.Compare(a.Name, b.Name) })
	folded := slices.Clone(r.Params)
	slices.SortStableFunc(folded, func(a, b signer.Param) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	for _, guess := range []mistake{
		{"without &key= and the key at the end", message},
		{"with the key at the end, but without &key=", message + key},
		{"the values in the order of the request, not sorted by name", joined(r.Params, false) + "&key=" + key},
		{"names sorted without regard to case, not by their bytes", joined(folded, false) + "&key=" + key},
		{"empty values too", joined(sorted, true) + "&key=" + key},
		{"the values as they are escaped in a URL", escaped(message) + "&key=" + key},
	} {
		list = append(list, mistake{guess.what, sum(r.Digest, guess.sign, key)})
	}
	return list
}

func without(params []signer.Param, name string) []signer.Param {
	return slices.DeleteFunc(slices.Clone(params), func(p signer.Param) bool { return p.Name == name })
}

// joined writes params in their order.
func joined(params []signer.Param, empty bool) string {
	var pairs []string
	for _, p := range params {
		if p.Name != "sign" && (empty || p.Value != "") {
			pairs = append(pairs, p.Name+"="+p.Value)
		}
	}
	return strings.Join(pairs, "&")
}

func escaped(message string) string {
	pairs := strings.Split(message, "&")
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		pairs[i] = name + "=" + url.QueryEscape(value)
	}
	return strings.Join(pairs, "&")
}

// sum is the digest of a message that is not made as documented.
func sum(d signer.Digest, message, key string) string {
	var h hash.Hash
	if h = md5.New(); d == signer.HMACSHA256 { //nolint:gosec // see above
		h = hmac.New(sha256.New, []byte(key))
	}
	_, _ = h.Write([]byte(message)) // never fails
	return strings.ToUpper(hex.EncodeToString(h.Sum(nil)))
}
