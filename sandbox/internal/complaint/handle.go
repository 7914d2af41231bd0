package complaint

import (
	"net/url"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// The most characters of texts. A page of 2025 gives a reply 500.
const (
	mostReply    = 200
	mostReason   = 200
	mostLinkText = 10
)

func done() error { return kit.Invalid(0, "投诉单已处理完成") }

// respond replies to the payer. Calls have no number: each is a reply of its own.
func (b *Book) respond(t *kit.Turn) (play.Object, error) {
	err := kit.First(
		kit.Longest(t.Body, "", "response_content", mostReply), b.checkImages(t.Body, "response_images"), checkLink(t.Body))
	if err == nil && strings.TrimSpace(t.Body.Text("response_content")) == "" {
		err = kit.Wrong("/response_content", "回复内容为空")
	}
	if err != nil {
		return nil, err
	}
	c, err := b.find(t)
	switch {
	case err != nil:
		return nil, err
	case c.State == "PROCESSED":
		return nil, done()
	}
	b.answer(t, c, log{Details: t.Body.Text("response_content"), Images: texts(t.Body, "response_images")})
	return nil, nil
}

func (b *Book) answer(t *kit.Turn, c *complaint, line log) string {
	line.Operator, line.Type = merchant, "MERCHANT_RESPONSE"
	id := b.add(t, c, line)
	c.State, c.Waiting = "PROCESSING", false
	b.tell(t, c, "MERCHANT_RESPONSE")
	return id
}

// checkLink checks the address that a reply leads to.
func checkLink(body play.Object) error {
	const field = "jump_url"
	if !body.Has(field) {
		return nil
	}
	u, err := url.Parse(body.Text(field))
	if err != nil || u.Scheme != "https" || u.Hostname() == "" {
		return kit.Wrong("/"+field, "跳转链接应为 https")
	}
	return kit.First(
		kit.Longest(body, "", field, 512), kit.Needed(body, "", "jump_url_text"),
		kit.Longest(body, "", "jump_url_text", mostLinkText))
}

// respondAtOnce answers a complaint that waits for somebody, once for each idempotent_id.
func (b *Book) respondAtOnce(t *kit.Turn) (play.Object, error) {
	once := t.Body.Text("idempotent_id")
	if err := kit.First(kit.Longest(t.Body, "", "idempotent_id", 128), b.checkBlocks(t.Body)); err != nil {
		return nil, err
	}
	c, err := b.find(t)
	if err != nil {
		return nil, err
	}
	mark := kit.Print(nil, t.Body)
	for _, line := range c.Logs {
		switch {
		case line.Once != once:
		case line.Print != mark:
			return nil, kit.Invalid(0, "幂等ID已使用且参数不一致")
		default:
			return play.Object{"log_id": line.ID}, nil
		}
	}
	switch {
	case !c.Case.Immediate:
		return nil, kit.Invalid(0, "投诉单不需要即时服务")
	case c.State == "PROCESSED":
		return nil, done()
	}
	return play.Object{"log_id": b.answer(t, c, log{Message: t.Body.Object("message"), Once: once, Print: mark})}, nil
}

func (b *Book) checkBlocks(body play.Object) error {
	blocks := body.List("message.blocks")
	if len(blocks) == 0 {
		return kit.Wrong("/message/blocks", "消息内容为空")
	}
	for _, block := range blocks {
		if id := block.Text("image.media_id"); id != "" && b.state.Images[id] == nil {
			return kit.Wrong("/message/blocks", "图片不存在")
		}
	}
	return nil
}

// complete ends a complaint for the merchant. Once it is done, it is done again without effect.
// Nothing says that there has to be a reply before.
func (b *Book) complete(t *kit.Turn) (play.Object, error) {
	c, err := b.find(t)
	if err == nil && c.State != "PROCESSED" {
		b.add(t, c, log{Operator: merchant, Type: "MERCHANT_CONFIRM_COMPLETE"})
		c.State, c.Waiting = "PROCESSED", false
		b.tell(t, c, "MERCHANT_CONFIRM_COMPLETE")
	}
	return nil, err
}

// decide says whether the merchant will refund what the payer asks for. It says so once.
func (b *Book) decide(t *kit.Turn) (play.Object, error) {
	action := t.Body.Text("action")
	needed := "launch_refund_day"
	if action == "REJECT" {
		needed = "reject_reason"
	}
	err := kit.First(
		kit.Needed(t.Body, "", needed), kit.Whole(t.Body, "", "launch_refund_day", 0, 365),
		kit.Longest(t.Body, "", "reject_reason", mostReason), kit.Longest(t.Body, "", "remark", mostReason),
		b.checkImages(t.Body, "reject_media_list"))
	if err != nil {
		return nil, err
	}
	c, err := b.find(t)
	if err != nil {
		return nil, err
	}
	mark := kit.Print(nil, t.Body)
	switch {
	case c.Decided == mark:
		return nil, nil
	case c.Case.Type != "REFUND":
		return nil, kit.Invalid(0, "投诉单不是申请退款单")
	case c.Decision != "":
		return nil, kit.Invalid(0, "退款申请已审批")
	case c.State == "PROCESSED":
		return nil, done()
	}
	c.State, c.Waiting, c.Decision, c.Decided = "PROCESSING", false, action, mark
	line, told := log{Operator: merchant, Type: "MERCHANT_APPROVE_REFUND"}, "MERCHANT_APPROVE_REFUND"
	if action == "REJECT" {
		line.Type, told = "MERCHANT_REFUSE_RERUND", "MERCHANT_REJECT_REFUND" // spelled as in the pages
		line.Details, line.Images = t.Body.Text("reject_reason"), texts(t.Body, "reject_media_list")
	}
	b.add(t, c, line)
	b.tell(t, c, told)
	return nil, nil
}

// texts returns a list of strings.
func texts(body play.Object, name string) (list []string) {
	values, _ := body.Get(name).([]any)
	for _, value := range values {
		if text, ok := value.(string); ok {
			list = append(list, text)
		}
	}
	return list
}

func (b *Book) checkImages(body play.Object, name string) error {
	return b.known("/"+name, texts(body, name))
}

// known checks that images were uploaded, and that they are few.
func (b *Book) known(at string, ids []string) error {
	unknown := func(id string) bool { return b.state.Images[id] == nil }
	switch {
	case len(ids) > mostImages:
		return kit.Wrong(at, "图片应不超过 4 张")
	case slices.ContainsFunc(ids, unknown):
		return kit.Wrong(at, "图片不存在")
	}
	return nil
}
