package media_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/media"
)

func TestBillRow(t *testing.T) {
	t.Parallel()
	bill := media.ReadBill(strings.NewReader(tradeBill))
	var rows []media.BillRow // kept while the next ones are read
	for row, err := range bill.Rows() {
		require.NoError(t, err)
		rows = append(rows, row)
	}
	require.Len(t, rows, 3)
	columns := []string{"交易时间", "商户订单号", "应结订单金额", "商品名称"}
	for _, row := range []struct {
		name    string
		row     media.BillRow
		columns []string
		column  string
		want    string
	}{
		{"the first column", rows[0], columns, "交易时间", "2026-11-23 10:00:00"},
		{"the last column", rows[1], columns, "商品名称", `a,"b",c,"`},
		{"no such column", rows[2], columns, "总交易单数", ""},
		{"the summary", bill.Summary(), []string{"总交易单数", "应结订单总金额"}, "总交易单数", "3"},
		{"zero", media.BillRow{}, nil, "交易时间", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, row.row.Get(row.column))
			assert.Equal(t, row.columns, row.row.Columns())
			assert.Equal(t, len(row.columns), row.row.Len())
			for i, name := range row.columns {
				assert.Equal(t, row.row.Get(name), row.row.At(i))
			}
			clear(row.row.Columns())
			assert.Equal(t, row.columns, row.row.Columns(), "a new slice each time")
		})
	}
}

// TestRowsAreReadByName, by several goroutines, whether a name is a constant or made anew.
func TestRowsAreReadByName(t *testing.T) {
	t.Parallel()
	var rows []media.BillRow
	for row, err := range media.ReadBill(strings.NewReader(tradeBill)).Rows() {
		require.NoError(t, err)
		rows = append(rows, row)
	}
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for range 100 {
				for i, want := range []string{"T1", "T2", "T3"} {
					assert.Equal(t, want, rows[i].Get("商户订单号"))
					assert.Equal(t, want, rows[i].Get(strings.Clone("商户订单号")))
					assert.Empty(t, rows[i].Get(strings.Clone("商户订单")))
					assert.Empty(t, rows[i].Get("商户订单号"[:len("商户订单")]), "the same address, and shorter")
					assert.Empty(t, rows[i].Get(""))
				}
			}
		})
	}
	readers.Wait()
}
