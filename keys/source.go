package keys

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cipher"
)

// maxSource bounds the size of a source in bytes: keys and certificates have a few
// kilobytes, so a larger file is the wrong one.
const maxSource = 1 << 20

// A Source is where a key or certificate is read from: [File], [FS], [Bytes] or [Text].
// It contains PEM (several blocks, with text around them), DER, base64 of DER, or a
// PKCS#12 bundle such as apiclient_cert.p12. A Source is an immutable value; loading from
// it is safe for concurrent use. It prints as its name; neither content nor pass phrase
// can be printed.
type Source struct {
	name     string
	open     func() (io.ReadCloser, error)
	password cipher.Secret
}

// File is the named file. It is opened each time that something is loaded.
func File(path string) Source {
	return Source{name: path, open: func() (io.ReadCloser, error) { return os.Open(path) }} //nolint:gosec // the caller names the file
}

// FS is the named file of a file system, such as an [embed.FS].
func FS(fsys fs.FS, path string) Source {
	return Source{name: path, open: func() (io.ReadCloser, error) { return fsys.Open(path) }}
}

// Bytes is data in memory, which must not be changed while in use.
func Bytes(data []byte) Source {
	return Source{name: "key data", open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
}

// Text is text in memory, such as the value of an environment variable. If text has no
// line break, each \n (backslash and n) in it is read as one.
func Text(text string) Source {
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, `\n`, "\n")
	}
	return Bytes([]byte(text))
}

// WithPassword returns s with the pass phrase of an encrypted PKCS#8 key or a PKCS#12
// bundle. The pass phrase of apiclient_cert.p12 is the mchid.
func (s Source) WithPassword(password cipher.Secret) Source {
	s.password = password
	return s
}

// String returns the name of the source: its path, or "key data".
func (s Source) String() string { return s.name }

// ders reads the source and decodes its outer encoding: PEM, base64 or none.
func (s Source) ders() ([][]byte, error) {
	if s.open == nil {
		return nil, errors.New("keys: the Source is a zero value; use File, FS, Bytes or Text")
	}
	data, err := s.read()
	if err != nil {
		return nil, fmt.Errorf("keys: reading %s: %w", s.name, err)
	}
	var ders [][]byte
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Headers["Proc-Type"] != "" {
			return nil, s.errorf(ErrNoKey, "its encryption with PEM headers is not supported; convert it with: openssl pkcs8 -topk8 -in %s", s.name)
		}
		ders = append(ders, block.Bytes)
	}
	if ders != nil {
		return ders, nil
	}
	compact := bytes.Join(bytes.Fields(data), nil)
	if der, err := base64.StdEncoding.AppendDecode(nil, compact); err == nil && len(der) > 0 {
		return [][]byte{der}, nil
	}
	return [][]byte{data}, nil
}

func (s Source) read() ([]byte, error) {
	r, err := s.open()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, maxSource+1))
	if closing := r.Close(); err == nil {
		err = closing
	}
	if err == nil && len(data) > maxSource {
		err = fmt.Errorf("%w: it has more than %d bytes; check the file", ErrNoKey, maxSource)
	}
	return data, err
}

// errorf returns an error of a kind that names the source, the problem and the fix.
func (s Source) errorf(kind error, text string, args ...any) error {
	return fmt.Errorf("keys: %s: %w: %s", s.name, kind, fmt.Sprintf(text, args...))
}
