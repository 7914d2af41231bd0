package wechatpay

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// everything has a field of each kind that As knows.
type everything struct {
	A string            `json:"a"`
	B int64             `json:"b"`
	C []string          `json:"c"`
	D map[string]string `json:"d"`
	E *struct {
		F bool `json:"f"`
	} `json:"e"`
	G json.Number     `json:"g"`
	H json.RawMessage `json:"h"`
	I time.Time       `json:"i"`
	J []struct {
		K float64 `json:"k"`
	} `json:"j"`
}

// FuzzAs: nothing in a reply makes As panic or fail, and what encoding/json can read
// without a word, As reads the same.
func FuzzAs(f *testing.F) {
	for _, seed := range []string{
		`{"a":"1","b":100,"c":["a"],"d":{"x":"y"},"e":{"f":true},"g":1.50,"h":[1],"i":"2018-06-08T10:34:56+08:00","j":[{"k":1.5}]}`,
		`{"a":7,"b":"100","c":"x","d":[],"e":[],"g":"x","i":1,"j":{"k":"1"}}`, `{"b":1e2,"j":[1,null]}`, `{"b":1e400,"g":-0}`,
		`[[[[`, `"\ud800"`, `{"a":"\u0000"}`, ` `,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := As[everything](&Response{data: data}, nil)
		require.NoError(t, err)
		var want everything
		if json.Unmarshal(data, &want) == nil && plain(data) {
			assert.Empty(t, r.Misfits)
			assert.Equal(t, want, r.Data)
		}
	})
}

// plain tells, roughly, JSON that everyone reads alike: no name stands twice in it, or
// needs to have its capitals or escapes seen through, and no byte is replaced.
func plain(data []byte) bool {
	for c := 'a'; c <= 'k'; c++ {
		if bytes.Count(data, []byte(string([]rune{'"', c, '"'}))) > 1 {
			return false
		}
	}
	return utf8.Valid(data) && !bytes.ContainsAny(data, "ABCDEFGHIJK\\")
}
