package flatxml_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/flatxml"
)

func TestParse(t *testing.T) {
	t.Parallel()
	one := func(name, text string) []flatxml.Element { return []flatxml.Element{{Name: name, Text: text}} }
	for _, row := range []struct {
		name, xml string
		want      []flatxml.Element
	}{
		{"text", `<xml><a>b</a></xml>`, one("a", "b")},
		{"CDATA", `<xml><a><![CDATA[<b>&amp;]]></a></xml>`, one("a", "<b>&amp;")},
		{"CDATA beside text", `<xml><a>w<![CDATA[x8]]></a></xml>`, one("a", "wx8")},
		{"]]> in two sections", `<xml><a><![CDATA[w]]]]><![CDATA[>x]]></a></xml>`, one("a", "w]]>x")},
		{"entities", `<xml><a>&lt;&gt;&amp;&quot;&apos;&#13;&#x4e2d;</a></xml>`, one("a", "<>&\"'\r中")},
		{"space is kept", "<xml>\n <a> b\n</a>\n</xml>\n", one("a", " b\n")},
		{"an empty element", `<xml><a></a></xml>`, one("a", "")},
		{"an empty tag", `<xml><a/></xml>`, one("a", "")},
		{"an empty root", `<xml/>`, nil},
		{"another root", `<root><a>b</a></root>`, one("a", "b")},
		{"a declaration", `<?xml version="1.0" encoding="UTF-8"?><xml><a>b</a></xml>`, one("a", "b")},
		{"a declaration without an encoding", `<?xml version='1.0'?><xml><a>b</a></xml>`, one("a", "b")},
		{"lines before the declaration", "\n\n<?xml version='1.0' encoding='utf-8'?>\n<xml><a>b</a></xml>", one("a", "b")},
		{"a byte order mark", "\ufeff<xml><a>b</a></xml>", one("a", "b")},
		{"comments", "<!-- x --><xml><!-- y --><a>b<!-- z --></a></xml><!-- < -->", one("a", "b")},
		{"attributes", `<xml version="1"><a b="c" d='e>'>f</a ></xml>`, one("a", "f")},
		{"a control character", "<xml><a>b\x03</a></xml>", one("a", "b\x03")},
		{"names", `<xml><sub_mch-id.1>b</sub_mch-id.1></xml>`, one("sub_mch-id.1", "b")},
		{"nested", `<xml><l><i><x>1</x></i><i><x>2</x></i></l></xml>`, []flatxml.Element{{Name: "l", Children: []flatxml.Element{
			{Name: "i", Children: one("x", "1")}, {Name: "i", Children: one("x", "2")},
		}}}},
		{"an element twice", `<xml><a>1</a><a>2</a></xml>`, append(one("a", "1"), one("a", "2")...)},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			elements, err := flatxml.Parse([]byte(row.xml))
			require.NoError(t, err)
			if len(row.want) == 0 {
				assert.Empty(t, elements)
				return
			}
			assert.Equal(t, row.want, elements)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, xml, text string }{
		{"nothing", "", "not XML"},
		{"text", "OK", "not XML"},
		{"JSON", `{"a":1}`, "not XML"},
		{"HTML", "<!DOCTYPE html><html></html>", "document type"},
		{"a document type", "<!DOCTYPE xml><xml><a>b</a></xml>", "document type"},
		{"an entity of its own", `<!DOCTYPE xml [<!ENTITY e "x">]><xml><a>&e;</a></xml>`, "document type"},
		{"a document type behind a comment", "<!-- --><!DOCTYPE xml><xml><a>b</a></xml>", "document type"},
		{"an instruction", "<?php x?><xml><a>b</a></xml>", "name"},
		{"an instruction inside", "<xml><?x?><a>b</a></xml>", "instructions"},
		{"an unknown entity", "<xml><a>&nbsp;</a></xml>", "entity"},
		{"the entity of a control character", "<xml><a>&#1;</a></xml>", "entity"},
		{"an entity outside of Unicode characters", "<xml><a>&#xD800;</a></xml>", "entity"},
		{"an ampersand", "<xml><a>a&b</a></xml>", "ampersand"},
		{"]]> in text", "<xml><a>]]></a></xml>", "CDATA"},
		{"GBK", `<?xml version="1.0" encoding="GBK"?><xml><a>b</a></xml>`, "encoding"},
		{"no UTF-8", "<xml><a>\xff</a></xml>", "UTF-8"},
		{"two roots", "<xml><a>b</a></xml><xml/>", "behind the root"},
		{"text behind the root", "<xml><a>b</a></xml>x", "behind the root"},
		{"text in the root", "<xml>b</xml>", "text"},
		{"text beside an element", "<xml>b<a>c</a></xml>", "beside"},
		{"another end", "<xml><a>b</c></xml>", "ends with another name"},
		{"a longer end", "<xml><a>b</ab></xml>", "ends with another name"},
		{"a namespace", "<xml><x:a>b</x:a></xml>", "name"},
		{"a name of digits", "<xml><0>b</0></xml>", "name"},
		{"no name", "<xml><>b</></xml>", "name"},
		{"an attribute without a value", "<xml><a b>c</a></xml>", "attribute"},
		{"an attribute without quotes", "<xml><a b=c>d</a></xml>", "attribute"},
		{"cut off in a tag", "<xml><a", "name"},
		{"cut off in text", "<xml><a>b", "missing"},
		{"cut off in CDATA", "<xml><a><![CDATA[b]]", "missing"},
		{"cut off behind an element", "<xml><a>b</a>", "missing"},
		{"nested deeply", strings.Repeat("<a>", 1_000_000), "nested"},
		{"too many elements", "<xml>" + strings.Repeat("<a>b</a>", 5001) + "</xml>", "too many"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := flatxml.Parse([]byte(row.xml))
			require.ErrorContains(t, err, row.text)
		})
	}
}

