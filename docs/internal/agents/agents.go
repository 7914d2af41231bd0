// Package agents makes what coding agents read of the guide: llms.txt and the skill.
package agents

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"text/template"

	"github.com/wechatpay-chain/wechatpay/docs/internal/page"
)

//go:embed templates
var texts embed.FS

// files are the files that are made, each by the template of its own name.
var files = []string{
	"llms.txt",
	"skills/wechatpay/SKILL.md",
	"skills/wechatpay/references/programs.md",
	"skills/wechatpay/references/errors.md",
}

// guide is what the templates are filled with.
type guide struct {
	Sections []section
	Errors   page.Block // the program of the README that says what an error means
	Meanings string     // the table of the README about it
}

// A section is a heading of the contents with the pages that it lists.
type section struct {
	Title string
	Pages []task
}

// A task is a page with its first program.
type task struct {
	*page.Page
	Program *page.Block // nil if it has none
}

// Files are the files by their names from the top of the repository, made of the pages there.
func Files(repository fs.FS) (map[string]string, error) {
	filled, err := read(repository)
	if err != nil {
		return nil, err
	}
	templates, err := template.ParseFS(texts, "templates/*")
	if err != nil {
		return nil, err
	}
	made := map[string]string{}
	for _, file := range files {
		var text strings.Builder
		if err := templates.ExecuteTemplate(&text, path.Base(file)+".tmpl", filled); err != nil {
			return nil, err
		}
		made[file] = text.String()
	}
	return made, nil
}

// contents is the page that lists the pages of the guide by task.
const contents = "docs/README.md"

func read(repository fs.FS) (g guide, err error) {
	pages, err := page.All(repository)
	if err != nil {
		return g, err
	}
	byFile := map[string]*page.Page{}
	for _, p := range pages {
		byFile[p.File] = p
	}
	list, readme := byFile[contents], byFile["README.md"]
	if list == nil || readme == nil {
		return g, fmt.Errorf("README.md and %s must exist", contents)
	}
	for i, heading := range list.Headings {
		end := len(list.Lines) + 1
		if i+1 < len(list.Headings) {
			end = list.Headings[i+1].Line
		}
		s := section{Title: heading.Text}
		for _, link := range list.Links {
			p := byFile[path.Join("docs", link.Target)]
			if p != nil && strings.HasPrefix(p.File, "docs/") && heading.Line < link.Line && link.Line < end {
				s.Pages = append(s.Pages, task{p, first(p, "")})
			}
		}
		if len(s.Pages) > 0 {
			g.Sections = append(g.Sections, s)
		}
	}
	meaning := first(readme, "OutcomeUnknown(")
	g.Meanings = table(readme, "| error |")
	if meaning == nil || g.Meanings == "" {
		return g, fmt.Errorf("README.md must have a program that calls OutcomeUnknown, and a table of errors")
	}
	g.Errors = *meaning
	return g, nil
}

// table is the table of a page whose first row begins with a text, or "".
func table(p *page.Page, begins string) string {
	var b strings.Builder
	for _, line := range p.Lines {
		switch {
		case strings.HasPrefix(line, begins), b.Len() > 0 && strings.HasPrefix(line, "|"):
			b.WriteString(line + "\n")
		case b.Len() > 0:
			return b.String()
		}
	}
	return b.String()
}

// first is the first Go block of a page that has a text, or nil.
func first(p *page.Page, text string) *page.Block {
	for i, block := range p.Blocks {
		if block.Language == "go" && strings.Contains(block.Code, text) {
			return &p.Blocks[i]
		}
	}
	return nil
}
