package keys

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"sync"

	"github.com/wechatpay-chain/wechatpay/cipher"
)

// maxSource bounds the size of a source in bytes: keys and certificates have a few
// kilobytes, so a larger file is the wrong one.
const maxSource = 1 << 20

// A Source is where a key or certificate is read from: [File], [FS], [Bytes] or [Text].
// It contains PEM (several blocks, with text around them), DER, base64 of DER, or a
// PKCS#12 bundle such as apiclient_cert.p12. PEM is read as it arrives through environment
// variables, forms and configuration: with \n as two characters, with spaces or nothing in
// place of line breaks, quoted, indented, escaped, or in base64 once more. A Source is an
// immutable value; loading from it is safe for concurrent use. It prints as its name;
// neither content nor pass phrase can be printed.
type Source struct {
	name     string
	open     func() (io.ReadCloser, error)
	password cipher.Secret
}

// File is the named file. It is opened each time that something is loaded.
func File(path string) Source {
	if isKeyText(path) { // the error of opening it would show the key
		return notAPath()
	}
	return Source{name: path, open: func() (io.ReadCloser, error) { return os.Open(path) }} //nolint:gosec // the caller names the file
}

// FS is the named file of a file system, such as an [embed.FS].
func FS(fsys fs.FS, path string) Source {
	if isKeyText(path) {
		return notAPath()
	}
	return Source{name: path, open: func() (io.ReadCloser, error) { return fsys.Open(path) }}
}

var (
	// pathMarker is a marker with what is left of its dashes, unlike back-end_private_key.pem.
	pathMarker = regexp.MustCompile(`[-\x{2010}-\x{2015}\x{ff0d}]{2}[\s_+]*` + marker.String())
	// pathToken is the beginning of a key in base64, unlike the folder /home/ADMIN/.
	pathToken = regexp.MustCompile(`(?:^|[^A-Za-z0-9+/])(?:MII|LS0t)[A-Za-z0-9+/=_\-\s]{62,}`)
)

// isKeyText reports whether a path is a key itself.
func isKeyText(path string) bool {
	return len(path) > 1024 || strings.ContainsAny(path, "\r\n") || pathMarker.MatchString(path) ||
		len(path) > 200 && pathToken.MatchString(path)
}

func notAPath() Source {
	return Source{name: "key data", open: func() (io.ReadCloser, error) {
		return nil, fmt.Errorf("%w: the path is not a path but a key or another text; load it with keys.Text", ErrNoKey)
	}}
}

// Bytes is data in memory, which must not be changed while in use.
func Bytes(data []byte) Source {
	return Source{name: "key data", open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
}

// Text is text in memory, such as the value of an environment variable.
func Text(text string) Source { return Bytes([]byte(text)) }

// WithPassword returns s with the pass phrase of an encrypted PKCS#8 key or a PKCS#12
// bundle. The pass phrase of apiclient_cert.p12 is the mchid.
func (s Source) WithPassword(password cipher.Secret) Source {
	s.password = password
	return s
}

// Once returns s, whose content is read when something is loaded for the first time, and kept: for
// a pipe, which is empty the second time.
func (s Source) Once() Source {
	if s.open == nil {
		return s // loading from a zero Source is refused
	}
	read := sync.OnceValues(s.read)
	s.open = func() (io.ReadCloser, error) {
		data, err := read()
		return io.NopCloser(bytes.NewReader(data)), err
	}
	return s
}

// String returns the name of the source: its path, or "key data".
func (s Source) String() string { return s.name }

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
