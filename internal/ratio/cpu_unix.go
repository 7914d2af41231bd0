//go:build unix

package ratio

import (
	"syscall"
	"time"
)

// CPU returns the CPU time that the process has used.
func CPU() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
