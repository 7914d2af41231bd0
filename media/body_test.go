package media_test

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/media"
)

func TestBody(t *testing.T) {
	t.Parallel()
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("x")), nil }
	encrypt := func(meta []byte) ([]byte, error) { return meta, nil }
	for _, row := range []struct {
		name   string
		body   *media.Body
		target media.Target
		want   string // "" where it is complete
	}{
		{"complete", &media.Body{ContentType: "a/b", Size: 1, Open: open}, media.Target{}, ""},
		{"nil", nil, media.Target{}, "media: the Body is nil"},
		{"no Open", &media.Body{ContentType: "a/b", Size: 1}, media.Target{}, "media: Body.Open is nil"},
		{"no ContentType", &media.Body{Size: 1, Open: open}, media.Target{}, "media: Body.ContentType is empty"},
		{"no Size", &media.Body{ContentType: "a/b", Open: open}, media.Target{}, "media: Body.Size must be above 0: the number of bytes that Open returns"},
		{"a negative Size", &media.Body{ContentType: "a/b", Size: -1, Open: open}, media.Target{}, "media: Body.Size must be above 0: the number of bytes that Open returns"},
		{"fields to encrypt", &media.Body{ContentType: "a/b", Size: 1, Open: open}, media.Target{Encrypt: encrypt}, "media: the fields of a Body cannot be encrypted; use an Upload, with its Meta"},
		{"nil, with fields to encrypt", nil, media.Target{Encrypt: encrypt}, "media: the Body is nil"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			built, err := row.body.Build(row.target)
			if row.want == "" {
				require.NoError(t, err)
				require.NoError(t, row.body.Validate())
				assert.Same(t, row.body, built)
				return
			}
			require.EqualError(t, err, row.want)
			assert.Nil(t, built)
			if row.target.Encrypt == nil {
				require.EqualError(t, row.body.Validate(), row.want)
			}
		})
	}
}
