//go:build !(((linux && !android) || (darwin && !ios)) && (amd64 || arm64)) || noopenssl

package accel

import "errors"

// system loads nothing: shared libraries are not called on this platform.
type system struct{}

var errNotCalled = errors.New("this program was built without OpenSSL")

func (system) open(string) (uintptr, error)    { return 0, errNotCalled }
func (system) bind(uintptr, string, any) error { return errNotCalled }
