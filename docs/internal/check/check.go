// Package check holds the checks of the Markdown pages. Each returns the problems that it found,
// in the order of the pages.
package check

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/wechatpay-chain/wechatpay/docs/internal/page"
)

// Problem is what is wrong on a line of a page, and the fix.
type Problem struct {
	File string
	Line int
	Text string
	Word string // that is not listed, of Spelling
}

func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text) }

// Set is the pages of a repository, and the repository around them.
type Set struct {
	Files fs.FS
	Pages []*page.Page
}

// Read reads the pages of a repository.
func Read(files fs.FS) (*Set, error) {
	pages, err := page.All(files)
	return &Set{Files: files, Pages: pages}, err
}

// page returns a page by its name, or nil.
func (s *Set) page(file string) *page.Page {
	for _, p := range s.Pages {
		if p.File == file {
			return p
		}
	}
	return nil
}

// inPairs reports whether a page exists in two languages: the READMEs, and all below docs.
func inPairs(p *page.Page) bool {
	return strings.HasPrefix(p.File, "README") || strings.HasPrefix(p.File, "docs/")
}

type problems []Problem

func (all *problems) add(p *page.Page, line int, format string, args ...any) {
	*all = append(*all, Problem{File: p.File, Line: line, Text: fmt.Sprintf(format, args...)})
}