func TestAppend(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, text, want string }{
		{"text", "中文", "<a>中文</a>"},
		{"empty", "", "<a></a>"},
		{"what needs CDATA", `<&>"`, `<a><![CDATA[<&>"]]></a>`},
		{"the end of CDATA", "x]]>y]]>", "<a><![CDATA[x]]]]><![CDATA[>y]]]]><![CDATA[>]]></a>"},
		{"a carriage return", "a\r\n<b>&", "<a>a&#13;\n&lt;b&gt;&amp;</a>"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := string(flatxml.Append(nil, "a", row.text))
			assert.Equal(t, row.want, got)
			read, err := flatxml.Parse([]byte("<xml>" + got + "</xml>"))
			require.NoError(t, err)
			assert.Equal(t, row.text, read[0].Text)
		})
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "a\n\n\tb中", flatxml.Clean("a\r\n\r\tb\x00\x03中\ufffe"))
	assert.True(t, flatxml.IsClean("a\n\tb"))
	assert.False(t, flatxml.IsClean("a\r"))
	assert.False(t, flatxml.IsClean("a\x1f"))
}

func TestAllocationsOfParse(t *testing.T) {
	data := append([]byte("<xml>"), bytes.Repeat([]byte("<field><![CDATA[value]]></field>"), 30)...)
	data = append(data, "</xml>"...)
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		if _, err := flatxml.Parse(data); err != nil {
			panic(err)
		}
	}), 4.0)
}

// FuzzParse: what is accepted is XML to the standard library too, with the same elements.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`<xml><a>b</a><c><![CDATA[d]]></c></xml>`, `<?xml version="1.0" encoding="UTF-8"?><xml a="b"><!-- c --><d/>&#13;</xml>`,
		`<xml><l><i><x>1</x></i><i><x>2</x></i></l></xml>`, "\ufeff<root><a>&lt;]]&gt;</a></root>", "<xml><a>b\x03\r\n</a></xml>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		elements, err := flatxml.Parse(data)
		if err != nil || !flatxml.IsClean(string(data)) || bytes.Contains(data, []byte("&#")) {
			return
		}
		decoder := xml.NewDecoder(bytes.NewReader(bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\ufeff")), " \t\r\n")))
		var own, theirs []string
		walk(elements, &own)
		depth, text := 0, ""
		for {
			token, err := decoder.RawToken()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil && strings.Contains(err.Error(), "invalid XML name") {
				return // some letters of Unicode are none to XML 1.0
			}
			require.NoError(t, err, "%q", data)
			switch token := token.(type) {
			case xml.StartElement:
				if depth++; depth > 1 {
					theirs = append(theirs, "<"+token.Name.Local)
				}
				text = ""
			case xml.CharData:
				text += string(token)
			case xml.EndElement:
				if depth--; depth > 0 {
					theirs = append(theirs, text+">")
				}
				text = ""
			}
		}
		require.Equal(t, theirs, own, "%q", data)
	})
}

func walk(elements []flatxml.Element, to *[]string) {
	for _, e := range elements {
		*to = append(*to, "<"+e.Name)
		walk(e.Children, to)
		*to = append(*to, e.Text+">")
	}
}
