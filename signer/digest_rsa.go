package signer

import (
	"crypto/sha256"
	"hash"
	"sync"
)

// A hasher digests a message without putting it together: a reply may be as long as its limit, and
// this package's own RSA needs no more than the digest. A Signer or a Verifier of somebody else
// gets the message, which it may wrongly keep, and so a new one each time.
type hasher struct {
	hash hash.Hash
	head []byte // all lines before the body
}

var hashers = sync.Pool{New: func() any { return &hasher{hash: sha256.New()} }}

func newHasher() *hasher {
	return hashers.Get().(*hasher) //nolint:forcetypeassert // it holds nothing else
}

func requestDigest(r Request) [sha256.Size]byte {
	h := newHasher()
	h.head = appendRequest(h.head[:0], r)
	return h.sum(r.Body)
}

func replyDigest(timestamp, nonce string, body []byte) [sha256.Size]byte {
	h := newHasher()
	h.head = appendReply(h.head[:0], timestamp, nonce)
	return h.sum(body)
}

// sum returns the digest of the head and a body, and gives h back.
func (h *hasher) sum(body []byte) (digest [sha256.Size]byte) {
	h.hash.Reset()
	_, _ = h.hash.Write(h.head) // a hash returns no error
	_, _ = h.hash.Write(body)
	h.head = append(h.head[:0], '\n')
	_, _ = h.hash.Write(h.head)
	h.head = h.hash.Sum(h.head[:0])
	copy(digest[:], h.head)
	const most = 4 << 10 // a longer target would keep its memory
	if cap(h.head) <= most {
		hashers.Put(h)
	}
	return digest
}
