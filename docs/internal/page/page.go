// Package page reads the Markdown pages of this repository: what the checks look at, and what
// llms.txt takes.
package page

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// Page is one page, as GitHub renders it.
type Page struct {
	File     string // from the top of the repository, with slashes
	Headings []Heading
	First    string // the paragraph below the title on one line; empty if something else stands there
	Blocks   []Block
	Links    []Link
	Prose    []Text // the text that is neither code nor an address
	Lines    []string
	InCode   []bool // whether the line of that index stands in a block of code

	source   []byte
	proseEnd int // the offset where the last piece of Prose ends
}

// Heading is a title, with the anchor that GitHub gives it.
type Heading struct {
	Level int
	Text  string
	Slug  string
	Line  int
}

// Block is a fenced block of code.
type Block struct {
	Language string
	Code     string
	Origin   string // the path in the comment above it: <!-- examples/guide/native.go -->
	Line     int
}

// Link is the target of a link or an image.
type Link struct {
	Target string
	Line   int
}

// Text is a piece of prose that stands on one line.
type Text struct {
	Text string
	Line int
}

// Chinese is the end of the names of Chinese pages.
const Chinese = ".zh-CN.md"

// IsChinese reports whether the page is the Chinese one of a pair.
func (p *Page) IsChinese() bool { return strings.HasSuffix(p.File, Chinese) }

// Twin is the name of the same page in the other language.
func (p *Page) Twin() string {
	if p.IsChinese() {
		return strings.TrimSuffix(p.File, Chinese) + ".md"
	}
	return strings.TrimSuffix(p.File, ".md") + Chinese
}

// Title is the text of the first heading.
func (p *Page) Title() string {
	if len(p.Headings) == 0 {
		return ""
	}
	return p.Headings[0].Text
}

// All reads the pages at the top of the repository, those below docs and skills, and llms.txt.
// They are sorted by name.
func All(repository fs.FS) ([]*Page, error) {
	files, err := fs.Glob(repository, "*.md")
	if err != nil {
		return nil, err
	}
	if _, err := fs.Stat(repository, "llms.txt"); err == nil {
		files = append(files, "llms.txt")
	}
	for _, folder := range []string{"docs", "skills"} {
		if _, err := fs.Stat(repository, folder); err != nil {
			continue
		}
		err := fs.WalkDir(repository, folder, func(file string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() && entry.Name() == "testdata" {
				return fs.SkipDir
			}
			if path.Ext(file) == ".md" {
				files = append(files, file)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(files)
	pages := make([]*Page, 0, len(files))
	for _, file := range files {
		source, err := fs.ReadFile(repository, file)
		if err != nil {
			return nil, err
		}
		pages = append(pages, Parse(file, source))
	}
	return pages, nil
}

// Parse reads a page from its Markdown.
func Parse(file string, source []byte) *Page {
	p := &Page{File: file, source: source, Lines: strings.Split(string(source), "\n")}
	p.InCode = make([]bool, len(p.Lines))
	root := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(frontMatter(source)))
	slugs := map[string]int{}
	// The walk cannot fail: visit returns no error.
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		return p.visit(n, slugs), nil
	})
	return p
}

// frontMatter blanks the settings between two lines of dashes that a skill begins with.
func frontMatter(source []byte) []byte {
	if !bytes.HasPrefix(source, []byte("---\n")) {
		return source
	}
	end := bytes.Index(source[4:], []byte("\n---\n"))
	if end < 0 {
		return source
	}
	blank := bytes.Clone(source)
	for i := range 4 + end + 5 {
		if blank[i] != '\n' {
			blank[i] = ' '
		}
	}
	return blank
}

func (p *Page) visit(n ast.Node, slugs map[string]int) ast.WalkStatus {
	switch n := n.(type) {
	case *ast.Heading:
		title := p.text(n, "")
		slug := Slug(title)
		if seen := slugs[slug]; seen > 0 {
			slugs[slug]++
			slug = fmt.Sprintf("%s-%d", slug, seen)
		}
		slugs[slug]++
		p.Headings = append(p.Headings, Heading{Level: n.Level, Text: title, Slug: slug, Line: p.lineOf(n)})
	case *ast.Paragraph:
		if title, ok := n.PreviousSibling().(*ast.Heading); ok && title.Level == 1 {
			p.First = p.text(n, "`")
		}
	case *ast.FencedCodeBlock:
		p.block(n)
	case *ast.Link:
		p.Links = append(p.Links, Link{Target: string(n.Destination), Line: p.lineOf(n)})
	case *ast.Image:
		p.Links = append(p.Links, Link{Target: string(n.Destination), Line: p.lineOf(n)})
	case *ast.AutoLink:
		p.Links = append(p.Links, Link{Target: string(n.URL(p.source)), Line: p.lineOf(n)})
		return ast.WalkSkipChildren
	case *ast.CodeSpan, *ast.HTMLBlock, *ast.RawHTML:
		return ast.WalkSkipChildren
	case *ast.Text:
		p.prose(string(n.Segment.Value(p.source)), n.Segment.Start)
	}
	return ast.WalkContinue
}

// prose keeps a piece of text. The parser cuts words at underscores and the like: they are joined.
func (p *Page) prose(piece string, start int) {
	if last := len(p.Prose) - 1; last >= 0 && p.proseEnd == start {
		p.Prose[last].Text += piece
	} else {
		p.Prose = append(p.Prose, Text{Text: piece, Line: p.line(start)})
	}
	p.proseEnd = start + len(piece)
}

func (p *Page) block(n *ast.FencedCodeBlock) {
	var code strings.Builder
	for i := range n.Lines().Len() {
		segment := n.Lines().At(i)
		code.Write(segment.Value(p.source))
		p.InCode[p.line(segment.Start)-1] = true
	}
	b := Block{Language: string(n.Language(p.source)), Code: code.String(), Line: p.lineOf(n)}
	if above, ok := n.PreviousSibling().(*ast.HTMLBlock); ok {
		comment := strings.TrimSpace(string(above.Lines().Value(p.source)))
		if inside, ok := strings.CutPrefix(comment, "<!--"); ok {
			b.Origin = strings.TrimSpace(strings.TrimSuffix(inside, "-->"))
		}
	}
	p.Blocks = append(p.Blocks, b)
}

// text is the text below a node, without links and emphasis, and with a mark around what is code.
func (p *Page) text(n ast.Node, code string) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.CodeSpan:
			b.WriteString(code)
		case *ast.Text:
			if entering {
				b.Write(n.Segment.Value(p.source))
				if n.SoftLineBreak() || n.HardLineBreak() {
					b.WriteByte(' ')
				}
			}
		case *ast.AutoLink:
			if entering {
				b.Write(n.Label(p.source))
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// lineOf is the line where a node begins: that of its first text, or else that of the block around it.
func (p *Page) lineOf(n ast.Node) int {
	start := -1
	_ = ast.Walk(n, func(n ast.Node, _ bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			start = n.Segment.Start
		case *ast.FencedCodeBlock:
			if n.Info != nil {
				start = n.Info.Segment.Start
			} else if n.Lines().Len() > 0 {
				start = n.Lines().At(0).Start
			}
		}
		if start >= 0 {
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	for ; start < 0 && n != nil; n = n.Parent() {
		if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
			start = n.Lines().At(0).Start
		}
	}
	return p.line(max(start, 0))
}

func (p *Page) line(offset int) int { return bytes.Count(p.source[:offset], []byte("\n")) + 1 }
