package sandbox_test

import (
	"net/http"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/walk"
)

// TestEveryWrongFieldIsRefused sends each endpoint its request with one field that is wrong: it
// is left out though it is required, has another type, or a value that is not known. The refusal
// names it. Sensitive fields are encrypted before. Each request is signed, and so is its reply:
// in short mode and with the race detector every tenth is sent.
func TestEveryWrongFieldIsRefused(t *testing.T) {
	t.Parallel()
	v, all := newVisitor(t), walk.Endpoints()
	every := 1
	if testing.Short() || raced {
		every = 10
	}
	const shards = 8
	var mu sync.Mutex
	counts := map[string]int{}
	t.Run("shards", func(t *testing.T) {
		for shard := range shards {
			t.Run(strconv.Itoa(shard), func(t *testing.T) {
				t.Parallel()
				made := 0
				for i := shard; i < len(all); i += shards {
					r := v.encrypted(t, v.request(all[i], nil))
					r.Mutants(func(m walk.Mutant) {
						if made++; made%every == 0 {
							v.refused(t, r, m)
							mu.Lock()
							counts[m.Kind]++
							mu.Unlock()
						}
					})
				}
			})
		}
	})
	assert.Len(t, counts, 3)
	t.Log("refused by the name of the field:", counts)
}

func (v *visitor) refused(t *testing.T, r *walk.Request, m walk.Mutant) {
	t.Helper()
	w := v.send(t, r)
	body := gjson.ParseBytes(w.Body.Bytes())
	got := walk.Mutant{Kind: m.Kind, Location: body.Get("detail.location").Str, Field: body.Get("detail.field").Str}
	assert.Equal(t, m, got, "%s: %s", name(r.Endpoint), body)
	assert.Equal(t, http.StatusBadRequest, w.Code)
	assert.Equal(t, "PARAM_ERROR", body.Get("code").Str)
}
