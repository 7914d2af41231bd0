package keys

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/wechatpay-chain/wechatpay/internal/errtext"
	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// Check reports whether WeChat Pay could name a key so, and sign with it. A key under an
// id that it never names would fail every reply, after the money has moved. A certificate
// is named by its own serial number.
func Check(id string, key crypto.PublicKey) error {
	if err := signer.CheckKeyID(id); err != nil {
		return err
	}
	if err := signer.CheckPublicKey(key); err != nil {
		return fmt.Errorf("must be a *rsa.PublicKey or *x509.Certificate: %w", err)
	}
	if cert, ok := key.(*x509.Certificate); ok && cert.SerialNumber != nil && !signer.SameID(id, signer.Serial(cert)) {
		return fmt.Errorf("is a certificate with the serial number %s; make the Set with CertificateSet", signer.Serial(cert))
	}
	return nil
}

// CheckValidity returns an error if all keys are certificates that have ended or have not
// begun at the time now. It is about the newest one, and wraps [signer.ErrExpired] if that
// one has ended.
func CheckValidity(all iter.Seq2[string, crypto.PublicKey], now time.Time) error {
	if all == nil {
		return nil
	}
	var newest *x509.Certificate
	for _, key := range all {
		cert, ok := key.(*x509.Certificate)
		if !ok || cert == nil || isValid(cert, now) {
			return nil
		}
		if newest == nil || newer(cert, newest) {
			newest = cert
		}
	}
	if newest == nil {
		return nil
	}
	problem, ended := validity(newest, now)
	if ended {
		return fmt.Errorf("%w or not yet valid, all of them: %s; get the current keys, or check the clock", signer.ErrExpired, problem)
	}
	return fmt.Errorf("no certificate is valid yet: %s; check the clock", problem)
}

// validity returns what is wrong with the period of a certificate at the time now, or "".
func validity(cert *x509.Certificate, now time.Time) (problem string, ended bool) {
	switch {
	case now.After(cert.NotAfter):
		return fmt.Sprintf("certificate %s ended on %s", signer.Serial(cert), cert.NotAfter.Format(time.DateOnly)), true
	case now.Before(cert.NotBefore):
		return fmt.Sprintf("certificate %s begins on %s", signer.Serial(cert), cert.NotBefore.Format(time.DateOnly)), false
	}
	return "", false
}

func isValid(cert *x509.Certificate, now time.Time) bool {
	problem, _ := validity(cert, now)
	return problem == ""
}

// CheckSource returns nil if keys can be looked up in source: it is not nil, a [Keyring] is
// made by NewKeyring and not closed while empty, each key passes [Check], and a [Set] is not
// empty and passes [CheckValidity]. It does not download. Constructors call it, since a key
// that does not work would be noticed only after a request has taken effect.
func CheckSource(source signer.KeySource, now time.Time) error {
	fixed, isSet := source.(Set)
	ring, isRing := source.(*Keyring)
	switch {
	case isSet && len(fixed) == 0:
		return errors.New("is empty; without WeChat Pay's keys nothing can be verified")
	case isRing && ring.snapshot() == nil:
		return errZero
	case isRing && ring.Empty() && ring.life.Err() != nil:
		return fmt.Errorf("%w, and without a key", ErrClosed)
	case nilcheck.IsNil(source):
		return fmt.Errorf("is a nil %T", source)
	}
	lister, ok := source.(Lister)
	if !ok {
		return nil
	}
	held := Set{}
	if all := lister.All(); all != nil {
		maps.Insert(held, all)
	}
	var problems []error
	for _, id := range slices.Sorted(maps.Keys(held)) {
		if err := Check(id, held[id]); err != nil {
			problems = append(problems, fmt.Errorf("key %s %w", errtext.QuotedID(id), err))
		}
	}
	if isSet && problems == nil {
		return CheckValidity(fixed.All(), now)
	}
	return errors.Join(problems...)
}
