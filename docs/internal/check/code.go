package check

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Code finds Go blocks that do not name the file they were taken from, and those whose lines do
// not stand there, one after the other. What is in a file is compiled and tested.
func (s *Set) Code() []Problem {
	var found problems
	for _, p := range s.Pages {
		for _, block := range p.Blocks {
			if block.Language != "go" {
				continue
			}
			if path.Ext(block.Origin) != ".go" {
				found.add(p, block.Line, "the line above the block has to name its file: <!-- examples/guide/name.go -->")
				continue
			}
			source, err := fs.ReadFile(s.Files, block.Origin)
			if err != nil {
				found.add(p, block.Line-1, "%s does not exist", block.Origin)
				continue
			}
			if line, ok := stands(lines(block.Code), lines(string(source))); !ok {
				found.add(p, block.Line+line, "this line and those above it do not stand in %s: %q", block.Origin, lines(block.Code)[line-1])
			}
		}
	}
	return found
}

func lines(code string) []string { return strings.Split(strings.TrimRight(code, "\n"), "\n") }

// stands reports whether the lines of a block stand in a file, apart from indentation; if not, it
// returns the number of the first line that does not.
func stands(block, file []string) (line int, ok bool) {
	block = dedented(block)
	most := 0
	for start := range file {
		same := matching(block, dedented(file[start:min(start+len(block), len(file))]))
		if same == len(block) {
			return 0, true
		}
		most = max(most, same)
	}
	return most + 1, false
}

func matching(a, b []string) int {
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return i
		}
	}
	return len(a)
}

// dedented takes away the indentation that all lines share.
func dedented(code []string) []string {
	shared := -1
	for _, line := range code {
		if trimmed := strings.TrimLeft(line, "\t"); trimmed != "" && (shared < 0 || len(line)-len(trimmed) < shared) {
			shared = len(line) - len(trimmed)
		}
	}
	out := slices.Clone(code)
	for i, line := range out {
		out[i] = line[min(max(shared, 0), len(line)):]
	}
	return out
}
