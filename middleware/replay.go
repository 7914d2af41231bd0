package middleware

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// ErrReplayed means that the signature of a reply was seen before; see
// [VerifyConfig].RefuseReplays.
var ErrReplayed = errors.New("reply seen before")

// maxReplays is the number of replies that are remembered for certain. Twice as many may be,
// which need about 20 MB.
const maxReplays = 1 << 18

// replays remembers the replies of the last ten minutes, in two generations: a reply is valid
// from five minutes before its timestamp to five minutes after it.
type replays struct {
	limit int // of a generation

	mu       sync.Mutex
	since    time.Time // when the current generation began
	current  map[replayKey]struct{}
	previous map[replayKey]struct{}
}

// A replayKey is a digest of timestamp and nonce. The signature covers both, and WeChat Pay
// uses a nonce once. The signature itself can be encoded in several ways.
type replayKey [16]byte

func newReplays(limit int) *replays {
	return &replays{limit: limit, current: map[replayKey]struct{}{}}
}

// check returns [ErrReplayed] if the verified reply with this header was seen before.
func (s *replays) check(header http.Header, now time.Time) error {
	digest := sha256.Sum256([]byte(one(header, signer.HeaderTimestamp) + "\n" + one(header, signer.HeaderNonce)))
	key := replayKey(digest[:16])
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.since) >= 2*signer.Tolerance || len(s.current) >= s.limit {
		s.previous, s.current, s.since = s.current, map[replayKey]struct{}{}, now
	}
	_, recent := s.current[key]
	_, earlier := s.previous[key]
	if recent || earlier {
		return ErrReplayed
	}
	s.current[key] = struct{}{}
	return nil
}

// one returns the value of a header, which [signer.Check] accepts only once.
func one(header http.Header, name string) string {
	return strings.Join(signer.HeaderValues(header, name), ",")
}
