package wechatpay_test

import (
	"fmt"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
)

// growingDocuments builds documents of n parts, one by one.
var growingDocuments = []struct {
	name  string
	build func(n int) wechatpay.Document
}{
	{"keys", func(n int) (d wechatpay.Document) {
		for i := range n {
			d = d.Set("key"+strconv.Itoa(i), i)
		}
		return d
	}},
	{"list elements", func(n int) (d wechatpay.Document) {
		for i := range n {
			d = d.Set("list.-1", i)
		}
		return d
	}},
	{"list elements by index", func(n int) (d wechatpay.Document) {
		for i := range n {
			d = d.Set("list."+strconv.Itoa(i)+".price", i)
		}
		return d
	}},
	{"deleted keys", func(n int) wechatpay.Document {
		body := wechatpay.M{}
		for i := range n {
			body["key"+strconv.Itoa(i)] = i
		}
		d := wechatpay.NewDocument(body)
		for i := range n {
			d = d.Delete("key" + strconv.Itoa(i))
		}
		return d
	}},
}

// BenchmarkDocument: ten times the parts take ten times the time.
func BenchmarkDocument(b *testing.B) {
	for _, row := range growingDocuments {
		for _, n := range []int{1_000, 10_000} {
			b.Run(fmt.Sprintf("%s/n=%d", row.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := row.build(n).Bytes(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// bytesOf returns what f allocates.
func bytesOf(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestADocumentGrowsInProportion(t *testing.T) {
	for _, row := range growingDocuments {
		t.Run(row.name, func(t *testing.T) {
			allocated := func(n int) uint64 {
				return bytesOf(func() {
					_, err := row.build(n).Bytes()
					require.NoError(t, err)
				})
			}
			allocated(100)
			small, large := allocated(1_000), allocated(10_000)
			assert.Less(t, large, 15*small, "bytes for ten times the parts")
		})
	}
}
