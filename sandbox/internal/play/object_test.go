package play_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestParseObject(t *testing.T) {
	t.Parallel()
	o, err := play.ParseObject([]byte(`{"a":{"b":"x","n":9007199254740993},"l":[{"i":1},{"i":2}],"z":null}`))
	require.NoError(t, err)
	assert.Equal(t, "x", o.Text("a.b"))
	assert.EqualValues(t, 9007199254740993, o.Int("a.n"), "no digit is lost")
	assert.Empty(t, o.Text("a.b.c"))
	assert.Zero(t, o.Int("l.i"))
	assert.True(t, o.Has("a"))
	assert.False(t, o.Has("z"), "null is nothing")
	require.Len(t, o.List("l"), 2)
	assert.EqualValues(t, 2, o.List("l")[1].Int("i"))
	assert.Equal(t, play.Object{"l": o["l"]}, o.Only("l", "missing"))
	assert.Equal(t, "2", o.With(play.Object{"q": "1"}, play.Object{"q": "2"}).Text("q"))
	assert.Nil(t, o.Get("q"), "With changes a copy")
	assert.Equal(t, `{"a":1,"b":2}`, play.Object{"b": 2, "a": 1}.Canonical())

	value, err := play.ParseValue(`[{"b":9007199254740993,"a":"x"}]`)
	require.NoError(t, err)
	assert.Equal(t, `9007199254740993}]`, strings.TrimPrefix(play.Canonical(value), `[{"a":"x","b":`), "sorted, and no digit is lost")
	_, err = play.ParseValue(`[] x`)
	require.Error(t, err)

	for _, row := range []struct{ name, text string }{
		{"a list", `[]`}, {"null", `null`}, {"something behind it", `{} x`}, {"a second one", `{}{}`}, {"nothing", ``}, {"text", `"x"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := play.ParseObject([]byte(row.text))
			assert.Error(t, err)
		})
	}
}
