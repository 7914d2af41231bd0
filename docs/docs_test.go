// Package docs_test checks the pages of this repository: that links lead somewhere, that both
// languages say the same, that code is taken from files that are compiled, and that words are
// spelt as docs/words.txt has them.
package docs_test

import (
	"bufio"
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/docs/internal/check"
)

var (
	add        = flag.Bool("add", false, "add the words that are missing to words.txt")
	dictionary = flag.String("dictionary", "", "a list of words, such as /usr/share/dict/words: add none but those in it")
)

// general are the pages of the guide that are about no product of WeChat Pay. A star stands for any end.
var general = []string{
	"async", "batches", "chain", "checklist", "cli", "configuration", "files", "kubernetes", "merchants", "middleware", "migration-*", "outcomes", "production",
	"proxies", "remote-keys", "sandbox", "sign-error", "speed", "start", "testing", "troubleshooting", "webhooks",
}

func read(t *testing.T) *check.Set {
	t.Helper()
	set, err := check.Read(os.DirFS(".."))
	require.NoError(t, err)
	require.Greater(t, len(set.Pages), 4)
	return set
}

func report(t *testing.T, problems []check.Problem) {
	t.Helper()
	for _, problem := range problems {
		t.Error(problem)
	}
}

func TestLinks(t *testing.T)  { report(t, read(t).Links()) }
func TestTwins(t *testing.T)  { report(t, read(t).Twins()) }
func TestCode(t *testing.T)   { report(t, read(t).Code()) }
func TestShape(t *testing.T)  { report(t, read(t).Shape(general)) }
func TestTables(t *testing.T) { report(t, read(t).Tables()) }

// TestREADMEsAreShort: what needs more room is a page of the guide.
func TestREADMEsAreShort(t *testing.T) {
	for _, p := range read(t).Pages {
		if strings.HasPrefix(p.File, "README") {
			require.LessOrEqual(t, len(p.Lines), 251, p.File)
		}
	}
}

func TestOfficialPages(t *testing.T) {
	problems, err := read(t).Official()
	require.NoError(t, err)
	report(t, problems)
}

// TestSpelling: a word that is spelt right is added by
//
//	go test . -run Spelling -add [-dictionary /usr/share/dict/words]
func TestSpelling(t *testing.T) {
	listed, set := words(t, "words.txt"), read(t)
	if *add {
		known := words(t, *dictionary)
		for _, problem := range set.Spelling(listed) {
			if *dictionary == "" || known[problem.Word] {
				listed[problem.Word] = true
			}
		}
		sorted := slices.Sorted(maps.Keys(listed))
		require.NoError(t, os.WriteFile("words.txt", []byte(strings.Join(sorted, "\n")+"\n"), 0o600))
	}
	problems := set.Spelling(listed)
	report(t, problems)
	if len(problems) > 0 {
		t.Log("if the words are spelt right: go test . -run Spelling -add, in docs")
	}
}

// TestWordsAreSorted: a list that is sorted, each word once, merges well.
func TestWordsAreSorted(t *testing.T) {
	text, err := os.ReadFile("words.txt")
	require.NoError(t, err)
	listed := strings.Fields(string(text))
	require.Equal(t, slices.Sorted(maps.Keys(words(t, "words.txt"))), listed)
}

func words(t *testing.T, file string) map[string]bool {
	t.Helper()
	listed := map[string]bool{}
	if file == "" {
		return listed
	}
	list, err := os.Open(file)
	require.NoError(t, err)
	defer list.Close() //nolint:errcheck // it was only read
	for scanner := bufio.NewScanner(list); scanner.Scan(); {
		listed[strings.ToLower(scanner.Text())] = true
	}
	return listed
}
