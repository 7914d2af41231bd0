// Package testgateway shares one sandbox among the tests of a package: generating its keys
// takes a while.
package testgateway

import (
	"sync"

	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// Shared returns the gateway of all tests of a package.
var Shared = sync.OnceValue(func() *sandbox.Gateway {
	g, err := sandbox.New(sandbox.Config{Echo: true}) // for the paths that tests make up
	if err != nil {
		panic(err) // no test can run without it
	}
	return g
})
