//go:build race

package sandbox_test

// raced says that the race detector is on, with which signing takes long.
const raced = true
