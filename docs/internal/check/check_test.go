package check_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/docs/internal/check"
)

// TestChecks: each folder of testdata is a repository with every fault that its check finds, and
// with what the check has to let pass.
func TestChecks(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		check func(*check.Set) []check.Problem
	}{
		{"links", (*check.Set).Links},
		{"twins", (*check.Set).Twins},
		{"code", (*check.Set).Code},
		{"spelling", func(s *check.Set) []check.Problem {
			listed := map[string]bool{}
			for word := range strings.FieldsSeq("a an and are cell check client column half it merchant names not or page refund see text the words") {
				listed[word] = true
			}
			return s.Spelling(listed)
		}},
		{"shape", func(s *check.Set) []check.Problem { return s.Shape([]string{"cli", "migration-*"}) }},
		{"tables", (*check.Set).Tables},
		{"official", func(s *check.Set) []check.Problem {
			problems, err := s.Official()
			require.NoError(t, err)
			return problems
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join("testdata", row.name)
			set, err := check.Read(os.DirFS(folder))
			require.NoError(t, err)
			var found strings.Builder
			for _, problem := range row.check(set) {
				found.WriteString(problem.String() + "\n")
			}
			want, err := os.ReadFile(filepath.Join(folder, "problems.txt"))
			require.NoError(t, err)
			assert.Equal(t, string(want), found.String())
		})
	}
}
