package generic_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/check"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/generic"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/walk"
)

const caller = "1900000109"

var now = time.Date(2026, 6, 8, 10, 34, 56, 0, time.UTC)

// checked is what the gateway checks before it calls a Handler.
func checked(r *walk.Request) *play.Refusal {
	e := r.Endpoint
	if refusal := check.Vars(e.Vars, r.Vars); refusal != nil {
		return refusal
	}
	if refusal := check.Query(e.Query, r.Query); refusal != nil {
		return refusal
	}
	if refusal := check.Body(r.Fields(), r.Body); refusal != nil {
		return refusal
	}
	return check.Caller(e, caller, r.Body, r.Query)
}

func TestAllEndpointsAnswerAsDocumented(t *testing.T) {
	t.Parallel()
	book, known := generic.New(), walk.Known{}
	all := walk.Endpoints()
	handlers := make([]play.Handler, len(all))
	for i, e := range all {
		handlers[i] = book.Handler(e)
	}
	answered, fields, v3 := 0, 0, 0
	for i, e := range all {
		r := walk.New(e, caller, known)
		require.Nil(t, checked(r), "%s %s", e.Method, e.Path)
		reply, err := handlers[i](&play.Call{Caller: caller, Vars: r.Vars, Query: r.Query, Body: r.Body, Now: now, Emit: func(play.Event) {}})
		require.NoError(t, err, "%s %s %v %v", e.Method, e.Path, r.Vars, r.Query)
		if len(e.Reply) == 0 {
			assert.Nil(t, reply, "204")
		} else {
			assert.Empty(t, check.Reply(e.Reply, reply), "%s %s", e.Method, e.Path)
		}
		for range e.Reply.All() {
			fields++
		}
		o, _ := reply.(play.Object)
		known.Learn(r, o)
		answered++
		if !strings.HasPrefix(e.Path, "/brand/") {
			v3++
		}
	}
	assert.Equal(t, len(all), answered)
	assert.GreaterOrEqual(t, v3, 1018)
	t.Logf("%d endpoints answered (%d of API v3), with %d documented fields", answered, v3, fields)
}
