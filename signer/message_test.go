package signer_test

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestRequestsMatchThePHPSDK(t *testing.T) {
	t.Parallel()
	v := vectors.Load(t)
	sign, err := signer.New(merchantKey(t))
	require.NoError(t, err)
	credential := signer.Credential{ID: v.MchID, Serial: v.Merchant.Serial, Signer: sign}

	for _, r := range v.Requests {
		t.Run(r.Method+" "+r.Target, func(t *testing.T) {
			t.Parallel()
			request := signer.Request{Method: r.Method, Target: r.Target, Timestamp: r.Timestamp, Nonce: r.Nonce, Body: []byte(r.Body)}
			assert.Equal(t, r.Message, string(signer.RequestMessage(request)))

			header, err := credential.Authorize(t.Context(), request)
			require.NoError(t, err)
			assert.Equal(t, r.Authorization, header)

			parsed, err := signer.ParseAuthorization(header)
			require.NoError(t, err)
			signature, err := base64.StdEncoding.DecodeString(r.Signature)
			require.NoError(t, err)
			assert.Equal(t, signer.Authorization{
				Scheme: signer.RSA.Name, IDParam: "mchid", ID: v.MchID, Serial: v.Merchant.Serial,
				Timestamp: r.Timestamp, Nonce: r.Nonce, Signature: signature,
			}, parsed)
		})
	}
}

func TestRepliesMatchThePHPSDK(t *testing.T) {
	t.Parallel()
	v := vectors.Load(t)
	cert, err := keys.LoadCertificate(keys.Text(v.Platform.Certificate))
	require.NoError(t, err)
	pub, err := keys.LoadPublicKey(keys.Text(v.Platform.SPKI))
	require.NoError(t, err)

	for _, tc := range []struct {
		name string
		keys keys.Set
	}{
		{"by certificate", keys.CertificateSet(cert)},
		{"by public key", keys.Set{v.Platform.Serial: pub}},
	} {
		verifier := signer.NewVerifier(tc.keys, nil)
		for i, r := range v.Responses {
			t.Run(tc.name+" "+strconv.Itoa(i), func(t *testing.T) {
				t.Parallel()
				err := signer.Check(t.Context(), verifier, header(r), []byte(r.Body), at(t, r.Timestamp))
				if r.Valid {
					require.NoError(t, err)
					return
				}
				require.ErrorIs(t, err, signer.ErrSignature)
				if len(r.Signature) > 19 && r.Signature[:19] == "WECHATPAY/SIGNTEST/" {
					require.ErrorIs(t, err, signer.ErrProbe)
				} else {
					require.NotErrorIs(t, err, signer.ErrProbe)
				}
			})
		}
	}
}

func header(r vectors.Response) http.Header {
	return http.Header{
		"Wechatpay-Serial": {r.Serial}, "Wechatpay-Timestamp": {r.Timestamp},
		"Wechatpay-Nonce": {r.Nonce}, "Wechatpay-Signature": {r.Signature},
	}
}

func at(t *testing.T, timestamp string) time.Time {
	t.Helper()
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	require.NoError(t, err)
	return time.Unix(seconds, 0)
}
