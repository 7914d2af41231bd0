package complaint

import (
	"fmt"
	"strconv"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A page is a part of a list: what is left out is that of the first version of the pages.
type page struct{ limit, offset int64 }

func readPage(t *kit.Turn, usual, most int64) (p page, err error) {
	for _, parameter := range []struct {
		name        string
		to          *int64
		usual       int64
		least, most int64
	}{{"limit", &p.limit, usual, 1, most}, {"offset", &p.offset, 0, 0, 1 << 31}} {
		text := t.Query.Get(parameter.name)
		if *parameter.to = parameter.usual; text == "" {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < parameter.least || n > parameter.most {
			return p, play.WrongField("query", parameter.name, fmt.Sprintf("取值应为 %d 到 %d", parameter.least, parameter.most))
		}
		*parameter.to = n
	}
	return p, nil
}

// of returns a page of list. How many there are in all is told with the first alone.
func of[T any](p page, list []T, view func(T) play.Object) play.Object {
	reply := play.Object{"limit": p.limit, "offset": p.offset}
	if p.offset == 0 {
		reply["total_count"] = len(list)
	}
	from := min(p.offset, int64(len(list)))
	list = list[from:min(from+p.limit, int64(len(list)))]
	data := make([]any, len(list))
	for i, entry := range list {
		data[i] = view(entry)
	}
	reply["data"] = data
	return reply
}

const mostDays = 30

// list lists the complaints of some days, oldest first.
func (b *Book) list(t *kit.Turn) (play.Object, error) {
	p, err := readPage(t, 10, 50)
	if err != nil {
		return nil, err
	}
	var span [2]time.Time
	for i, name := range []string{"begin_date", "end_date"} {
		if span[i], err = time.ParseInLocation(time.DateOnly, t.Query.Get(name), kit.Shanghai); err != nil {
			return nil, play.WrongField("query", name, "日期格式应为 yyyy-MM-DD")
		}
	}
	switch days := span[1].Sub(span[0]).Hours() / 24; {
	case days < 0:
		return nil, play.WrongField("query", "end_date", "结束日期不能早于开始日期")
	case days > mostDays:
		return nil, play.WrongField("query", "end_date", "日期跨度不能超过 30 天")
	}
	var found []*complaint
	mchid := t.Query.Get("complainted_mchid")
	for _, day := range between(t.Caller, span[0], span[1]) {
		for _, c := range b.days[day] {
			if mchid == "" || mchid == c.Case.MchID {
				found = append(found, c)
			}
		}
	}
	return of(p, found, b.view), nil
}

func (b *Book) get(t *kit.Turn) (play.Object, error) {
	c, err := b.find(t)
	if err != nil {
		return nil, err
	}
	return b.view(c), nil
}

func (b *Book) history(t *kit.Turn) (play.Object, error) {
	p, err := readPage(t, 100, 300)
	if err != nil {
		return nil, err
	}
	c, err := b.find(t)
	if err != nil {
		return nil, err
	}
	return of(p, c.Logs, b.viewLog), nil
}
