package media_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/media"
)

func TestMetaMayBeAnyObject(t *testing.T) {
	t.Parallel()
	const number = "12345678901234567890"
	described := `{"file_digest":"` + sum(png) + `","file_name":"`
	for _, row := range []struct {
		name string
		meta any
		want string
	}{
		{"a map", map[string]any{"item_id": json.Number(number), "file_name": "mine"}, described + `mine","item_id":` + number + `}`},
		{"a struct", struct {
			ID   json.Number `json:"item_id"`
			Name string      `json:"file_name"`
		}{number, "mine"}, described + `mine","item_id":` + number + `}`},
		{"JSON", json.RawMessage(`{ "item_id": 12345678901234567890, "file_name": "mine" }`), described + `mine","item_id":` + number + `}`},
		{"bytes", []byte(`{"item_id": 1}`), described + `a.png","item_id":1}`},
		{"nil", nil, described + `a.png"}`},
		{"a nil map", map[string]any(nil), described + `a.png"}`},
		{"null", json.RawMessage(`null`), described + `a.png"}`},
		{"a backslash", map[string]any{"t": `\ufffd`}, described + `a.png","t":"\\ufffd"}`},
		{"U+FFFD itself", map[string]any{"t": "\ufffd"}, described + "a.png\",\"t\":\"\ufffd\"}"},
		{"HTML is not escaped", map[string]any{"t": "<&>"}, described + `a.png","t":"<&>"}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			u := media.Bytes("a.png", png)
			u.Meta = row.meta
			b, err := u.Build(media.Target{Path: "v3/mch-manage/submission-files/sub-mchid/1/upload"})
			require.NoError(t, err)
			assert.Equal(t, row.want, string(b.Signed))
		})
	}
}

func TestMetaRefuses(t *testing.T) {
	t.Parallel()
	const notUTF8 = "media: a.png: Upload.Meta holds a string that is not UTF-8; convert it (from GBK?) first"
	for _, row := range []struct {
		name string
		meta any
		want string
	}{
		{"a function in it", map[string]any{"f": func() {}}, "media: a.png: Upload.Meta cannot be marshalled: json: unsupported type: func()"},
		{"a list", []int{1}, "media: a.png: Upload.Meta is a []int, in JSON a list; a body is an object: pass an M or a struct, or JSON text as a json.RawMessage"},
		{"a reader", strings.NewReader("{}"), "media: a.png: Upload.Meta is a *strings.Reader, which is a reader; a body is an object: pass an M or a struct, or what io.ReadAll returns"},
		{"cut off", json.RawMessage(`{"a":`), "media: a.png: Upload.Meta is not valid JSON"},
		{"in GBK", map[string]any{"shop": "\xb5\xea"}, notUTF8},
		{"in GBK, raw", json.RawMessage("{\"shop\":\"\xb5\xea\"}"), "media: a.png: Upload.Meta is not UTF-8"},
		{"in GBK, behind a backslash", map[string]any{"shop": "\\\xb5\xea"}, notUTF8},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			u := media.Bytes("a.png", png)
			u.Meta = row.meta
			_, err := u.Build(media.Target{Path: imagePath})
			assert.EqualError(t, err, row.want)
		})
	}
}
