package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"io"
	"maps"
	"path"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// writeLabels writes the data of package labels, which documents their form.
func writeLabels(out files, endpoints []catalogue.Endpoint) error {
	all, err := readLabels()
	if err != nil {
		return err
	}
	var text bytes.Buffer
	for _, e := range endpoints {
		own, common := all.byOperation[e.Method+" "+e.Path], all.commonOf("/"+e.Route())
		if e.Version == 2 {
			own = all.byOperation[e.Method+" /"+e.Route()]
		}
		usual := elsewhere(own, common)
		text.WriteString(e.Method + " " + e.Route())
		for _, place := range []struct{ fields, labels catalogue.Fields }{
			{e.Vars, nil}, {e.Query, own.Query}, {e.Header, nil}, {e.JSON, own.JSON}, {e.XML, own.XML}, {e.Body, own.Body}, {e.Reply, own.Reply},
		} {
			text.WriteString("\t" + labelled(place.fields, place.labels, usual))
		}
		text.WriteByte('\n')
	}
	content, err := zip(text.Bytes())
	out["openapi/catalogue/labels/labels.gz"] = content
	return err
}

// elsewhere returns the labels of fields without one: the only label that the endpoint has for
// the name in another place, or that of most endpoints.
func elsewhere(own label, common map[string]string) map[string]string {
	usual := maps.Clone(common)
	for name, texts := range own.texts() {
		if len(texts) == 1 {
			for text := range texts {
				usual[name] = text
			}
		}
	}
	return usual
}

// labelled returns the labels of fields in the notation of the catalogue, without the fields
// that have none. A list is written as one, so that its fields have the paths of those of the
// catalogue.
func labelled(fields, labels catalogue.Fields, usual map[string]string) string {
	var list []string
	for _, f := range fields {
		text, inner := labelOf(labels, f.Name)
		text = cmp.Or(text, usual[f.Name])
		within := labelled(f.Fields, inner, usual)
		if text == "" && within == "" {
			continue
		}
		kind := cmp.Or(f.Holds, f.Type)
		item := strings.ReplaceAll(f.Name, " ", "%20") + kind[len(strings.TrimRight(kind, "[]")):]
		if text != "" {
			item += "=" + strings.ReplaceAll(text, " ", "%20")
		}
		if f.Text && within != "" {
			item += "@" // its fields are those of the text
		}
		if within != "" {
			item += "{" + within + "}"
		}
		list = append(list, item)
	}
	return strings.Join(list, " ")
}

func zip(text []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

// same reports whether a generated file has the content that is generated. One release of Go
// compresses otherwise than another, so that the text decides.
func same(name string, a, b []byte) bool {
	if path.Ext(name) != ".gz" {
		return bytes.Equal(a, b)
	}
	textA, errA := unzip(a)
	textB, errB := unzip(b)
	return errA == nil && errB == nil && bytes.Equal(textA, textB)
}

func unzip(data []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
