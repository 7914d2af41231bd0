package check

import (
	"strings"

	"github.com/wechatpay-chain/wechatpay/docs/internal/page"
)

// Twins finds pages without their twin in the other language, and pairs whose headings or blocks
// of code differ.
func (s *Set) Twins() []Problem {
	var found problems
	for _, p := range s.Pages {
		if !inPairs(p) {
			continue
		}
		twin := s.page(p.Twin())
		if twin == nil {
			found.add(p, 1, "has no twin: write %s", p.Twin())
		}
		if twin != nil && p.IsChinese() {
			compareHeadings(&found, twin, p)
			compareBlocks(&found, twin, p)
		}
	}
	return found
}

func compareHeadings(found *problems, english, chinese *page.Page) {
	for i, heading := range english.Headings {
		if i >= len(chinese.Headings) {
			found.add(chinese, len(chinese.Lines), "the heading %q of %s:%d is missing", heading.Text, english.File, heading.Line)
			return
		}
		if other := chinese.Headings[i]; other.Level != heading.Level {
			found.add(chinese, other.Line, "heading %q has level %d, and %s:%d %q has level %d",
				other.Text, other.Level, english.File, heading.Line, heading.Text, heading.Level)
			return
		}
	}
	if extra := chinese.Headings[len(english.Headings):]; len(extra) > 0 {
		found.add(chinese, extra[0].Line, "the heading %q is not in %s", extra[0].Text, english.File)
	}
}

func compareBlocks(found *problems, english, chinese *page.Page) {
	for i, block := range english.Blocks {
		if i >= len(chinese.Blocks) {
			found.add(chinese, len(chinese.Lines), "the block of %s:%d is missing", english.File, block.Line)
			return
		}
		other := chinese.Blocks[i]
		if line, same := sameBlock(block, other); !same {
			found.add(chinese, other.Line+line, "the block differs from that of %s:%d", english.File, block.Line)
			return
		}
	}
	if extra := chinese.Blocks[len(english.Blocks):]; len(extra) > 0 {
		found.add(chinese, extra[0].Line, "the block is not in %s", english.File)
	}
}

// sameBlock compares byte for byte, and returns the first line that differs. The labels of a
// diagram are prose, in the language of the page: there the number of lines is compared.
func sameBlock(a, b page.Block) (line int, same bool) {
	if a.Language != b.Language || a.Origin != b.Origin {
		return 0, false
	}
	as, bs := strings.Split(a.Code, "\n"), strings.Split(b.Code, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] && a.Language != "mermaid" {
			return i + 1, false
		}
	}
	return min(len(as), len(bs)), len(as) == len(bs)
}
