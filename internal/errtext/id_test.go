package errtext_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/internal/errtext"
)

func TestID(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, value string
		shown       bool
	}{
		{"a merchant id", "1900000109", true},
		{"a serial number", "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", true},
		{"a serial number in decimal", strings.Repeat("9", 49), true},
		{"the id of a public key", "PUB_KEY_ID_0116000000012025062400000001", true},
		{"an API key", "hush7890123456789012345678901hus", false},
		{"an API key in hex", strings.Repeat("ab", 16), false},
		{"an API key of digits", strings.Repeat("12", 16), false},
		{"a password", "hunter2", false},
		{"a private key", "-----BEGIN PRIVATE KEY-----\nMIIEv", false},
		{"a long text", strings.Repeat("a", 65), false},
		{"nothing", "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := errtext.ID(row.value)
			if row.shown {
				assert.Equal(t, row.value, got)
				assert.Equal(t, strconv.Quote(row.value), errtext.QuotedID(row.value))
				return
			}
			if len(row.value) >= 8 {
				assert.Equal(t, got, errtext.QuotedID(row.value))
			}
			assert.Regexp(t, `^a text of \d+ characters \(not shown, as it may be a key\)$`, got)
		})
	}
}
