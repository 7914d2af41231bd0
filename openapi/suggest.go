package openapi

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// Suggest returns a hint for a path that WeChat Pay answered with 404, such as "did you mean
// GET v3/certificates?". Use it as [wechatpay.Config].Hint. It returns "" for a path of the
// catalogue, and for one that is similar to none.
//
// It knows misspelled segments, other cases and signs (jsapiWithContract), segments that
// are missing or too many, another method, and paths of the other API: "did you mean POST
// v2/pay/micropay? it is of APIv2: Options.XML". It offers no segment that is another word,
// such as close for reverse.
func Suggest(method, path string) string {
	if _, ok := Lookup(method, path); ok || len(path) > 200 { // no path is as long
		return ""
	}
	method = strings.ToUpper(method)
	given := segmentsOf(rooted(path))
	var best catalogue.Endpoint
	least := tooFar
	all := documentedSegments()
	for i, e := range catalogue.All() {
		off := similarity(given, all[i])
		if e.Method != method {
			off += otherMethod
		}
		if isOverseas(e) && !slices.ContainsFunc(given, func(s segment) bool { return s.plain == "hk" || s.plain == "global" }) {
			off += overseas
		}
		if off < least || off == least && off < tooFar && rank(e) < rank(best) {
			best, least = e, off
		}
	}
	if least >= tooFar {
		return ""
	}
	return fmt.Sprintf("did you mean %s %s?%s", best.Method, best.Route(), otherAPI(given[0], best))
}

// otherAPI says that an endpoint is of another API than the path that begins so.
func otherAPI(first segment, e catalogue.Endpoint) string {
	switch isV2 := first.plain == "v2"; {
	case isV2 && e.Version != 2:
		return " it is of API v3: Options.JSON"
	case !isV2 && e.Version == 2:
		return " it is of APIv2: Options.XML"
	}
	return ""
}

// Costs of what differs between two paths, in quarters of a letter.
const (
	letter      = 4
	otherMethod = 4
	missing     = 5 // a segment that is documented, and not given
	extra       = 9 // one that is given, and not documented
	asVariable  = 1 // a segment that is the value of a variable
	overseas    = 6 // a path of hk or global, which are not given
	tooFar      = 16
	different   = 1000
)

// A segment of a path, as it is written, and in lower case without the signs between its
// words.
type segment struct{ text, plain string }

func segmentsOf(path string) []segment {
	texts := strings.Split(path[1:], "/")
	segments := make([]segment, len(texts))
	for i, text := range texts {
		segments[i] = segment{text, strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(text), "-", ""), "_", "")}
	}
	return segments
}

// See package catalogue for why this is no sync.OnceValue.
var (
	documentedOnce sync.Once
	documented     [][]segment
)

// documentedSegments are those of each endpoint of the catalogue.
func documentedSegments() [][]segment {
	documentedOnce.Do(func() {
		for _, e := range catalogue.All() {
			documented = append(documented, segmentsOf(rooted(e.Route())))
		}
	})
	return documented
}

// similarity returns the cost of making a given path the documented one, which ends alike.
func similarity(given, documented []segment) int {
	last, end := given[len(given)-1], documented[len(documented)-1]
	switch more := len(documented) - len(given); {
	case more > 3 || more < -2:
		return tooFar
	case last.text == "" || end.text == "": // a slash at the end
	case end.isVariable() && !last.isVariable() && !strings.ContainsAny(last.text, "0123456789"):
		return tooFar // it is a word, and its path has another one
	case segmentCost(last, end) >= different:
		return tooFar
	}
	row := make([]int, len(documented)+1)
	for j, name := range documented {
		row[j+1] = row[j] + gap(name, missing)
	}
	same := 0
	for _, s := range given {
		diagonal := row[0]
		row[0] += gap(s, extra)
		least := row[0]
		matched := false
		for j, name := range documented {
			change := segmentCost(s, name)
			matched = matched || change < different && !name.isVariable() && !name.isVersion() && name.text != ""
			cost := min(diagonal+change, row[j]+gap(name, missing), row[j+1]+gap(s, extra))
			diagonal, row[j+1] = row[j+1], cost
			least = min(least, cost)
		}
		if least >= tooFar {
			return tooFar
		}
		if matched {
			same++
		}
	}
	cost := row[len(documented)]
	if same < 2 && cost > missing {
		return tooFar // hardly anything is the same
	}
	return cost
}

// gap is the cost of a segment that only one path has. An empty one is a slash at the end.
func gap(s segment, cost int) int {
	if s.text == "" {
		return letter
	}
	return cost
}

func (s segment) isVersion() bool { return s.plain == "v3" || s.plain == "v2" }

func (s segment) isVariable() bool { return strings.HasPrefix(s.text, "{") }

// segmentCost is the cost of writing a documented segment for a given one.
func segmentCost(given, documented segment) int {
	switch {
	case given.text == documented.text:
		return 0
	case given.text == "" || documented.text == "":
		return different
	case documented.isVariable() && given.isVariable():
		return 0
	case documented.isVariable():
		return asVariable
	case given.isVariable():
		return different
	case given.plain == documented.plain:
		return 1 // another case, or other signs
	}
	short, long := given.plain, documented.plain
	if len(short) > len(long) {
		short, long = long, short
	}
	most := max(1, len(long)/4)
	if len(long)-len(short) > most || opposite(long, short) {
		return different
	}
	edits := distance(short, long)
	if edits > most {
		return different
	}
	return edits * letter
}

// opposite reports whether a word negates another one: unfreeze and freeze.
func opposite(word, of string) bool {
	for _, prefix := range []string{"un", "de", "dis", "in", "re"} {
		if word == prefix+of {
			return true
		}
	}
	return false
}

// distance is the Levenshtein distance of two strings, in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
