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

// parseList decrypts the reply of /v3/certificates. Certificates of other kinds of
// keys than RSA are left out: nothing here could verify by them.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012551764
func parseList(data []byte, apiV3Key string) (Set, error) {
	var reply struct {
		Data []struct {
			Serial string `json:"serial_no"`
			Sealed struct {
				Algorithm      string `json:"algorithm"`
				Nonce          string `json:"nonce"`
				AssociatedData string `json:"associated_data"`
				Ciphertext     string `json:"ciphertext"`
			} `json:"encrypt_certificate"`
		} `json:"data"`
	}
	if err := json.Unmarshal(data, &reply); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoList, err)
	}
	list := Set{}
	for _, item := range reply.Data {
		if item.Sealed.Algorithm != cipher.GCMName {
			continue // SM4, with an SM2 certificate in it
		}
		text, err := cipher.DecryptResource(apiV3Key, cipher.Resource{Nonce: item.Sealed.Nonce, AssociatedData: item.Sealed.AssociatedData, Ciphertext: item.Sealed.Ciphertext})
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
			return nil, fmt.Errorf("certificate %.64q has another serial, %s", item.Serial, signer.Serial(cert))
		}
		list[signer.Serial(cert)] = cert
	}
	if len(list) == 0 {
		return nil, errNoList
	}
	return list, nil
}

// certificate reads one, expired or not: whether it has ended is judged when it is
// used, by the clock of its user.
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

// either looks into the first set, then into the second.
type either [2]Set

func (e either) Key(ctx context.Context, id string) (crypto.PublicKey, error) {
	if key, err := e[0].Key(ctx, id); err == nil {
		return key, nil
	}
	return e[1].Key(ctx, id)
}

const (
	// renewBefore is how long before the end of the newest certificate its successor
	// is looked for: WeChat Pay issues it as early as 180 days before.
	renewBefore = 180 * 24 * time.Hour
	// renewEvery is how often it is looked for then: the documentation asks for less
	// than 12 hours.
	renewEvery = 11 * time.Hour
)

// renewal is when a lookup begins a download by itself: once the newest certificate
// nears its end, and from then on every so often until there is a newer one. Without
// certificates there is nothing to renew.
func renewal(keys Set, downloaded time.Time) time.Time {
	var end time.Time
	for _, key := range keys {
		if cert, ok := key.(*x509.Certificate); ok && cert.NotAfter.After(end) {
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
