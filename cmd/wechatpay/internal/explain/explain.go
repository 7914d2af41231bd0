// Package explain knows causes and fixes of WeChat Pay's errors, as data: facts.jsonl has one a line,
// each with its source.
package explain

import (
	_ "embed" // the data
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed facts.jsonl
var lines string

// A Fact is one cause of an error, and what to do about it.
type Fact struct {
	Codes   []string `json:"codes,omitempty"`   // such as SIGN_ERROR; any if empty
	Numbers []string `json:"numbers,omitempty"` // of the manuals: see wechatpay.APIError.ManualID
	Says    []string `json:"says,omitempty"`    // a message that it is about has one of these
	Paths   []string `json:"paths,omitempty"`   // a path that it is about has one of these; any if empty
	V2      bool     `json:"v2,omitempty"`      // it is about APIv2 alone, whose Codes are its own

	Cause        string `json:"cause"`
	Fix          string `json:"fix"`
	CauseChinese string `json:"cause_zh"`
	FixChinese   string `json:"fix_zh"`
	Source       string `json:"source"`
}

var (
	once  sync.Once
	facts []Fact
)

// All are the facts that there are. The list is shared, and not to be changed.
func All() []Fact {
	once.Do(func() {
		for line := range strings.Lines(lines) {
			var f Fact
			decoder := json.NewDecoder(strings.NewReader(line))
			decoder.DisallowUnknownFields() // a misspelled key would be lost
			if err := decoder.Decode(&f); err != nil {
				panic(fmt.Sprintf("facts.jsonl, line %d: %v", len(facts)+1, err)) // a test reads them
			}
			facts = append(facts, f)
		}
	})
	return facts
}

// A Problem is what is known of an error; what is not is empty.
type Problem struct {
	Status    int    `json:"status,omitempty"`
	Code      string `json:"code,omitempty"`
	Number    string `json:"number,omitempty"` // of the manuals
	Message   string `json:"message,omitempty"`
	Field     string `json:"field,omitempty"`
	Issue     string `json:"issue,omitempty"`
	RequestID string `json:"request_id,omitempty"`
	Path      string `json:"path,omitempty"`
}

// Causes are the facts that a problem may have, the surest first: those of its number, else those
// of its message, else those of its code. One of another endpoint is left out where the endpoint is
// known, and comes last where it is not.
func Causes(p Problem) []Fact {
	for _, fits := range []func(Fact) bool{
		func(f Fact) bool { return p.Number != "" && slices.Contains(f.Numbers, p.Number) },
		p.says,
		func(f Fact) bool { return p.Code != "" && slices.Contains(f.Codes, p.Code) && !f.elsewhere(p) },
	} {
		var found, special []Fact
		for _, f := range All() {
			switch {
			case !fits(f):
			case len(f.Paths) > 0 && p.Path == "":
				special = append(special, f)
			default:
				found = append(found, f)
			}
		}
		if found = append(found, special...); found != nil {
			return found
		}
	}
	return nil
}

// says reports whether a problem has the message of a fact.
func (p Problem) says(f Fact) bool {
	if f.V2 && p.Code != "" && !slices.Contains(f.Codes, p.Code) || f.elsewhere(p) {
		return false
	}
	text := strings.ToLower(p.Message + " " + p.Issue)
	return slices.ContainsFunc(f.Says, func(part string) bool { return strings.Contains(text, strings.ToLower(part)) })
}

// elsewhere reports whether a fact is about another endpoint.
func (f Fact) elsewhere(p Problem) bool {
	return p.Path != "" && len(f.Paths) > 0 && !slices.ContainsFunc(f.Paths, func(part string) bool { return strings.Contains("/"+p.Path, part) })
}
