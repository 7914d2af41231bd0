package check

import (
	"strings"

	"github.com/wechatpay-chain/wechatpay/docs/internal/page"
)

// official are the hosts of WeChat Pay's documentation.
var official = []string{"https://pay.weixin.qq.com/", "https://pay.wechatpay.cn/", "https://wechatpay.im/", "https://developers.weixin.qq.com/"}

// Shape finds pages of the guide that do not open with one title, a paragraph that says what they
// get done, and a link to WeChat Pay's own page. The last is not asked of the pages named in
// general, which are about no product.
func (s *Set) Shape(general []string) []Problem {
	var found problems
	for _, p := range s.Pages {
		if len(p.Headings) == 0 || p.Headings[0].Level != 1 {
			found.add(p, 1, "does not begin with a title: # Title")
			continue
		}
		for _, heading := range p.Headings[1:] {
			if heading.Level == 1 {
				found.add(p, heading.Line, "a second title: %q", heading.Text)
			}
		}
		name, isGuide := strings.CutPrefix(strings.TrimSuffix(strings.TrimSuffix(p.File, ".md"), ".zh-CN"), "docs/guide/")
		if !isGuide {
			continue
		}
		if p.First == "" {
			found.add(p, p.Headings[0].Line, "no paragraph below the title says what the page gets done")
		}
		if !contains(general, name) && !linksOfficial(p) {
			found.add(p, p.Headings[0].Line, "no link to the official page stands above the first section")
		}
	}
	return found
}

func contains(names []string, name string) bool {
	for _, known := range names {
		if before, isPrefix := strings.CutSuffix(known, "*"); known == name || isPrefix && strings.HasPrefix(name, before) {
			return true
		}
	}
	return false
}

// linksOfficial looks at what stands above the first section.
func linksOfficial(p *page.Page) bool {
	end := len(p.Lines) + 1
	if len(p.Headings) > 1 {
		end = p.Headings[1].Line
	}
	for _, link := range p.Links {
		for _, host := range official {
			if link.Line < end && strings.HasPrefix(link.Target, host) {
				return true
			}
		}
	}
	return false
}
