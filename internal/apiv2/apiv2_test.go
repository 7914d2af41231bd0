package apiv2_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, xml, want string }{
		{"texts", `<xml><a>1</a><b><![CDATA[<"]]></b></xml>`, `{"a":"1","b":"<\""}`},
		{"empty", `<xml><a></a><b/></xml>`, `{}`},
		{"numbers", `<xml><id_0>a</id_0><id_2>c</id_2></xml>`, `{"id_0":"a","id_2":"c","id_$n":["a",null,"c"]}`},
		{"two numbers", `<xml><f_0_1>b</f_0_1><f_1_0>c</f_1_0></xml>`, `{"f_0_1":"b","f_1_0":"c","f_$n_$m":[[null,"b"],["c"]]}`},
		{"no numbers", `<xml><a_01>1</a_01><b_100>2</b_100><_1>3</_1></xml>`, `{"a_01":"1","b_100":"2","_1":"3"}`},
		{"an element in another", `<xml><l><i><o>x</o></i></l></xml>`, `{"l":{"i":{"o":"x"}}}`},
		{"several", `<xml><l><i><o>x</o></i><i><o>y</o></i></l><m>z</m></xml>`, `{"l":{"i":[{"o":"x"},{"o":"y"}]},"m":"z"}`},
		{"a control character", "<xml><a>b\x03\r\n</a></xml>", `{"a":"b\n"}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			message, err := apiv2.Parse([]byte(row.xml))
			require.NoError(t, err)
			assert.JSONEq(t, row.want, string(message.JSON()))
		})
	}
}

func TestParseRefusesTwoOfOneName(t *testing.T) {
	t.Parallel()
	many := ""
	for range 70 {
		many += "<x><y>1</y></x>"
	}
	for _, xml := range []string{`<xml><a>1</a><a>2</a></xml>`, `<xml>` + many + `<a>1</a><a>2</a></xml>`} {
		_, err := apiv2.Parse([]byte(xml))
		assert.ErrorContains(t, err, `"a" stands there twice`)
	}
}

func TestAllocationsOfAReply(t *testing.T) {
	xml := []byte("<xml>")
	for _, c := range "abcdefghijklmnopqrstuvwxyzABCD" {
		xml = append(xml, "<f"+string(c)+"><![CDATA[value]]></f"+string(c)+">"...)
	}
	xml = append(xml, "</xml>"...)
	allocations := testing.AllocsPerRun(100, func() {
		message, err := apiv2.Parse(xml)
		if err != nil {
			panic(err)
		}
		if _, err := message.Params(); err != nil {
			panic(err)
		}
		message.JSON()
	})
	t.Logf("%.0f allocations for 30 fields", allocations)
	assert.LessOrEqual(t, allocations, 100.0)
}

// FuzzMessage: whatever is read becomes JSON, and what is signed is what is read.
func FuzzMessage(f *testing.F) {
	for _, r := range vectors.LoadV2(f) {
		if r.Reply != nil && len(r.Reply.Body) < 4000 {
			f.Add([]byte(r.Reply.Body))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		message, err := apiv2.Parse(data)
		if err != nil {
			return
		}
		var object map[string]any
		require.NoError(t, json.Unmarshal(message.JSON(), &object), "%q", message.JSON())
		if message.Verify(vectors.V2APIKey) == nil {
			params, err := message.Params()
			require.NoError(t, err)
			assert.NotEmpty(t, apiv2.Get(params, "sign"))
		}
	})
}

// TestIsFile: a bill is neither empty nor XML nor HTML, and stays readable.
func TestIsFile(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		body io.ReadCloser
		want bool
	}{
		{"a bill", io.NopCloser(strings.NewReader("\ufeff交易时间,公众账号ID")), true},
		{"gzip", io.NopCloser(strings.NewReader("\x1f\x8b\x08")), true},
		{"XML", io.NopCloser(strings.NewReader("<xml></xml>")), false},
		{"XML behind space", io.NopCloser(strings.NewReader("\ufeff \r\n<?xml?><xml/>")), false},
		{"HTML", io.NopCloser(strings.NewReader("<!DOCTYPE html>")), false},
		{"empty", http.NoBody, false},
		{"none, of a custom transport", nil, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			resp := &http.Response{Body: row.body}
			assert.Equal(t, row.want, apiv2.IsFile(resp))
			data, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			assert.Equal(t, row.body != nil && row.body != http.NoBody, len(data) > 0)
			require.NoError(t, resp.Body.Close())
		})
	}
}
