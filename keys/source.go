package keys

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// maxSource bounds what is read of a source: keys and certificates are a few
// kilobytes, so more than this is the wrong file.
const maxSource = 1 << 20

// A Source is where a key or certificate is read from: [File], [FS], [Bytes] or
// [Text]. Each may hold PEM (several blocks, text around them), DER, bare base64
// of DER, or a PKCS#12 bundle such as apiclient_cert.p12. A Source prints as its
// name, never as its content.
type Source struct {
	name     string
	open     func() (io.ReadCloser, error)
	password func() string // behind a function, so that no printing of any kind shows it
}

// File reads the named file.
func File(path string) Source {
	return Source{name: path, open: func() (io.ReadCloser, error) { return os.Open(path) }} //nolint:gosec // the caller names the file
}

// FS reads the named file of a file system, such as an [embed.FS].
func FS(fsys fs.FS, path string) Source {
	return Source{name: path, open: func() (io.ReadCloser, error) { return fsys.Open(path) }}
}

// Bytes reads from memory.
func Bytes(data []byte) Source {
	return Source{name: "key data", open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
}

// Text reads from memory, such as from an environment variable. Where such a
// variable holds the two characters \n for a line break, they are read as one.
func Text(text string) Source {
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, `\n`, "\n")
	}
	return Bytes([]byte(text))
}

// WithPassword is s with the pass phrase that opens an encrypted PKCS#8 key or a
// PKCS#12 bundle. That of apiclient_cert.p12 is the merchant id.
func (s Source) WithPassword(password string) Source {
	s.password = func() string { return password }
	return s
}

// Format prints the name of the source, whatever the verb.
func (s Source) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.name) }

// ders reads the source and takes off its outer encoding: PEM, base64 or none.
func (s Source) ders() ([][]byte, error) {
	if s.open == nil {
		return nil, fmt.Errorf("keys: zero Source: use File, FS, Bytes or Text")
	}
	data, err := s.read()
	if err != nil {
		return nil, fmt.Errorf("keys: reading %s: %w", s.name, err)
	}
	var ders [][]byte
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Headers["Proc-Type"] != "" {
			return nil, s.errorf(ErrNoKey, "its encryption is the legacy one of PEM headers; convert it with: openssl pkcs8 -topk8 -in %s", s.name)
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
		err = fmt.Errorf("%w: larger than %d bytes", ErrNoKey, maxSource)
	}
	return data, err
}

// errorf is an error that names the source, its kind and the mend.
func (s Source) errorf(kind error, mend string, args ...any) error {
	return fmt.Errorf("keys: %s: %w: %s", s.name, kind, fmt.Sprintf(mend, args...))
}
