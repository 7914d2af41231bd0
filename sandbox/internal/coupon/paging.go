package coupon

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// The sizes of a page are not documented: what is asked for is taken up to mostPerPage.
const (
	usualPerPage = 20
	mostPerPage  = 100
)

func matches(wanted, value string) bool { return wanted == "" || wanted == value }

// listed returns a page of a list that is sorted by seq. The token of the next page names the
// last entry of this one, so that entries that come or go in between move no other.
func listed[T any](t *turn, name string, list []T, seq func(T) int64, view func(T) any) (play.Object, error) {
	after, err := readToken(t.Query.Get("page_token"))
	if err != nil {
		return nil, err
	}
	size, err := pageSize(t.Query.Get("page_size"))
	if err != nil {
		return nil, err
	}
	reply, page := play.Object{"total_count": len(list)}, []any{}
	last := int64(0)
	for _, entry := range list {
		switch {
		case seq(entry) <= after:
			continue
		case len(page) == size:
			reply["next_page_token"] = base64.RawURLEncoding.EncodeToString([]byte("after:" + strconv.FormatInt(last, 10)))
			reply[name] = page
			return reply, nil
		}
		page = append(page, view(entry))
		last = seq(entry)
	}
	reply[name] = page
	return reply, nil
}

func pageSize(text string) (int, error) {
	if text == "" {
		return usualPerPage, nil
	}
	size, err := strconv.Atoi(text)
	if err != nil || size < 1 || size > mostPerPage {
		return 0, play.WrongField("query", "page_size", "取值应为 1 到 "+strconv.Itoa(mostPerPage))
	}
	return size, nil
}

func readToken(token string) (after int64, err error) {
	if token == "" {
		return 0, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(token)
	number, ok := strings.CutPrefix(string(text), "after:")
	if err == nil && ok {
		if after, err = strconv.ParseInt(number, 10, 64); err == nil {
			return after, nil
		}
	}
	return 0, play.WrongField("query", "page_token", "分页凭证无效")
}
