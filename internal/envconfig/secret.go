package envconfig

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/wechatpay-chain/wechatpay/cipher"
)

// maxSecret is the limit of a file with a secret, in bytes. A larger file is the wrong one.
const maxSecret = 4096

// secret returns a secret, of the environment or of a file.
func (l *loader) secret(name string) cipher.Secret {
	text, path := l.either(name)
	if path == "" {
		return cipher.NewSecret(text)
	}
	secret, err := readSecret(path)
	if err != nil {
		l.problem(name+"_FILE", err)
	}
	return secret
}

// readSecret reads a secret from a file. Its errors do not have the path: whoever took
// the one name for the other has put the secret there.
func readSecret(path string) (cipher.Secret, error) {
	f, err := os.Open(path) //nolint:gosec // the caller names the file
	if err != nil {
		return cipher.Secret{}, withoutPath(err)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if closing := f.Close(); err == nil {
		err = closing
	}
	// An editor ends a file with a line break that is not of the secret.
	data = bytes.TrimSuffix(bytes.TrimSuffix(data, []byte("\n")), []byte("\r"))
	switch {
	case err != nil:
		return cipher.Secret{}, withoutPath(err)
	case len(data) == 0:
		return cipher.Secret{}, errors.New("the file is empty; it must hold the secret and nothing else")
	case len(data) > maxSecret:
		return cipher.Secret{}, fmt.Errorf("the file has more than %d bytes; it must hold the secret and nothing else", maxSecret)
	}
	return cipher.NewSecret(string(data)), nil
}

func withoutPath(err error) error {
	var named *fs.PathError
	if errors.As(err, &named) {
		return fmt.Errorf("the file cannot be read: %w; the value must be the path of a file", named.Err)
	}
	return err
}
