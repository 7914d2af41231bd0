package apiv2

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What SetPlain takes, it takes as SetBody does.
func TestSetPlain(t *testing.T) {
	t.Parallel()
	caller := Caller{MchID: "1900000109", AppID: "wx8"}
	for _, row := range []struct {
		name string
		body any
		done bool
	}{
		{"texts and numbers", map[string]any{"b": "公仔 <&>\r\n", "a": 1, "c": int64(-5), "_d": ""}, true},
		{"empty", map[string]any{}, true},
		{"a float", map[string]any{"a": 1.0}, false},
		{"a list", map[string]any{"a": []any{}}, false},
		{"null", map[string]any{"a": nil}, false},
		{"a control character", map[string]any{"a": "\x00"}, false},
		{"not UTF-8", map[string]any{"a": "\xff"}, false},
		{"no name", map[string]any{"1": "a"}, false},
		{"a struct", struct{}{}, false},
		{"nil", nil, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var fast, slow Call
			fast.Facts.MchID, slow.Facts.MchID = "mch_id", "mch_id"
			done, err := fast.SetPlain(row.body, caller)
			require.NoError(t, err)
			assert.Equal(t, row.done, done)
			if !done {
				return
			}
			object, err := json.Marshal(row.body)
			require.NoError(t, err)
			require.NoError(t, slow.SetBody(object, caller))
			assert.Equal(t, slow.Params, fast.Params)
		})
	}
}
