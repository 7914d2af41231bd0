package paysign_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/paysign"
)

// TestQueryStringsKeepEveryValue: whatever a value contains, it is one parameter.
func TestQueryStringsKeepEveryValue(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		extra map[string]string
		want  string
	}{
		{"sorted by name", map[string]string{"b": "2", "a": "1", "B": "3"}, "B=3&a=1&b=2"},
		{"separators", map[string]string{"a": "1&b=2?#c"}, "a=1%26b%3D2%3F%23c"},
		{"a space is no plus", map[string]string{"a": "x y+z"}, "a=x%20y%2Bz"},
		{"a percent sign", map[string]string{"a": "%20"}, "a=%2520"},
		{"Chinese", map[string]string{"a": "微信"}, "a=%E5%BE%AE%E4%BF%A1"},
		{"a name with a sign", map[string]string{"a=b": "1"}, "a%3Db=1"},
		{"an empty value", map[string]string{"a": ""}, "a="},
		{"none", nil, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			text := paysign.ScoreParams{ExtraData: row.extra}.QueryString()
			assert.Equal(t, row.want, text)
			values, err := url.ParseQuery(text)
			require.NoError(t, err)
			assert.Len(t, values, len(row.extra))
			for name, value := range row.extra {
				assert.Equal(t, []string{value}, values[name])
			}
		})
	}
}
