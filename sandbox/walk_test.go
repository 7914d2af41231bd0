package sandbox_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/check"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/walk"
)

// TestEveryEndpointAnswers calls each endpoint with a request made from the catalogue, in the
// state that it needs. It answers 2xx, in its documented shape.
func TestEveryEndpointAnswers(t *testing.T) {
	t.Parallel()
	all := walk.Endpoints()
	assert.Len(t, all, 1018+30)
	var inScenes, others atomic.Int64
	t.Run("all", func(t *testing.T) {
		var unstaged []catalogue.Endpoint
		for _, e := range all {
			s, is := sceneOf(e)
			if !is {
				unstaged = append(unstaged, e)
				continue
			}
			t.Run(name(e), func(t *testing.T) {
				t.Parallel()
				s.play(t, e)
				inScenes.Add(1)
			})
		}
		t.Run("one after the other", func(t *testing.T) {
			t.Parallel()
			v, known := newVisitor(t), walk.Known{}
			for _, e := range unstaged {
				t.Run(name(e), func(t *testing.T) {
					r := v.request(e, known)
					known.Learn(r, v.answer(t, r, whole))
					others.Add(1)
				})
			}
		})
	})
	t.Logf("%d endpoints answered 2xx: %d in scenes, %d one after the other", inScenes.Load()+others.Load(), inScenes.Load(), others.Load())
}

func name(e catalogue.Endpoint) string { return e.Method + " " + e.Path }

func find(t *testing.T, call string) catalogue.Endpoint {
	t.Helper()
	all := catalogue.All()
	i := slices.IndexFunc(all, func(e catalogue.Endpoint) bool { return name(e) == call })
	require.GreaterOrEqual(t, i, 0, call)
	return all[i]
}

// play calls an endpoint in its scene.
func (s scene) play(t *testing.T, e catalogue.Endpoint) {
	t.Helper()
	v, known := newVisitor(t), walk.Known{}
	for _, step := range s.before {
		if strings.Contains(step.call, " ") {
			v.visit(t, find(t, step.call), &known, s.values, step.values)
		} else {
			v.act(t, step.call, &known, step.values)
		}
	}
	v.visit(t, e, &known, s.values)
}

// visit calls an endpoint with values, of which the last win.
func (v *visitor) visit(t *testing.T, e catalogue.Endpoint, known *walk.Known, more ...values) {
	t.Helper()
	r := v.request(e, *known)
	for _, values := range more {
		for name, value := range values {
			if value, is := filled(*known, value); is {
				r.Set(name, value)
			}
		}
	}
	known.LearnAll(r, v.answer(t, r, required))
}

// filled is a value, or what a name in braces stands for, if it is known by now.
func filled(known walk.Known, value any) (any, bool) {
	list, is := value.([]any)
	if is {
		list = slices.Clone(list)
		for i, element := range list {
			if list[i], is = filled(known, element); !is {
				return nil, false
			}
		}
		return list, true
	}
	text, _ := value.(string)
	name, is := strings.CutPrefix(text, "{")
	if !is {
		return value, true
	}
	name, key, _ := strings.Cut(strings.TrimSuffix(name, "}"), "?")
	text, is = known.Value(name)
	if key == "" {
		return text, is
	}
	u, err := url.Parse(text)
	return u.Query().Get(key), is && err == nil
}

// answer calls an endpoint, which must answer in its shape, and returns the reply in the clear.
func (v *visitor) answer(t *testing.T, r *walk.Request, needed func(catalogue.Fields, string) bool) play.Object {
	t.Helper()
	e, w := r.Endpoint, v.send(t, v.encrypted(t, r))
	switch {
	case e.Features.Sink:
		require.Equal(t, http.StatusOK, w.Code, w.Body)
		assert.NotEmpty(t, w.Body.Bytes())
		return nil
	case len(e.Reply) == 0:
		require.Equal(t, http.StatusNoContent, w.Code, w.Body)
		return nil
	}
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	reply := v.decrypted(t, e, w.Body.String())
	for _, fault := range check.Reply(e.Reply, reply) {
		if fault.Issue != check.Missing || needed(e.Reply, fault.Field) {
			assert.Fail(t, fault.Issue, "%s: %s", fault.Field, w.Body)
		}
	}
	return reply
}

// whole: of what no part of the sandbox plays a reply has every field.
func whole(catalogue.Fields, string) bool { return true }

// required: of what is played a reply has what there is, and every required field.
func required(fields catalogue.Fields, pointer string) bool {
	is := false
	for name := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if _, err := strconv.Atoi(name); err == nil {
			continue
		}
		i := slices.IndexFunc(fields, func(f catalogue.Field) bool { return f.Name == name })
		is, fields = fields[i].Required, fields[i].Fields
	}
	return is
}
