//go:build race

package middleware_test

// raced says that the race detector is on: it allocates.
const raced = true
