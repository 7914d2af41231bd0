package openapi_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/zerovalues"
	"github.com/wechatpay-chain/wechatpay/openapi"
)

// TestZeroValuesDoNotPanic: nil and zero arguments give an error or a zero value. An export
// that is missing here fails the test.
func TestZeroValuesDoNotPanic(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name string
		call any
	}{
		{"(*openapi.ValidationError).Error", (*openapi.ValidationError).Error},
		{"(*openapi.ValidationError).Unwrap", (*openapi.ValidationError).Unwrap},
		{"openapi.Lookup", openapi.Lookup},
		{"openapi.Map", openapi.Map},
		{"openapi.Search", openapi.Search},
		{"openapi.Suggest", openapi.Suggest},
		{"openapi.Validate", openapi.Validate},
		{"openapi.Validation", openapi.Validation},
	}
	names := make([]string, 0, len(rows))
	for _, row := range rows {
		names = append(names, row.name)
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, zerovalues.Panics(row.call))
		})
	}
	exports, err := zerovalues.Exports(".")
	require.NoError(t, err)
	found := make([]string, len(exports))
	for i, e := range exports {
		found[i] = e.Name
	}
	assert.Equal(t, found, names)
	assert.NotPanics(t, func() { _, err = openapi.V3(nil).Pay().Transactions().Jsapi().Post(t.Context(), nil) })
	require.Error(t, err)
}
