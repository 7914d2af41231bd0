//go:build race

package wechatpay_test

// raced says that the race detector is on: it allocates, and sync.Pool forgets.
const raced = true
