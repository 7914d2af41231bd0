//go:build !unix

package ratio

import "time"

var start = time.Now()

// CPU returns the time.
func CPU() time.Duration { return time.Since(start) }
