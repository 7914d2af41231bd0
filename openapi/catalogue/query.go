package catalogue

import (
	_ "embed" // the data
	"errors"
	"strings"
	"sync"
	"time"
)

//go:embed queries.jsonl
var queries string

// A Query is the endpoint that tells whether a request took effect, by the request's business
// number. Its slices and maps are shared, and not to be changed.
type Query struct {
	For    []string `json:"for"`             // the routes of the requests, all of them POST
	Ask    string   `json:"ask"`             // the route of the query
	Method string   `json:"method,omitzero"` // of the query; GET, and POST in APIv2
	// Number is the field of the request that holds the business number, and the variable or the
	// field of the query that takes it.
	Number string `json:"number"`
	// With are the other fields of the request that the query takes, where the request has them:
	// "name", or "name=other" where they differ. "name=@caller" takes the caller's merchant id.
	With []string          `json:"with,omitzero"`
	Set  map[string]string `json:"set,omitzero"` // fields of the query with a fixed value
	// Same are the fields of the answer that are those of the request, by their paths: the answer's
	// to the request's. Where they differ, the number belongs to another request.
	Same map[string]string `json:"same,omitzero"`
	// Amount is the path of the request's amount, which moves if the request takes effect, in the
	// smallest unit of its currency. It is empty where there is none, or several.
	Amount string `json:"amount,omitzero"`
	// Absent are the codes of a signed answer that mean that there is no such number. In API v3,
	// where its status is 404: NOT_FOUND, ORDER_NOT_EXIST and RESOURCE_NOT_EXISTS.
	Absent []string `json:"absent,omitzero"`
	// OneByOne are the fields that name the order that requests refer to. Those of one order
	// go one at a time, and are Apart by this.
	OneByOne []string `json:"one_by_one,omitzero"`
	Apart    Duration `json:"apart,omitzero"`
	Source   string   `json:"source"`
}

// A Duration is a [time.Duration] that is written as text, such as 1m.
type Duration time.Duration

// UnmarshalText reads what [time.ParseDuration] does.
func (d *Duration) UnmarshalText(text []byte) error {
	if d == nil {
		return errors.New("catalogue: the Duration is nil")
	}
	value, err := time.ParseDuration(string(text))
	*d = Duration(value)
	return err
}

var (
	queriesOnce sync.Once
	allQueries  []Query
	queryOf     map[string]*Query
)

// Queries are the queries of the requests that move money, in the order of the data.
func Queries() []Query {
	queriesOnce.Do(func() {
		queryOf = map[string]*Query{}
		allQueries = lines("queries.jsonl", queries, func() Query {
			return Query{Method: "GET", Absent: []string{"NOT_FOUND", "ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS"}}
		})
		for i := range allQueries {
			for _, route := range allQueries[i].For {
				queryOf[route] = &allQueries[i]
			}
		}
	})
	return allQueries
}

// QueryOf returns the query that tells whether a POST took effect, by the route as a chain takes
// it: v3/refund/domestic/refunds. It returns false if none is known.
func QueryOf(route string) (Query, bool) {
	Queries()
	q, ok := queryOf[strings.TrimPrefix(route, "/")]
	if !ok {
		return Query{}, false
	}
	return *q, true
}
