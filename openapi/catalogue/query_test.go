package catalogue_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

func paths(places ...catalogue.Fields) map[string]catalogue.Field {
	known := map[string]catalogue.Field{}
	for _, place := range places {
		for path, field := range place.All() {
			known[path] = field
		}
	}
	return known
}

// Each query is an endpoint, and gets all that it needs from the request.
func TestQueries(t *testing.T) {
	t.Parallel()
	endpoints := map[string]catalogue.Endpoint{}
	for _, e := range catalogue.All() {
		endpoints[e.Method+" "+e.Route()] = e
	}
	seen := map[string]bool{}
	for _, q := range catalogue.Queries() {
		ask, known := endpoints[q.Method+" "+q.Ask]
		require.True(t, known, "%s %s", q.Method, q.Ask)
		assert.NotEmpty(t, q.Source, q.Ask)
		takes, tells := paths(ask.Vars, ask.Query, ask.XML), paths(ask.Reply)
		assert.Contains(t, takes, q.Number, q.Ask)
		for name := range q.Set {
			assert.Contains(t, takes, name, q.Ask)
		}
		for _, route := range q.For {
			require.False(t, seen[route], "%s twice", route)
			seen[route] = true
			request, known := endpoints["POST "+route]
			require.True(t, known, route)
			has := paths(request.JSON, request.XML)
			assert.True(t, has[q.Number].Required, "%s: %s", route, q.Number)
			given := map[string]bool{q.Number: true}
			for _, with := range q.With {
				name, from, renamed := strings.Cut(with, "=")
				if !renamed {
					from = name
				}
				assert.Contains(t, takes, name, q.Ask)
				_, has := has[from]
				given[name] = has || from == "@caller"
			}
			for name, field := range takes {
				if _, set := q.Set[name]; set || catalogue.Filled(name) && ask.Version == 2 {
					continue
				}
				assert.True(t, given[name] || !field.Required, "%s: the query requires %s, which the request does not have", route, name)
			}
			for _, field := range q.OneByOne {
				assert.Contains(t, has, field, route)
			}
			if q.Amount != "" {
				assert.Contains(t, has, q.Amount, route)
				assert.Contains(t, slices.Collect(maps.Values(q.Same)), q.Amount, "the query tells whether it was this amount")
			}
			for answer := range q.Same {
				assert.Contains(t, tells, strings.Replace(answer, "_0", "_$n", 1), q.Ask)
			}
		}
	}
	assert.GreaterOrEqual(t, len(seen), 88)
}

func TestQueryOf(t *testing.T) {
	t.Parallel()
	q, known := catalogue.QueryOf("/v3/refund/domestic/refunds")
	require.True(t, known)
	assert.Equal(t, "v3/refund/domestic/refunds/{out_refund_no}", q.Ask)
	assert.Equal(t, catalogue.Duration(time.Minute), q.Apart)
	_, known = catalogue.QueryOf("v3/certificates")
	assert.False(t, known)
}
