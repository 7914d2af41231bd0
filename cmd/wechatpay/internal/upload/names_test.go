package upload

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// TestEveryUploadHasAName: and every name is that of an upload.
func TestEveryUploadHasAName(t *testing.T) {
	t.Parallel()
	named := map[string]bool{}
	for _, n := range names {
		e, err := endpointOf(n.name)
		require.NoError(t, err, n.name)
		assert.Equal(t, n.path, e.Route())
		named[e.Route()] = true
	}
	for _, e := range catalogue.All() {
		if e.Features.Multipart != nil || len(e.Body) > 0 {
			assert.True(t, named[e.Route()], e.Route())
		}
	}
}
