// Package testgateway has a sandbox that the tests of a package share, because generating
// its keys takes long.
package testgateway

import (
	"sync"

	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// Shared returns the gateway of all tests of a package.
var Shared = sync.OnceValue(func() *sandbox.Gateway {
	g, err := sandbox.New(sandbox.Config{})
	if err != nil {
		panic(err) // no test can run without it
	}
	return g
})
