package errordocs_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the lists of the page")

// An entry explains texts of one kind.
type entry struct {
	Section        string   `json:"section"`
	SectionChinese string   `json:"section_zh"`
	Texts          []string `json:"texts"` // a package, a space, and a text, in which * is anything
	Cause          string   `json:"cause"`
	Fix            string   `json:"fix"`
	CauseChinese   string   `json:"cause_zh"`
	FixChinese     string   `json:"fix_zh"`

	found []string // the texts that it explains, as a person meets them
}

// A fact is one cause of a code of WeChat Pay, as `wechatpay doctor explain` knows it.
type fact struct {
	Codes        []string `json:"codes"`
	Numbers      []string `json:"numbers"`
	Says         []string `json:"says"`
	Paths        []string `json:"paths"`
	V2           bool     `json:"v2"`
	Cause        string   `json:"cause"`
	Fix          string   `json:"fix"`
	CauseChinese string   `json:"cause_zh"`
	FixChinese   string   `json:"fix_zh"`
}

func lines[T any](t *testing.T, file string) (all []T) {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	for line := range strings.Lines(string(data)) {
		var one T
		require.NoError(t, json.Unmarshal([]byte(line), &one), line)
		all = append(all, one)
	}
	return all
}

// fits reports whether a text has a pattern's parts, in their order.
func fits(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(text, parts[0])
	if !ok || len(parts) == 1 {
		return ok && rest == ""
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return strings.HasSuffix(rest, parts[last])
}

// TestEveryTextIsExplained: each text by the first entry that fits it, and no pattern is left over.
func TestEveryTextIsExplained(t *testing.T) {
	t.Parallel()
	entries := lines[*entry](t, "errors.jsonl")
	used := map[string]bool{}
	for _, one := range texts(t) {
		explained := false
		for _, e := range entries {
			i := slices.IndexFunc(e.Texts, func(pattern string) bool { return fits(pattern, one.String()) })
			if i < 0 {
				continue
			}
			explained, used[e.Texts[i]] = true, true
			if shown := one.shown(); !slices.Contains(e.found, shown) {
				e.found = append(e.found, shown)
			}
			break
		}
		assert.True(t, explained, "errors.jsonl has no entry for: %s", one)
	}
	for _, e := range entries {
		for _, pattern := range e.Texts {
			assert.True(t, used[pattern], "errors.jsonl: no text has the pattern %q", pattern)
		}
	}
	if t.Failed() {
		return
	}
	facts := lines[fact](t, filepath.Join(root, "cmd/wechatpay/internal/explain/facts.jsonl"))
	comparePage(t, "troubleshooting.md", entryTables(entries, false), factTable(facts, false))
	comparePage(t, "troubleshooting.zh-CN.md", entryTables(entries, true), factTable(facts, true))
}

// comparePage compares what stands between the marks of a page with the lists, or writes it.
func comparePage(t *testing.T, name string, lists ...string) {
	t.Helper()
	file := filepath.Join(root, "docs/guide", name)
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	want := string(data)
	for i, list := range lists {
		begin, end := fmt.Sprintf("<!-- list %d: written by go test ./internal/errordocs -update -->\n", i+1), fmt.Sprintf("<!-- end of list %d -->\n", i+1)
		head, rest, ok := strings.Cut(want, begin)
		require.True(t, ok, "%s lacks %s", file, begin)
		_, tail, ok := strings.Cut(rest, end)
		require.True(t, ok, "%s lacks %s", file, end)
		want = head + begin + list + end + tail
	}
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o600))
		return
	}
	wanted, found := strings.Split(want, "\n"), strings.Split(string(data), "\n")
	for i, line := range wanted {
		if i >= len(found) || found[i] != line {
			t.Errorf("%s:%d: the code and errors.jsonl say %q: go test ./internal/errordocs -update", file, i+1, line)
			return
		}
	}
	assert.Len(t, found, len(wanted), "%s: go test ./internal/errordocs -update", file)
}

func entryTables(entries []*entry, chinese bool) string {
	var b strings.Builder
	section := ""
	for _, e := range entries {
		cause, fix, name := e.Cause, e.Fix, e.Section
		labels := [2]string{"Cause", "Fix"}
		if chinese {
			cause, fix, name, labels = e.CauseChinese, e.FixChinese, e.SectionChinese, [2]string{"原因", "处理"}
		}
		if name != section {
			section = name
			fmt.Fprintf(&b, "\n## %s\n", section)
		}
		fmt.Fprintf(&b, "\n```text\n%s\n```\n\n", strings.Join(e.found, "\n"))
		if chinese {
			fmt.Fprintf(&b, "%s：%s。%s：%s。\n", labels[0], cause, labels[1], fix)
		} else {
			fmt.Fprintf(&b, "%s: %s. %s: %s.\n", labels[0], cause, labels[1], fix)
		}
	}
	return b.String() + "\n"
}

func factTable(facts []fact, chinese bool) string {
	var b strings.Builder
	b.WriteString("\n| code | number | endpoint | cause | fix |\n|---|---|---|---|---|\n")
	if chinese {
		b.Reset()
		b.WriteString("\n| 错误码 | 编号 | 接口 | 原因 | 处理 |\n|---|---|---|---|---|\n")
	}
	for _, f := range facts {
		cause, fix := f.Cause, f.Fix
		if chinese {
			cause, fix = f.CauseChinese, f.FixChinese
		}
		endpoints := f.Paths
		if f.V2 {
			endpoints = append([]string{"APIv2"}, endpoints...)
		}
		codes := f.Codes
		if len(codes) == 0 && len(f.Numbers) == 0 {
			codes = f.Says
		}
		row := make([]string, 0, 5)
		for _, cell := range []string{strings.Join(codes, ", "), strings.Join(f.Numbers, ", "), strings.Join(endpoints, ", "), cause, fix} {
			row = append(row, strings.ReplaceAll(cell, "|", `\|`))
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
	}
	return b.String() + "\n"
}
