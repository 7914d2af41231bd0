package apierror_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/internal/apierror"
)

func TestManualID(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, requestID, want string }{
		{"as WeChat Pay writes it", "08F78BB5AF0610D302189F8CD53120FF8D0228A8E903-268435461", "268435461"},
		{"behind the last of several hyphens", "a-1-268435461", "268435461"},
		{"of a success", "08F78BB5AF0610D302189F8CD53120FF8D0228A8E903-0", ""},
		{"no hyphen", "268435461", ""},
		{"nothing behind it", "a-", ""},
		{"no number behind it", "a-26843546x", ""},
		{"a sign", "a--268435461", "268435461"},
		{"the id of another gateway", "0af7651916cd43dd-8448eb211c80319c", ""},
		{"a number too long", "a-2684354612684", ""},
		{"other digits", "a-２６８", ""},
		{"empty", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, apierror.ManualID(row.requestID))
		})
	}
}
