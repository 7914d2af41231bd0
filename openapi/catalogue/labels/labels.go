// Package labels has the Chinese names of the fields of the catalogue, as the pages of WeChat
// Pay have them.
//
//	names := labels.Of(e)
//	names.JSON["amount.total"] // 总金额
//
// A field without a name at its place has the one that its page has for it in another place, or
// else the one of most other endpoints of the same API, if there are three of them. It is a package of its own, so that only programs
// that show the names hold them.
package labels

import (
	"compress/gzip"
	_ "embed" // the names
	"io"
	"strings"
	"sync"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A line of the file is an endpoint: "POST v3/…", and then, each behind a tab, the names of
// its places in the order of Labels.places, in the notation of the catalogue with the name
// in place of the values.
//
//go:embed labels.gz
var compressed string

// Names are the Chinese names of fields by their paths, as [catalogue.Fields.All] has them.
type Names map[string]string

// Labels are the names of the fields of an endpoint, by place.
type Labels struct {
	Vars, Query, Header, JSON, XML, Body, Reply Names
}

func (l *Labels) places() []*Names {
	return []*Names{&l.Vars, &l.Query, &l.Header, &l.JSON, &l.XML, &l.Body, &l.Reply}
}

// See package catalogue for why this is no sync.OnceValue.
var (
	once  sync.Once
	lines string
)

// Of returns the names of the fields of an endpoint: empty ones for an endpoint that is not
// of the catalogue. The maps are the caller's. It is safe for concurrent use.
func Of(e catalogue.Endpoint) Labels {
	once.Do(func() { lines = "\n" + inflate(compressed) })
	var l Labels
	_, rest, found := strings.Cut(lines, "\n"+e.Method+" "+e.Route()+"\t")
	line, _, _ := strings.Cut(rest, "\n")
	notations := strings.Split(line, "\t")
	for i, names := range l.places() {
		*names = Names{}
		if !found {
			continue
		}
		var fields catalogue.Fields
		if err := fields.UnmarshalText([]byte(notations[i])); err != nil {
			panic("labels: " + e.Method + " " + e.Path + ": " + err.Error())
		}
		for path, f := range fields.All() {
			if len(f.Enum) > 0 {
				(*names)[path] = f.Enum[0]
			}
		}
	}
	return l
}

// inflate panics where the data are wrong: they are part of the program, and tested.
func inflate(data string) string {
	r, err := gzip.NewReader(strings.NewReader(data))
	if err != nil {
		panic("labels: " + err.Error())
	}
	text, err := io.ReadAll(r)
	if err != nil {
		panic("labels: " + err.Error())
	}
	return string(text)
}
