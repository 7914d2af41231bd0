package complete

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// Path completes the first argument: the paths that have the method, segment by segment.
func Path(method string) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, noFiles
		}
		return paths(word, func(e *catalogue.Entry) bool { return e.Method == method })
	}
}

// Endpoint completes two arguments, of which the first may be left out: the method, and a
// path that has it.
func Endpoint(_ *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		for _, method := range Methods {
			if word != "" && strings.HasPrefix(method, strings.ToUpper(word)) {
				return slices.DeleteFunc(slices.Clone(Methods), func(m string) bool { return !strings.HasPrefix(m, strings.ToUpper(word)) }), noFiles
			}
		}
		words, directive := paths(word, func(*catalogue.Entry) bool { return true })
		if word == "" {
			words, directive = append(slices.Clone(Methods), words...), ordered|cobra.ShellCompDirectiveNoSpace
		}
		return words, directive
	case 1:
		method := strings.ToUpper(args[0])
		return paths(word, func(e *catalogue.Entry) bool { return e.Method == method })
	}
	return nil, noFiles
}

// paths are the words that go on from one, up to the next slash.
func paths(word string, wanted func(*catalogue.Entry) bool) ([]cobra.Completion, cobra.ShellCompDirective) {
	parent, begun := "", word
	if i := strings.LastIndexByte(word, '/'); i >= 0 {
		parent, begun = word[:i+1], word[i+1:]
	}
	above := strings.Split(parent, "/")
	above = above[:len(above)-1]

	literal, filled := candidates{}, candidates{}
	for _, e := range catalogue.Entries() {
		if !wanted(e) {
			continue
		}
		segments := strings.Split(e.Route(), "/")
		if len(segments) <= len(above) || !matches(above, segments) {
			continue
		}
		segment, more := segments[len(above)], len(segments) > len(above)+1
		switch {
		case strings.HasPrefix(segment, begun):
			literal.add(parent+segment, e, more)
		case isVariable(segment):
			filled.add(word, e, more)
		}
	}
	if len(literal) == 0 {
		literal = filled // the word is a value
	}
	return literal.words()
}

// matches reports whether a path begins with segments, literally or by its variables.
func matches(above, segments []string) bool {
	for i, given := range above {
		if given != segments[i] && (given == "" || !isVariable(segments[i])) {
			return false
		}
	}
	return true
}

func isVariable(segment string) bool { return strings.HasPrefix(segment, "{") }

// candidates are words, and what they stand for: titles, or "" for a folder.
type candidates map[string]string

func (c candidates) add(word string, e *catalogue.Entry, more bool) {
	if more {
		c[word+"/"] = ""
		return
	}
	title := e.Method + " " + e.Title
	if before := c[word]; before != "" && before != title {
		title = before + ", " + title
	}
	c[word] = title
}

// words returns the candidates sorted, and no space behind them where a path goes on.
func (c candidates) words() ([]cobra.Completion, cobra.ShellCompDirective) {
	directive := noFiles
	words := make([]cobra.Completion, 0, len(c))
	for word, title := range c {
		if strings.HasSuffix(word, "/") {
			directive |= cobra.ShellCompDirectiveNoSpace
		}
		if title == "" {
			words = append(words, word)
			continue
		}
		words = append(words, cobra.CompletionWithDesc(word, title))
	}
	slices.Sort(words)
	return words, directive
}
