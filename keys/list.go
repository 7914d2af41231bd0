package keys

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A listReply is the reply of /v3/certificates.
type listReply struct {
	Data []listItem `json:"data"`
}

type listItem struct {
	Serial    string `json:"serial_no"`
	Encrypted struct {
		Algorithm      string `json:"algorithm"`
		Nonce          string `json:"nonce"`
		AssociatedData string `json:"associated_data"`
		Ciphertext     string `json:"ciphertext"`
	} `json:"encrypt_certificate"`
}

// parseList decrypts the reply of /v3/certificates. It omits certificates whose key is
// not RSA, which [signer.NewVerifier] cannot use.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012551764
func parseList(data []byte, apiV3Key cipher.Secret) (Set, error) {
	var reply listReply
	if err := json.Unmarshal(data, &reply); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoList, err)
	}
	list := Set{}
	for _, item := range reply.Data {
		if item.Encrypted.Algorithm != cipher.GCMName {
			continue // SM4, with an SM2 certificate in it
		}
		text, err := cipher.DecryptResource(apiV3Key, cipher.Resource{
			Nonce: item.Encrypted.Nonce, AssociatedData: item.Encrypted.AssociatedData, Ciphertext: item.Encrypted.Ciphertext,
		})
		if errors.Is(err, cipher.ErrDecrypt) {
			return nil, fmt.Errorf("certificate %.64q: probably the APIv3 key is not the one in the merchant console; copy it from there, or set a new one: %w", item.Serial, err)
		}
		if err != nil {
			return nil, fmt.Errorf("certificate %.64q: %w", item.Serial, err)
		}
		cert, err := certificate(Bytes(text))
		switch {
		case errors.Is(err, signer.ErrNotRSA):
			continue
		case err != nil:
			return nil, fmt.Errorf("certificate %.64q: %w", item.Serial, err)
		case !signer.SameID(item.Serial, signer.Serial(cert)):
			return nil, fmt.Errorf("certificate %.64q: its serial is %s", item.Serial, signer.Serial(cert))
		}
		list[signer.Serial(cert)] = cert
	}
	if len(list) == 0 {
		return nil, errNoList
	}
	return list, nil
}

// certificate loads a certificate, expired or not: the [signer.Verifier] checks its end
// with the clock of its user.
func certificate(s Source) (*x509.Certificate, error) {
	cert, err := LoadCertificate(s)
	if errors.Is(err, signer.ErrExpired) {
		err = nil
	}
	return cert, err
}

func newStatusError(resp *http.Response, data []byte) *StatusError {
	e := &StatusError{StatusCode: resp.StatusCode, RequestID: resp.Header.Get("Request-Id")}
	var body struct {
		Code any `json:"code"`
	}
	if json.Unmarshal(data, &body) == nil {
		e.Code, _ = body.Code.(string)
	}
	return e
}

// either searches the first set, then the second.
type either [2]Set

func (e either) Key(ctx context.Context, id string) (crypto.PublicKey, error) {
	if key, err := e[0].Key(ctx, id); err == nil {
		return key, nil
	}
	return e[1].Key(ctx, id)
}

const (
	// renewBefore is how long before the end of the newest certificate a lookup renews:
	// WeChat Pay issues the successor up to 180 days before.
	renewBefore = 180 * 24 * time.Hour
	// renewEvery is the interval from then on: the documentation requires less than 12
	// hours.
	renewEvery = 11 * time.Hour
)

// renewal returns when a lookup starts a download in the background: renewBefore the end
// of the newest certificate, then every renewEvery until a newer one is held. It is zero
// without certificates.
func renewal(keys Set, downloaded time.Time) time.Time {
	var end time.Time
	for _, key := range keys {
		if cert, ok := key.(*x509.Certificate); ok && cert != nil && cert.NotAfter.After(end) {
			end = cert.NotAfter
		}
	}
	if end.IsZero() {
		return end
	}
	due := end.Add(-renewBefore)
	if again := downloaded.Add(renewEvery); !downloaded.IsZero() && due.Before(again) {
		due = again
	}
	return due
}
