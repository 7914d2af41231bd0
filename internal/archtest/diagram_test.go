package archtest

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An end of an arrow is a name, with its label where it comes first: keys["keys"].
var arrow = regexp.MustCompile(`^ +(\w+)(?:\["([^"]*)"\])?(?: --> (\w+)(?:\["([^"]*)"\])?)?$`)

// TestDiagram: the diagram of the packages has each package of mayImport, and its arrows lead to
// whatever a package may import, directly or by another.
func TestDiagram(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/architecture.md")
	require.NoError(t, err)
	_, section, _ := strings.Cut(string(text), "## The packages")
	_, diagram, _ := strings.Cut(section, "flowchart TD\n")
	diagram, _, _ = strings.Cut(diagram, "```")
	folders := map[string]string{}
	drawn := map[string][]string{}
	for line := range strings.Lines(diagram) {
		ends := arrow.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		require.NotNil(t, ends, line)
		for i := 1; i < 4; i += 2 {
			switch name, label := ends[i], ends[i+1]; {
			case name == "root":
				folders[name] = "."
			case label != "":
				folders[name] = label
			}
		}
		from := folders[ends[1]]
		drawn[from] = append(drawn[from], reached(folders[ends[3]])...)
	}
	rules := map[string][]string{"openapi/catalogue": nil}
	for folder, imports := range mayImport {
		if folder == "docs" {
			continue
		}
		rules[folder] = slices.DeleteFunc(slices.Clone(imports), func(s string) bool { return strings.HasPrefix(s, "internal/") })
	}
	assert.ElementsMatch(t, slices.Collect(maps.Keys(rules)), slices.Collect(maps.Values(folders)))
	for folder := range rules {
		assert.Equal(t, below(folder, rules), below(folder, drawn), folder)
	}
}

func reached(folder string) []string {
	if folder == "" {
		return nil
	}
	return []string{folder}
}

// below are the folders that arrows lead to from a folder, sorted.
func below(folder string, arrows map[string][]string) []string {
	seen := map[string]bool{}
	var visit func(string)
	visit = func(from string) {
		for _, to := range arrows[from] {
			if !seen[to] {
				seen[to] = true
				visit(to)
			}
		}
	}
	visit(folder)
	return slices.Sorted(maps.Keys(seen))
}
