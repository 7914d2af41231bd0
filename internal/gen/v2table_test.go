package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

func TestFactsOfV2(t *testing.T) {
	hmac := catalogue.Features{SignType: "HMAC-SHA256"}
	md5 := catalogue.Features{SignType: "MD5"}
	for _, c := range []struct {
		name, xml, reply string
		features         catalogue.Features
		want             string
	}{
		{"nothing documented", "", "", catalogue.Features{}, `MchID: "mch_id"`},
		{"no sign_type", "mchid! mch_appid!", "return_code result_code sign", catalogue.Features{}, `Unnamed: true, MchID: "mchid", AppID: "mch_appid"`},
		{"one sign_type", "mch_id! sign_type!=HMAC-SHA256", "", hmac, `Digest: "HMAC-SHA256", MchID: "mch_id"`},
		{"two, of which one is usual", "mch_id! sign_type=MD5|HMAC-SHA256", "", hmac, `Usual: "HMAC-SHA256", MchID: "mch_id"`},
		{"two, of which the usual one needs no name", "mch_id! sign_type=MD5|HMAC-SHA256", "", md5, `MchID: "mch_id"`},
		{"two, of which the usual one must be named", "mch_id! sign_type!=MD5|HMAC-SHA256", "", md5, `Usual: "MD5", MchID: "mch_id"`},
		{"text", "mch_id! detail@{a} b", "", catalogue.Features{}, `Unnamed: true, MchID: "mch_id", Text: []string{"detail"}`},
		{"lists in texts", "mch_id! detail@{a} list![]@{b} codes:integer[]@", "", catalogue.Features{}, `Unnamed: true, MchID: "mch_id", Text: []string{"detail"}, List: []string{"list", "codes"}`},
		{"an unsigned reply", "", "return_code result_code", catalogue.Features{}, `MchID: "mch_id", Unsigned: true`},
		{"one code", "", "return_code sign", catalogue.Features{}, `MchID: "mch_id", Outcome: ReturnOnly`},
		{"JSON", "", "retcode sign", catalogue.Features{}, `MchID: "mch_id", Outcome: RetCode`},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := catalogue.Endpoint{Version: 2, Method: "POST", Path: "/a", Features: c.features, XML: fields(t, c.xml), Reply: fields(t, c.reply)}
			assert.Equal(t, c.want, factsOf(e).source())
		})
	}
}

func TestTraitsOfV2(t *testing.T) {
	endpoints := []catalogue.Endpoint{
		{Version: 2, Method: "POST", Path: "/a-b", XML: fields(t, "mch_id! info@{a} detail@{b}")}, {Version: 2, Method: "POST", Path: "/a/b"}, {Version: 3, Method: "GET", Path: "/v3/x"},
	}
	out := files{}
	require.NoError(t, writeV2(out, endpoints, []traitV2{{Paths: []string{"/a-b"}, Form: []string{"info"}, Again: true, Source: "x"}, {Paths: []string{"/a-b", "/a/b"}, Query: true, Source: "x"}}))
	_, table, _ := strings.Cut(string(out["internal/endpoint/v2_gen.go"]), "var ")
	assert.Equal(t, `tableV2 = []rowV2{
	{"a-b", "POST", V2{Unnamed: true, MchID: "mch_id", Text: []string{"detail"}, Form: []string{"info"}, Query: true, Again: true}},
	{"a/b", "POST", V2{MchID: "mch_id", Query: true}},
}
`, table)
	require.ErrorContains(t, writeV2(files{}, endpoints, []traitV2{{Paths: []string{"/a-b"}}}), "[/a-b]: source is missing")
	require.ErrorContains(t, writeV2(files{}, endpoints, []traitV2{{Paths: []string{"/c"}, Source: "x"}}), "the catalogue has no /c")
	require.ErrorContains(t, writeV2(files{}, endpoints, []traitV2{{Paths: []string{"/a/b"}, Ask: "c", Source: "x"}}), "the catalogue has no /c")
}

// TestAskOfV2: what tells whether a call took effect only reads, and what may be repeated, or
// pays, has it.
func TestAskOfV2(t *testing.T) {
	traits, err := readLines[traitV2]("v2.jsonl")
	require.NoError(t, err)
	reads, ask := map[string]bool{}, map[string]string{}
	for _, trait := range traits {
		for _, path := range trait.Paths {
			reads[path] = reads[path] || trait.Query
			ask[path] += trait.Ask
		}
	}
	for path, asked := range ask {
		assert.True(t, asked == "" || reads["/"+asked], "%s: %s", path, asked)
	}
	for _, trait := range traits {
		for _, path := range trait.Paths {
			assert.True(t, !trait.Again || ask[path] != "", path)
		}
	}
}

// TestQueriesOfV2: what is named a query is one, so that a new endpoint is not forgotten.
func TestQueriesOfV2(t *testing.T) {
	traits, err := readLines[traitV2]("v2.jsonl")
	require.NoError(t, err)
	reads := map[string]bool{}
	for _, trait := range traits {
		for _, path := range trait.Paths {
			reads[path] = reads[path] || trait.Query
		}
	}
	for _, e := range catalogue.All() {
		last := e.Path[strings.LastIndexByte(e.Path, '/')+1:]
		if e.Version == 2 && (strings.Contains(last, "query") || strings.HasPrefix(last, "download")) {
			assert.True(t, reads[e.Path], e.Path)
		}
	}
}
