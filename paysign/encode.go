package paysign

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// query encodes parameters, sorted by name, percent-encoded.
func query(params map[string]string) string {
	pairs := make([]string, 0, len(params))
	for _, name := range slices.Sorted(maps.Keys(params)) {
		pairs = append(pairs, escape(name)+"="+escape(params[name]))
	}
	return strings.Join(pairs, "&")
}

// escape encodes a space as %20: some parsers do not decode a plus as a space.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
