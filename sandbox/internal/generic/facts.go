package generic

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/provoke"
)

// facts are what follows from the documentation of an endpoint.
type facts struct {
	catalogue.Endpoint
	segments []string
	product  string          // what its path begins with
	numbers  []string        // the fields of the body that are the business number of what it makes
	ids      []string        // the fields of the reply that are ids that it gives out
	list     catalogue.Field // of a GET: the list of things in the reply
	reads    bool            // a POST that asks for something
	makes    bool            // a POST that makes things
}

var asks = regexp.MustCompile(`(^|[-_])(query|queries|search|check|check-opened|verify|validate|echo|token-validations|query-day|entity-matches)($|[-_])`)

// id is how ids are named; those of other are what somebody or something is, and not what was
// made by a call, or are no ids.
var (
	id    = regexp.MustCompile(`(_id|_no|_code|_number)$|^(id|code)$`)
	other = regexp.MustCompile(`openid$|appid$|mchid$|^(brand|user|service|union|finder)_id$|(area|province|city|address|bank|country|category|error|fail|resp|sub|unit|tax|trade|result)_(code|id)$|phone|card_number|account|(media|file)_id$`)
)

func isID(name string) bool { return id.MatchString(name) && !other.MatchString(name) }

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// known are the facts of the endpoints that were called, by method and path.
var known sync.Map

func factsOf(e catalogue.Endpoint) *facts {
	at := e.Method + " " + e.Path
	found, _ := known.Load(at)
	f, ok := found.(*facts)
	if !ok {
		f = derived(e)
		known.Store(at, f)
	}
	return f
}

func derived(e catalogue.Endpoint) *facts {
	f := &facts{Endpoint: e, segments: strings.Split(strings.Trim(e.Path, "/"), "/"), product: productOf(e.Path)}
	last := f.segments[len(f.segments)-1]
	f.reads = e.Method == http.MethodPost && asks.MatchString(last)
	if e.Method == http.MethodGet {
		f.list = listOf(e.Reply)
	}
	if e.Method != http.MethodPost || f.reads {
		return f
	}
	f.numbers = numbersOf(f)
	asked := namesOf(e.Vars, e.Query, e.JSON, e.Body)
	asked["code"] = named(e.Reply, "msg") || named(e.Reply, "message") // then it is that of a result
	for path, field := range e.Reply.All() {
		if isID(field.Name) && !asked[field.Name] && !strings.Contains(path, "[]") && !slices.Contains(f.ids, field.Name) {
			f.ids = append(f.ids, field.Name)
		}
	}
	f.makes = len(f.numbers) > 0 || len(f.ids) > 0 && (len(e.Vars) == 0 || slices.ContainsFunc(f.ids, addressed(f.segments)))
	return f
}

// addressed returns whether there are endpoints for what a POST of a path makes, by the name of
// its number or id: below the path, with or without a word between.
func addressed(path []string) func(name string) bool {
	names := map[string]bool{}
	for _, e := range products()[productOf("/"+strings.Join(path, "/"))] {
		below := strings.Split(strings.Trim(e.Path, "/"), "/")
		if n := inCommon(path, below); n < len(path) || len(below) == n {
			continue
		}
		for _, segment := range below[len(path):min(len(path)+2, len(below))] {
			if name, is := strings.CutPrefix(segment, "{"); is {
				names[strings.TrimSuffix(name, "}")] = true
				break
			}
		}
	}
	return func(name string) bool { return names[name] }
}

// split are products that are many, told apart by the next segment of their paths.
var split = map[string]bool{"aggracct-bc": true, "brand": true, "ecommerce": true, "fund-app": true, "global": true, "marketing": true, "platsolution": true}

// metaOf returns the fields of the meta part of an upload.
func metaOf(parts catalogue.Fields) catalogue.Fields {
	for _, part := range parts {
		if part.Name == "meta" {
			return part.Fields
		}
	}
	return nil
}

// productOf returns what the paths of a product begin with, such as /v3/refund.
func productOf(path string) string {
	segments := strings.Split(path, "/") // "", "v3", "pay", …
	n := 3
	if len(segments) > 2 && segments[2] == "v3" { // "", "hk", "v3", …
		n = 4
	}
	if n < len(segments) && split[segments[n-1]] {
		n++
	}
	return strings.Join(segments[:min(n, len(segments))], "/")
}

// listOf returns the list of objects that a reply is about.
func listOf(fields catalogue.Fields) catalogue.Field {
	paged := slices.ContainsFunc(fields, func(f catalogue.Field) bool {
		return f.Name == "total_count" || f.Name == "offset" || f.Name == "next_page_token" || f.Name == "total_num"
	})
	for _, f := range fields {
		if f.Type == "object[]" && (paged && len(fields) <= 8 || f.Name == "data") {
			return f
		}
	}
	return catalogue.Field{}
}

func namesOf(places ...catalogue.Fields) map[string]bool {
	names := map[string]bool{}
	for _, place := range places {
		for _, f := range place.All() {
			names[f.Name] = true
		}
	}
	return names
}

// numbersOf returns the fields at the top of a body that are the number of what the call makes,
// not of what it refers to: the one by which a GET asks for it, whose path has most in common
// with this one. Where no GET tells, it is all business numbers together.
func numbersOf(f *facts) []string {
	numbers := make([]string, 0, 2)
	best, below := 0, addressed(f.segments)
	for _, field := range f.JSON {
		is := provoke.IsNumber(field.Name) || isID(field.Name) && below(field.Name)
		if !is || named(f.Vars, field.Name) {
			continue
		}
		switch n := askedBy(f, field.Name); {
		case n > best:
			numbers, best = append(numbers[:0], field.Name), n
		case n == best:
			numbers = append(numbers, field.Name)
		}
	}
	return required(f.JSON, numbers)
}

// required returns those of the names that are required, all where none is.
func required(fields catalogue.Fields, names []string) []string {
	must := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return !slices.ContainsFunc(fields, func(f catalogue.Field) bool { return f.Name == name && f.Required })
	})
	if len(must) > 0 {
		return must
	}
	return names
}

// askedBy returns how much the path of f has in common with that of the nearest endpoint, other
// than a POST, for what has a number: more where the number is in its path than in its query.
func askedBy(f *facts, number string) int {
	best := 0
	for _, g := range products()[f.product] {
		n := 0
		if g.Method == http.MethodPost {
			continue
		}
		if len(g.Vars) > 0 && g.Vars[len(g.Vars)-1].Name == number {
			n = 1
		} else if !slices.ContainsFunc(g.Query, func(q catalogue.Field) bool { return q.Required && q.Name == number }) {
			continue
		}
		best = max(best, n+2*inCommon(f.segments, strings.Split(strings.Trim(g.Path, "/"), "/")))
	}
	return best
}

func named(fields catalogue.Fields, name string) bool {
	return slices.ContainsFunc(fields, func(f catalogue.Field) bool { return f.Name == name })
}

// inCommon counts the segments at the beginning of two paths that are the same.
func inCommon(a, b []string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

var (
	once      sync.Once
	byProduct map[string][]catalogue.Endpoint
)

// products returns the endpoints of all products.
func products() map[string][]catalogue.Endpoint {
	once.Do(func() {
		byProduct = map[string][]catalogue.Endpoint{}
		for _, e := range catalogue.All() {
			if e.Version == 3 {
				byProduct[productOf(e.Path)] = append(byProduct[productOf(e.Path)], e)
			}
		}
	})
	return byProduct
}
