package generic_test

import (
	"math/rand/v2"
	"net/url"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/generic"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestLimitDropsTheOldest(t *testing.T) {
	t.Parallel()
	book := generic.New()
	book.Limit = 20
	s := newShop(t, book, bills)
	for n := range 50 {
		s.ok("POST", bills, nil, nil, bill("bill"+strconv.Itoa(n), 1))
		kept := 0
		for m := range n + 1 {
			if _, refusal := s.getBill("bill" + strconv.Itoa(m)); refusal == nil {
				kept++
			}
		}
		assert.LessOrEqual(t, kept, 20)
		assert.GreaterOrEqual(t, kept, min(n+1, 18), "a tenth is dropped at once")
	}
	_, refusal := s.getBill("bill0")
	refusedAs(t, refusal, 404, "RESOURCE_NOT_EXISTS")
	s.ok("POST", bills, nil, nil, bill("bill0", 2)) // its number is free again
}

func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	s := newShop(t, generic.New(), bills, stores)
	kept := s.ok("POST", stores, nil, nil, store("a"))
	made := s.ok("POST", bills, nil, nil, bill("bill1", 100))
	address := map[string]any{"address_code": "440300", "address_detail": "a", "undocumented": "x"}
	s.ok("PATCH", stores+"/{store_id}", map[string]string{"store_id": kept.Text("store_id")}, nil, play.Object{"store_address": address, "undocumented": "x"})
	want, _ := s.getBill("bill1")
	data, err := s.book.Save()
	require.NoError(t, err)

	fresh := newShop(t, generic.New(), bills, stores)
	require.NoError(t, fresh.book.Load(data))
	assert.NotEqual(t, kept["store_id"], fresh.ok("POST", stores, nil, nil, store("a"))["store_id"], "no id is given out twice")

	later := newShop(t, generic.New(), bills, stores)
	later.ok("POST", bills, nil, nil, bill("bill9", 9))
	assert.NotContains(t, string(data), "undocumented")
	require.NoError(t, later.book.Load(data))
	got, refusal := later.getBill("bill1")
	require.Nil(t, refusal)
	assert.Equal(t, want, got)
	assert.Equal(t, made, later.ok("POST", bills, nil, nil, bill("bill1", 100)), "its number is known")
	_, refusal = later.call("POST", bills, nil, nil, bill("bill1", 1))
	refusedAs(t, refusal, 400, "INVALID_REQUEST")
	_, refusal = later.getBill("bill9")
	refusedAs(t, refusal, 404, "RESOURCE_NOT_EXISTS")
	later.ok("POST", stores, nil, nil, store("a"))
	list := later.ok("GET", stores, nil, url.Values{"brand_id": {"40001"}}, nil)
	assert.EqualValues(t, 2, list.Int("total_count"))

	for _, row := range []struct{ name, data string }{
		{"no JSON", "x"}, {"null for a thing", `{"seq":1,"things":[null]}`}, {"no order", `{"seq":2,"things":[{"seq":2},{"seq":1}]}`}, {"a low seq", `{"seq":1,"things":[{"seq":2}]}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			require.Error(t, later.book.Load([]byte(row.data)))
			_, refusal := later.getBill("bill1")
			assert.Nil(t, refusal, "all is as it was")
		})
	}
}

func TestAtOnce(t *testing.T) {
	t.Parallel()
	s := newShop(t, generic.New(), bills, stores)
	replies := make([]play.Object, 16)
	var all sync.WaitGroup
	for n := range replies {
		all.Go(func() {
			replies[n] = s.ok("POST", bills, nil, nil, bill("bill1", 100))
			made := s.ok("POST", stores, nil, nil, store("a"))
			vars := map[string]string{"store_id": made.Text("store_id")}
			s.ok("PATCH", stores+"/{store_id}", vars, nil, store("b"))
			s.ok("GET", stores, nil, url.Values{"brand_id": {"40001"}}, nil)
			s.ok("DELETE", stores+"/{store_id}", vars, nil, play.Object{"brand_id": "40001"})
			_, err := s.book.Save()
			assert.NoError(t, err)
		})
	}
	all.Wait()
	for _, reply := range replies {
		assert.Equal(t, replies[0], reply)
	}
	assert.Zero(t, s.ok("GET", stores, nil, url.Values{"brand_id": {"40001"}}, nil).Int("total_count"))
}

// TestRandomHistories compares a Book with a plain map.
func TestRandomHistories(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		random := rand.New(rand.NewPCG(seed, 1))
		s := newShop(t, generic.New(), stores)
		want := map[string]string{} // the addresses of the stores
		ids := []string{"other"}
		for step := range 60 {
			id := ids[random.IntN(len(ids))]
			vars, address := map[string]string{"store_id": id}, "a"+strconv.Itoa(step)
			var refusal *play.Refusal
			switch random.IntN(5) {
			case 0, 1:
				made := s.ok("POST", stores, nil, nil, store(address)).Text("store_id")
				ids, want[made] = append(ids, made), address
				continue
			case 2:
				if _, refusal = s.call("PATCH", stores+"/{store_id}", vars, nil, store(address)); refusal == nil {
					want[id] = address
				}
			case 3:
				var got play.Object
				if got, refusal = s.call("GET", stores+"/{store_id}", vars, url.Values{"brand_id": {"40001"}}, nil); refusal == nil {
					assert.Equal(t, want[id], got.Text("store_address.address_detail"))
				}
			case 4:
				_, refusal = s.call("DELETE", stores+"/{store_id}", vars, nil, play.Object{"brand_id": "40001"})
			}
			_, there := want[id]
			assert.Equal(t, there, refusal == nil, "seed %d, step %d", seed, step)
			if refusal != nil {
				continue
			}
			if _, gone := s.call("GET", stores+"/{store_id}", vars, url.Values{"brand_id": {"40001"}}, nil); gone != nil {
				delete(want, id)
			}
		}
		assert.EqualValues(t, len(want), s.ok("GET", stores, nil, url.Values{"brand_id": {"40001"}, "limit": {"100"}}, nil).Int("total_count"))
	}
}
