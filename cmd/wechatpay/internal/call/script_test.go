package call_test

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/clitest"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func TestMain(m *testing.M) { clitest.Main(m) }

func TestScripts(t *testing.T) {
	clitest.Run(t, func(env *testscript.Env, gateway *sandbox.Gateway) error {
		servePages(gateway)
		yesterday := time.Now().Add(-48 * time.Hour)
		env.Setenv("BILL_DATE", yesterday.Format(time.DateOnly))
		env.Setenv("BILL_DAY", yesterday.Format("20060102"))
		for _, path := range []string{"/v3/bill/tradebill", "/v3/bill/sub-merchant-fundflowbill", "/pay/downloadbill"} {
			gateway.PutBill(path, func(w io.Writer) error {
				_, err := io.WriteString(w, "交易时间,金额\n`2026-11-23 10:00:00,`1.00\n")
				return err
			})
		}
		gateway.Handle(http.MethodGet, "/v3/nobody/knows", picture)
		gateway.Handle(http.MethodPost, "/v3/nobody/knows", func(*sandbox.Request) *sandbox.Reply {
			return &sandbox.Reply{Status: http.StatusNoContent}
		})
		return nil
	})
}

// servePages serves lists of five elements, paged as WeChat Pay does.
func servePages(gateway *sandbox.Gateway) {
	list := func(first, size int) []map[string]int {
		var elements []map[string]int
		for n := max(first, 0); n < min(first+size, 5); n++ {
			elements = append(elements, map[string]int{"n": n})
		}
		return elements
	}
	number := func(r *sandbox.Request, name string, otherwise int) int {
		n, err := strconv.Atoi(r.URL.Query().Get(name))
		if err != nil {
			return otherwise
		}
		return n
	}
	reply := func(values map[string]any) *sandbox.Reply { return sandbox.JSON(http.StatusOK, values) }
	for _, one := range []struct {
		path    string
		handler sandbox.Handler
	}{
		{"/v3/merchant-service/complaints-v2", func(r *sandbox.Request) *sandbox.Reply { // counts elements
			offset, limit := number(r, "offset", 0), number(r, "limit", 2)
			return reply(map[string]any{"data": list(offset, limit), "limit": limit, "offset": offset, "total_count": 5})
		}},
		{"/v3/marketing/favor/stocks", func(r *sandbox.Request) *sandbox.Reply { // counts pages
			offset, limit := number(r, "offset", 0), number(r, "limit", 2)
			return reply(map[string]any{"data": list(offset*limit, limit), "limit": limit, "offset": offset, "total_count": 5})
		}},
		{"/v3/marketing/paygiftactivity/activities", func(r *sandbox.Request) *sandbox.Reply { // counts elements after all
			offset, limit := number(r, "offset", 0), number(r, "limit", 2)
			return reply(map[string]any{"data": list(offset, limit), "limit": limit, "offset": offset, "total_count": 5})
		}},
		{"/v3/offlineface/face-collections", func(r *sandbox.Request) *sandbox.Reply { // has no total
			return reply(map[string]any{"face_collections": list(number(r, "offset", 0), number(r, "limit", 2))})
		}},
		{"/v3/brand/card/card-links", func(r *sandbox.Request) *sandbox.Reply { // numbers pages from 1
			index, size := number(r, "page_index", 1), number(r, "page_size", 2)
			return reply(map[string]any{"active_link_list": list((index-1)*size, size), "page_index": index, "page_size": size, "total_num": 5})
		}},
		{"/v3/marketing/partner/product-coupon/users/{openid}/coupons", func(r *sandbox.Request) *sandbox.Reply { // has tokens
			first := number(r, "page_token", 0)
			values := map[string]any{"user_coupon_list": list(first, 2), "total_count": 5}
			if first+2 < 5 {
				values["next_page_token"] = fmt.Sprint(first + 2)
			}
			return reply(values)
		}},
		{"/v3/merchant-service/complaints", func(r *sandbox.Request) *sandbox.Reply { // loses one
			offset := number(r, "offset", 0)
			elements := list(offset, 2)
			if offset == 2 {
				elements = elements[:1]
			}
			return reply(map[string]any{"data": elements, "limit": 2, "offset": offset, "total_count": 6})
		}},
	} {
		gateway.Handle(http.MethodGet, one.path, one.handler)
	}
}
