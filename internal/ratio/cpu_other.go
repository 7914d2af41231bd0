//go:build !unix

package ratio

import "time"

var start = time.Now()

// cpu returns the time.
func cpu() time.Duration { return time.Since(start) }
