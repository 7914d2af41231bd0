//go:build ((linux && !android) || (darwin && !ios)) && (amd64 || arm64) && !noopenssl

package accel

import (
	"runtime"

	"github.com/ebitengine/purego"
)

// system loads shared libraries of the operating system. It stays on one thread for a call
// and the error of it, since each thread has its own dlerror.
type system struct{}

func (system) open(name string) (uintptr, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return purego.Dlopen(name, purego.RTLD_NOW|purego.RTLD_LOCAL)
}

func (system) bind(handle uintptr, name string, at any) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	symbol, err := purego.Dlsym(handle, name)
	if err != nil {
		return err
	}
	purego.RegisterFunc(at, symbol)
	return nil
}
