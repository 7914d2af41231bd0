package call

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPositions: the list is what the documentation calls a position or an offset.
func TestPositions(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../../../internal/gen/data/labels.jsonl")
	require.NoError(t, err)
	position := regexp.MustCompile(`(?:^| )offset=\S*(?:位置|偏移)`)
	var want []string
	for line := range bytes.Lines(data) {
		var labels struct{ Endpoint, Query string }
		require.NoError(t, json.Unmarshal(line, &labels))
		if position.MatchString(labels.Query) {
			_, path, _ := strings.Cut(labels.Endpoint, " ")
			want = append(want, path)
		}
	}
	slices.Sort(want)
	assert.Equal(t, want, positions)
}
