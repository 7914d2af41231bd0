package profile

import (
	"context"
	"errors"
	"slices"

	"github.com/zalando/go-keyring"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// service is how the keyring of the system calls the secrets of this program.
const service = "wechatpay"

// unlock adds the secrets that a profile has in the keyring of the system, but for those that
// are set already: a server has no keyring, and goes on with files or the environment.
func (p *Stored) unlock(ctx context.Context, s *Settings) error {
	for _, key := range p.Keyring {
		name := nameOf(key)
		if _, set := s.values[name]; set {
			continue
		}
		if _, set := s.values[twin(name)]; set {
			continue
		}
		secret, err := asked(ctx, func() (string, error) { return keyring.Get(service, account(s.Profile, key)) })
		if err != nil {
			return noKeyring(err, s.Profile, name)
		}
		s.values[name] = Value{secret, "keyring of the system, profile " + s.Profile}
	}
	return nil
}

// Keep puts a secret of a profile into the keyring of the system. The error says what else can
// be done.
func Keep(ctx context.Context, profile, key, secret string) error {
	_, err := asked(ctx, func() (string, error) { return "", keyring.Set(service, account(profile, key), secret) })
	if err != nil {
		return noKeyring(err, profile, nameOf(key))
	}
	return nil
}

// Forget removes the secrets of a profile from the keyring of the system.
func Forget(ctx context.Context, profile string, p *Stored) error {
	for _, key := range slices.Sorted(slices.Values(p.Keyring)) {
		_, err := asked(ctx, func() (string, error) { return "", keyring.Delete(service, account(profile, key)) })
		if err != nil && !errors.Is(err, keyring.ErrNotFound) {
			return noKeyring(err, profile, nameOf(key))
		}
	}
	return nil
}

func account(profile, key string) string { return profile + "/" + key }

func noKeyring(err error, profile, name string) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return failure.Usagef("profile %s: the keyring of the system does not give %s: %w; set %s_FILE to a file with it, or to - for stdin", profile, name, err, name)
}

// asked waits for the keyring, which may ask the person for a password, as long as ctx lives.
func asked(ctx context.Context, f func() (string, error)) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	type answer struct {
		text string
		err  error
	}
	answered := make(chan answer, 1)
	go func() {
		text, err := f()
		answered <- answer{text, err}
	}()
	select {
	case a := <-answered:
		return a.text, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
