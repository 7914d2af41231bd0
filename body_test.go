package wechatpay_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

var picture = append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 1000)...)

func TestUploadsAreTakenByTheirEndpoints(t *testing.T) {
	c, w := sandboxClient(t, nil)
	for _, tc := range []struct {
		name  string
		path  string
		field string
	}{
		{"a medium", "v3/merchant/media/upload", "media_id"},
		{"a picture of a coupon", "v3/marketing/favor/media/image-upload", "media_url"},
		{"a file of a submission", "v3/mch-manage/submission-files/sub-mchid/{sub_mchid}/upload", "file_id"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			opts := &wechatpay.Options{Body: media.Bytes("a.png", picture)}
			if tc.field == "file_id" {
				opts.Vars = wechatpay.M{"sub_mchid": "1900000108"}
				opts.Body.(*media.Upload).Meta = wechatpay.M{"item_id": 1}
			}
			resp, err := c.Chain(tc.path).Post(t.Context(), opts)
			require.NoError(t, err, tc.path)
			assert.NotEmpty(t, resp.Get(tc.field).Str, tc.path)
			assert.Contains(t, w.last(t).Header.Get("Content-Type"), "multipart/form-data; boundary=")
		})
	}
	before := w.count()
	for _, tc := range []struct {
		name string
		want string
		body media.Builder
	}{
		{"a GIF", "the file is image/gif", media.Bytes("a.gif", []byte("GIF89a...."))},
		{"a nil Body", "a nil *media.Body", (*media.Body)(nil)},
		{"a nil Upload", "a nil *media.Upload", (*media.Upload)(nil)},
		{"no such file", "no such file", media.File("none.png")},
		{"a source that builds nothing", "the Body is nil", making{}},
		{"a source that builds half a Body", "Body.Open is nil", making{&media.Body{ContentType: "a/b", Size: 1}}},
		{"a nil source", "a nil *wechatpay_test.making", (*making)(nil)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := c.Chain("v3/merchant/media/upload").Post(t.Context(), &wechatpay.Options{Body: tc.body})
			require.ErrorIs(t, err, wechatpay.ErrInvalid)
			require.ErrorContains(t, err, tc.want)
		})
	}
	assert.Equal(t, before, w.count(), "nothing was sent")
}

// making is a source that makes a body, good or not.
type making struct{ body *media.Body }

func (m making) Build(media.Target) (*media.Body, error) { return m.body, nil }

func TestAnUploadIsSentAgainWhole(t *testing.T) {
	t.Parallel()
	tries := 0
	c, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
		cfg.Retry = middleware.RetryConfig{Wait: time.Millisecond}
		cfg.Stack = func(s *middleware.Stack) error {
			return s.Push("lossy", func(next http.RoundTripper) http.RoundTripper {
				return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
					if tries++; tries == 1 {
						drain(r)
						return nil, errors.New("the connection broke")
					}
					return next.RoundTrip(r)
				})
			})
		}
	})
	yes := true
	resp, err := c.Chain("v3/merchant/media/upload").Post(t.Context(), &wechatpay.Options{
		Body: media.Bytes("a.png", picture), Idempotent: &yes,
	})
	require.NoError(t, err)
	assert.NotEmpty(t, resp.Get("media_id").Str, "the gateway has compared the digest")
	assert.Equal(t, 2, tries)
}

func TestTheMetaOfAnUploadIsEncrypted(t *testing.T) {
	const receipts, phone = "v3/marketing/shopping-receipt/shoppingreceipts", "0755-86013388"
	var opened string
	gateway().Handle("POST", "/"+receipts, func(r *sandbox.Request) *sandbox.Reply {
		opened = string(r.Decrypted)
		return sandbox.JSON(200, map[string]any{})
	})
	c, w := sandboxClient(t, nil)
	upload := media.Bytes("receipt.png", picture)
	upload.Meta = wechatpay.M{
		"transaction_id":               "1",
		"merchant_contact_information": wechatpay.M{"consultation_phone_number": phone},
	}
	for _, tc := range []struct {
		name    string
		encrypt []string
	}{
		{"by the documentation", wechatpay.Auto()},
		{"by path", []string{"merchant_contact_information.consultation_phone_number"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := c.Chain(receipts).Post(t.Context(), &wechatpay.Options{Body: upload, Encrypt: tc.encrypt})
			require.NoError(t, err, tc.name)
			assert.Contains(t, opened, phone, tc.name)
			sent := w.last(t)
			assert.NotContains(t, sent.body, phone, tc.name)
			assert.Equal(t, gateway().Credentials().PublicKeyID, sent.Header.Get("Wechatpay-Serial"), tc.name)
		})
	}
	_, err := c.Chain(receipts).Post(t.Context(), &wechatpay.Options{Body: upload, Encrypt: []string{"missing"}})
	require.ErrorIs(t, err, wechatpay.ErrInvalid)
	require.ErrorContains(t, err, `field "missing": no such field`)
}
