package jsonx_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
)

// everything has a field of each kind that Decode knows.
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

// FuzzDecode: no text makes Decode panic, and what encoding/json can read, Decode reads
// the same.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"a":"1","b":100,"c":["a"],"d":{"x":"y"},"e":{"f":true},"g":1.50,"h":[1],"i":"2018-06-08T10:34:56+08:00","j":[{"k":1.5}]}`,
		`{"a":7,"b":"100","c":"x","d":[],"e":[],"g":"x","i":1,"j":{"k":"1"}}`, `{"b":1e2,"j":[1,null]}`, `{"b":1e400,"g":-0}`,
		`{"b":"600","d":"","e":"","j":""}`, `[[[[`, `"\ud800"`, `{"a":"\u0000"}`, ` `,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got, want everything
		err := jsonx.Decode(data, &got)
		if !json.Valid(data) {
			require.ErrorIs(t, err, jsonx.ErrSyntax)
			return
		}
		if json.Unmarshal(data, &want) == nil && plain(data) {
			if rounded := (*jsonx.DecodeError)(nil); errors.As(err, &rounded) && rounded.Mismatches[0].Go == "float64" {
				return // encoding/json changes such a number
			}
			require.NoError(t, err)
			assert.Equal(t, want, got)
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
