package platform

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/wechatpay-chain/wechatpay/signer"
)

const extension = ".pem"

// load reads the certificates of a folder, each in a file named after its serial.
// Other files are left alone. No folder is no certificates.
func load(dir string) (signer.Keys, error) {
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
	keys := signer.Keys{}
	for _, entry := range entries {
		serial, isPEM := strings.CutSuffix(entry.Name(), extension)
		if entry.IsDir() || !isPEM || !isSerial(serial) {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		cert, err := certificate(signer.File(path))
		if err != nil {
			return nil, fmt.Errorf("%w; delete the file, and it will be downloaded again", err)
		}
		if !signer.SameID(serial, signer.Serial(cert)) {
			return nil, fmt.Errorf("%s holds the certificate %s; delete the file", path, signer.Serial(cert))
		}
		keys[signer.Serial(cert)] = cert
	}
	return keys, nil
}

// store writes the certificates that a folder lacks, and removes those that are
// listed no longer. An empty list removes nothing.
func store(dir string, list signer.Keys) error {
	if dir == "" || len(list) == 0 {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var problems []error
	for serial, key := range list {
		if cert, ok := key.(*x509.Certificate); ok {
			problems = append(problems, write(filepath.Join(dir, serial+extension), cert))
		}
	}
	held, err := load(dir)
	for serial := range held {
		if _, listed := list[serial]; !listed {
			if err := os.Remove(filepath.Join(dir, serial+extension)); !errors.Is(err, fs.ErrNotExist) {
				problems = append(problems, err)
			}
		}
	}
	return errors.Join(append(problems, err)...)
}

// write puts a file in its place at once and whole: a reader sees the old one or
// the new one.
func write(path string, cert *x509.Certificate) error {
	if _, err := os.Stat(path); err == nil {
		return nil // a certificate never changes
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".certificate-*") // 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }() // gone already, once it is renamed
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
