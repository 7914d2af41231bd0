package check

import (
	"io/fs"
	"net/url"
	"path"
	"strings"

	"github.com/wechatpay-chain/wechatpay/docs/internal/page"
)

// Links finds links to files and headings that do not exist, links that leave the language of the
// page, and external links that are not whole https URLs. It does not use the network.
func (s *Set) Links() []Problem {
	var found problems
	for _, p := range s.Pages {
		for _, link := range p.Links {
			target, err := url.Parse(link.Target)
			switch {
			case err != nil:
				found.add(p, link.Line, "%s is not a link: %v", link.Target, err)
			case target.Scheme != "" || target.Host != "":
				if text := external(target); text != "" {
					found.add(p, link.Line, "%s %s", link.Target, text)
				}
			default:
				if text := s.relative(p, target); text != "" {
					found.add(p, link.Line, "%s %s", link.Target, text)
				}
			}
		}
	}
	return found
}

func external(target *url.URL) string {
	switch {
	case target.Scheme != "https":
		return "is not https"
	case !strings.Contains(target.Hostname(), "."), target.User != nil, strings.ContainsAny(target.String(), " <>"):
		return "is not a well formed address"
	}
	return ""
}

func (s *Set) relative(from *page.Page, target *url.URL) string {
	file := from.File
	if target.Path != "" {
		if strings.HasPrefix(target.Path, "/") {
			return "begins with a slash; write it relative to the page"
		}
		file = path.Join(path.Dir(from.File), target.Path)
		if _, err := fs.Stat(s.Files, file); err != nil {
			return "leads to no file: " + file
		}
	}
	to := s.page(file)
	if to != nil && file != from.File && file != from.Twin() && to.IsChinese() != from.IsChinese() {
		if twin := s.page(to.Twin()); twin != nil {
			return "leaves the language of the page; link to " + path.Base(twin.File)
		}
	}
	if target.Fragment == "" {
		return ""
	}
	if to == nil {
		return "has an anchor, but is not a page"
	}
	for _, heading := range to.Headings {
		if heading.Slug == target.Fragment {
			return ""
		}
	}
	return "leads to no heading of " + file
}
