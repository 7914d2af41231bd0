package signer_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestRSADigestsWhatOthersGetAsAMessage: the Signer of New and a Verifier of NewVerifier never see
// the message, and must digest just what RequestMessage and ReplyMessage return; at once, too.
func TestRSADigestsWhatOthersGetAsAMessage(t *testing.T) {
	t.Parallel()
	key := merchantKey(t)
	own, err := signer.New(key)
	require.NoError(t, err)
	foreign := signer.Func(own.Sign)
	verifier := signer.NewVerifier(keys.Set{"1": key.Public()}, nil)
	now := time.Unix(1_700_000_000, 0)
	for i, body := range []string{"", "{}", `{"a":"中"}`, strings.Repeat("x", 10_000), "\n", "a\nb\n"} {
		for _, s := range []signer.Signer{own, signer.SignAs(signer.Brand, own)} {
			t.Run(fmt.Sprintf("%T of %d bytes", s, len(body)), func(t *testing.T) {
				t.Parallel()
				r := signer.Request{Method: "POST", Target: "/v3/x?a=" + strings.Repeat("y", i*2000), Timestamp: "1700000000", Nonce: strconv.Itoa(i), Body: []byte(body)}
				want, err := signer.Credential{ID: "1", Serial: "01", Signer: signer.SignAs(signer.SchemeOf(s), foreign)}.Authorize(t.Context(), r)
				require.NoError(t, err)
				got, err := signer.Credential{ID: "1", Serial: "01", Signer: s}.Authorize(t.Context(), r)
				require.NoError(t, err)
				assert.Equal(t, want, got)

				signature, err := foreign(t.Context(), signer.ReplyMessage(r.Timestamp, r.Nonce, r.Body))
				require.NoError(t, err)
				header := http.Header{
					signer.HeaderSerial: {"1"}, signer.HeaderTimestamp: {r.Timestamp}, signer.HeaderNonce: {r.Nonce},
					signer.HeaderSignature: {base64.StdEncoding.EncodeToString(signature)},
				}
				for _, v := range []signer.Verifier{verifier, signer.VerifyAs(signer.RSA, verifier)} {
					require.NoError(t, signer.Check(t.Context(), v, header, r.Body, now))
					require.ErrorIs(t, signer.Check(t.Context(), v, header, append(r.Body, '\n'), now), signer.ErrSignature)
				}
			})
		}
	}
}

// TestAForeignSignerMayKeepItsMessage: it should not, but nothing else is written into it.
func TestAForeignSignerMayKeepItsMessage(t *testing.T) {
	t.Parallel()
	var kept [][]byte
	keeps := signer.Func(func(_ context.Context, message []byte) ([]byte, error) {
		kept = append(kept, message)
		return []byte("x"), nil
	})
	credential := signer.Credential{ID: "1", Serial: "01", Signer: keeps}
	for _, nonce := range []string{"first", "second"} {
		_, err := credential.Authorize(t.Context(), signer.Request{Method: "GET", Target: "/", Timestamp: "1", Nonce: nonce})
		require.NoError(t, err)
	}
	assert.Equal(t, "GET\n/\n1\nfirst\n\n", string(kept[0]))
	assert.Equal(t, "GET\n/\n1\nsecond\n\n", string(kept[1]))
}
