package call

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/wechatpay-chain/wechatpay"
)

// all gets all pages and prints them as one document.
func (r *request) all(ctx context.Context, client *wechatpay.Client) error {
	p := &pages{pager: r.pager, query: r.query, fetch: func(query wechatpay.M) ([]byte, error) {
		opts := r.options()
		opts.Query = query
		reply, err := r.chain(client).Get(ctx, opts)
		if err != nil {
			return nil, err
		}
		return reply.Bytes(), nil
	}}
	document, err := p.merge()
	if err != nil {
		return fmt.Errorf("--paginate: %w", err)
	}
	if r.filter != nil {
		return r.filtered(ctx, document)
	}
	return r.raw(document)
}

// pages are those of one list.
type pages struct {
	*pager
	query wechatpay.M
	fetch func(query wechatpay.M) ([]byte, error)

	fetched  int
	elements []gjson.Result
	count    int64 // of all elements, as the last reply has it; -1 if it has none
}

// A page is one reply.
type page struct {
	reply    gjson.Result
	elements []gjson.Result
}

// merge returns the first reply, with the elements of all pages in its list. It fails where
// they are not as many as the reply says there are: an incomplete list does not pass for a
// complete one.
func (p *pages) merge() ([]byte, error) {
	start := queried(p.query, p.position)
	first, err := p.get(start)
	if err != nil {
		return nil, err
	}
	p.elements = first.elements
	follow := p.byOffset
	switch p.position {
	case "page_token":
		follow = p.byToken
	case "page_index":
		follow = p.byIndex
	}
	if err := follow(start, first); err != nil {
		return nil, err
	}
	if fromStart := start == "" || start == "0" || p.position == "page_index" && start == "1"; fromStart && p.count >= 0 && p.count != int64(len(p.elements)) {
		return nil, fmt.Errorf("the pages have %d elements, and %s is %d; the list has changed meanwhile: repeat the command", len(p.elements), p.total, p.count)
	}
	return p.document(first.reply)
}

// document puts all elements into the list of the first reply.
func (p *pages) document(first gjson.Result) ([]byte, error) {
	var list bytes.Buffer
	list.WriteByte('[')
	for i, element := range p.elements {
		if i > 0 {
			list.WriteByte(',')
		}
		list.WriteString(element.Raw)
	}
	list.WriteByte(']')
	data, err := sjson.SetRawBytes([]byte(first.Raw), p.list, list.Bytes())
	for _, name := range []string{p.next, "links"} { // where the first page ended
		if err == nil {
			data, err = sjson.DeleteBytes(data, name)
		}
	}
	return data, err
}

// get gets the page at a position; "" is the first.
func (p *pages) get(position string) (page, error) {
	query := maps.Clone(p.query)
	if position != "" {
		query[p.position] = position
	}
	data, err := p.fetch(query)
	if err != nil {
		return page{}, fmt.Errorf("page %d: %w", p.fetched+1, err)
	}
	reply := gjson.ParseBytes(data)
	if !gjson.ValidBytes(data) || !reply.IsObject() {
		return page{}, errors.New("the reply is not a JSON object")
	}
	p.fetched++
	list := reply.Get(p.list)
	if list.Exists() && list.Type != gjson.Null && !list.IsArray() {
		return page{}, fmt.Errorf("%s of the reply is not a list", p.list)
	}
	p.count = -1
	if total := reply.Get(p.total); p.total != "" && total.Exists() {
		p.count = total.Int()
	}
	return page{reply, list.Array()}, nil
}

// done reports whether a page is the last one, before which there are others.
func (p *pages) done(last page, before int64) bool {
	switch limit := p.limit(last); {
	case len(last.elements) == 0:
		return true
	case p.count >= 0:
		return before+int64(len(p.elements)) >= p.count
	default:
		return limit > 0 && int64(len(last.elements)) < limit
	}
}

// limit is the size of a page, as the reply has it, or else as the query asks for it.
func (p *pages) limit(last page) int64 {
	if limit := last.reply.Get(p.size).Int(); limit > 0 {
		return limit
	}
	n, _ := strconv.ParseInt(queried(p.query, p.size), 10, 64)
	return n
}

// byOffset follows offsets, which count elements or pages.
func (p *pages) byOffset(start string, first page) error {
	offset, err := strconv.ParseInt(start, 10, 64)
	if err != nil {
		return errors.New("-q offset is not a number")
	}
	last, inPages := first, false
	before := offset
	if !p.sure && !p.done(first, before) {
		next, err := p.get(strconv.FormatInt(offset+1, 10))
		if err != nil {
			return err
		}
		if inPages = !overlap(first, next); inPages {
			before = 0 // how many elements are on the pages before is not known
			offset++
			p.elements, last = append(p.elements, next.elements...), next
		}
	}
	for !p.done(last, before) {
		if offset++; !inPages {
			offset += int64(len(last.elements)) - 1
		}
		if last, err = p.get(strconv.FormatInt(offset, 10)); err != nil {
			return err
		}
		p.elements = append(p.elements, last.elements...)
	}
	return nil
}

// overlap reports whether the next page begins with the second element of the first: offset 1
// counts elements, then. A page of one element tells nothing, and needs not.
func overlap(first, next page) bool {
	if len(first.elements) < 2 {
		return true
	}
	return len(next.elements) > 0 && next.elements[0].Raw == first.elements[1].Raw
}

// byIndex follows the numbers of pages.
func (p *pages) byIndex(start string, first page) error {
	index, err := strconv.ParseInt(start, 10, 64)
	if start != "" && err != nil {
		return errors.New("-q page_index is not a number")
	}
	if start == "" {
		index = 1
		if given := first.reply.Get(p.position); given.Exists() {
			index = given.Int()
		}
	}
	for last := first; !p.done(last, 0); {
		index++
		if last, err = p.get(strconv.FormatInt(index, 10)); err != nil {
			return err
		}
		p.elements = append(p.elements, last.elements...)
	}
	return nil
}

// byToken follows the token of each reply until there is none.
func (p *pages) byToken(_ string, first page) error {
	seen := map[string]bool{}
	for token := first.reply.Get(p.next).String(); token != ""; {
		if seen[token] {
			return errors.New("the reply repeats a page_token")
		}
		seen[token] = true
		last, err := p.get(token)
		if err != nil {
			return err
		}
		p.elements = append(p.elements, last.elements...)
		token = last.reply.Get(p.next).String()
	}
	return nil
}

// queried returns a value of a query, of which a pager takes one.
func queried(query wechatpay.M, name string) string {
	text, _ := query[name].(string)
	return text
}
