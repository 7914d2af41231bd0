package accel

import (
	"crypto/fips140"
	"errors"
	"fmt"
	"runtime"
)

// libcrypto are the names to try by operating system, the first that serves. They are of
// version 3: a name without a version may be that of another library, and stops a program on
// macOS. Names without a folder are not looked for on macOS: it would search the current one.
var libcrypto = map[string][]string{
	"linux": {"libcrypto.so.3"},
	"darwin": {
		"/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib",   // Homebrew on Apple silicon
		"/usr/local/opt/openssl@3/lib/libcrypto.3.dylib",      // Homebrew on Intel
		"/opt/local/libexec/openssl3/lib/libcrypto.3.dylib",   // MacPorts
		"/nix/var/nix/profiles/default/lib/libcrypto.3.dylib", // Nix
	},
}

// A loader loads shared libraries.
type loader interface {
	open(name string) (handle uintptr, err error)
	// bind sets the function at a pointer to that of the library.
	bind(handle uintptr, name string, at any) error
}

// load returns the first library of these names that signs as crypto/rsa does.
func load(from loader, names []string) (*library, error) {
	if fips140.Enabled() {
		return nil, errors.New("the FIPS 140-3 mode of Go is on, which OpenSSL is not part of")
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("OpenSSL is not used on %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	var problems []error
	for _, name := range names {
		lib, err := loadOne(from, name)
		if err == nil {
			return lib, nil
		}
		problems = append(problems, err)
	}
	return nil, errors.Join(problems...)
}

func loadOne(from loader, name string) (*library, error) {
	handle, err := from.open(name)
	if err != nil {
		return nil, err
	}
	version, err := versionOf(from, handle)
	if err != nil {
		return nil, fmt.Errorf("%s %w", name, err)
	}
	lib := &library{version: version, turns: make(chan struct{}, runtime.GOMAXPROCS(0))}
	for _, f := range lib.functions() {
		if err := from.bind(handle, f.name, f.at); err != nil {
			return nil, fmt.Errorf("%s has no function %s: %w", name, f.name, err)
		}
	}
	if err := lib.start(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return lib, nil
}

// versionOf returns the version of a library, 0xMNN00PP0, and an error for one that is not used.
func versionOf(from loader, handle uintptr) (uint64, error) {
	var number func() uint64
	if err := from.bind(handle, "OpenSSL_version_num", &number); err != nil {
		return 0, fmt.Errorf("has no function OpenSSL_version_num: %w", err)
	}
	switch v := number(); {
	case v>>28 != 3:
		return 0, fmt.Errorf("is version %d.%d; version 3 is required", v>>28, v>>20&0xff)
	case v>>4 == 0x3000004:
		return 0, errors.New("is version 3.0.4, which signs wrongly with AVX-512 and corrupts memory (CVE-2022-2274); update it")
	default:
		return v, nil
	}
}

// start initializes the library and tests it.
func (l *library) start() error {
	const noAtExit = 0x80000 // nothing is freed at exit, while goroutines may still sign
	if err := l.do("OPENSSL_init_crypto", func() bool { return l.init(noAtExit, 0) == 1 }); err != nil {
		return err
	}
	if err := l.selfTest(); err != nil {
		return fmt.Errorf("the self-test failed: %w", err)
	}
	return nil
}
