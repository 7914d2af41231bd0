package mediabody_test

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/mediabody"
	"github.com/wechatpay-chain/wechatpay/media"
)

// A builder returns a body as it is.
type builder struct {
	body *media.Body
	err  error
}

func (b builder) Build(media.Target) (*media.Body, error) { return b.body, b.err }

func TestBuild(t *testing.T) {
	t.Parallel()
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("x")), nil }
	whole := &media.Body{ContentType: "text/plain", Size: 1, Open: open}
	for _, row := range []struct {
		name   string
		source media.Builder
		want   string
	}{
		{"a complete body", builder{body: whole}, ""},
		{"nil", nil, "a nil <nil>"},
		{"a nil upload", (*media.Upload)(nil), "a nil *media.Upload"},
		{"an error", builder{whole, io.ErrUnexpectedEOF}, "unexpected EOF"},
		{"neither a body nor an error", builder{}, "media: the Body is nil"},
		{"a body without a reader", builder{body: &media.Body{ContentType: "text/plain", Size: 1}}, "media: Body.Open is nil"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			body, err := mediabody.Build(row.source, media.Target{})
			if row.want == "" {
				require.NoError(t, err)
				assert.Same(t, whole, body)
				return
			}
			require.EqualError(t, err, row.want)
			assert.Nil(t, body)
		})
	}
}
