package keys

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// fileName returns the name of a certificate's file. Other files in the folder are
// neither read nor removed.
func fileName(serial string) string { return "wechatpay_" + serial + ".pem" }

func serialOf(name string) (serial string, ok bool) {
	serial, isPEM := strings.CutSuffix(strings.TrimPrefix(name, "wechatpay_"), ".pem")
	return serial, isPEM && signer.CheckSerial(serial) == nil && name == fileName(strings.ToUpper(serial))
}

// load reads the certificates in a folder, which may be missing. It logs and omits damaged
// files: they are downloaded again.
func load(dir string, log *slog.Logger) (Set, error) {
	if dir == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	keys := Set{}
	for _, entry := range entries {
		serial, ok := serialOf(entry.Name())
		if !ok || !entry.Type().IsRegular() { // reading a pipe would block
			continue
		}
		path := filepath.Join(dir, entry.Name())
		cert, err := certificate(File(path))
		if err == nil && signer.Serial(cert) != serial {
			err = fmt.Errorf("%s contains the certificate %s", path, signer.Serial(cert))
		}
		if err != nil {
			log.Warn("wechatpay: reading a platform certificate failed", slog.String("error", err.Error()))
			continue
		}
		keys[serial] = cert
	}
	return keys, nil
}

// store writes the certificates that are missing in a folder, and removes those that are
// damaged or not in the list.
func store(dir string, list Set, log *slog.Logger) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	sound, err := load(dir, log)
	problems := []error{err}
	for serial, key := range list {
		if cert, ok := key.(*x509.Certificate); ok && sound[serial] == nil {
			problems = append(problems, write(filepath.Join(dir, fileName(serial)), cert))
		}
	}
	entries, err := os.ReadDir(dir)
	problems = append(problems, err)
	for _, entry := range entries {
		if serial, ok := serialOf(entry.Name()); ok && list[serial] == nil {
			if err := os.Remove(filepath.Join(dir, entry.Name())); !errors.Is(err, fs.ErrNotExist) {
				problems = append(problems, err)
			}
		}
	}
	return errors.Join(problems...)
}

// write replaces a file atomically: a reader sees the old content or the new.
func write(path string, cert *x509.Certificate) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".certificate-*") // 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }() // fails after the rename
	err = pem.Encode(file, &pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
