package openapi

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// Search returns the endpoints whose title, path (with v2/, of APIv2), method or page URLs
// contain every word of text, in any case. An empty text returns all of them, sorted by path, v3 before v2.
//
// Chinese words need no spaces between them, and some have other names: 小程序下单 finds
// what has 小程序 or jsapi, and 下单. First come the endpoints that are current, of API v3,
// of mainland China and for direct merchants, and of these the ones whose titles have
// little else than the words.
func Search(text string) []catalogue.Endpoint {
	words := splitWords(strings.ToLower(text))
	if len(words) == 0 {
		return slices.Clone(catalogue.All())
	}
	type hit struct {
		catalogue.Endpoint
		rank, rest int
	}
	var hits []hit
	for _, e := range catalogue.All() {
		if rest, ok := matchWords(e, words); ok {
			hits = append(hits, hit{e, rank(e), rest})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.rest, b.rest))
	})
	found := make([]catalogue.Endpoint, len(hits))
	for i, h := range hits {
		found[i] = h.Endpoint
	}
	return found
}

// rank orders endpoints by how likely they are meant; the lowest is first.
func rank(e catalogue.Endpoint) (rank int) {
	if slices.ContainsFunc(e.Status, func(s string) bool { return s == "deprecated" || s == "discarded" || s == "privated" }) {
		rank += 8
	}
	if e.Version == 2 {
		rank += 4
	}
	if isOverseas(e) {
		rank += 2
	}
	if !direct(e) {
		rank++
	}
	return rank
}

func isOverseas(e catalogue.Endpoint) bool {
	return strings.HasPrefix(e.Base, "https://apihk.") || strings.HasSuffix(e.Base, "/hk/") || strings.HasPrefix(e.Path, "/v3/global/")
}

// direct reports whether an endpoint is for merchants, not only for their partners.
func direct(e catalogue.Endpoint) bool {
	if strings.Contains(e.Path, "/partner/") {
		return false
	}
	partner := false
	for _, page := range e.Docs {
		if strings.Contains(page, "/merchant/") {
			return true
		}
		partner = partner || strings.Contains(page, "partner")
	}
	return !partner
}

// otherNames are what the catalogue has for words of everyday use. A map would be linked
// into every program that has the chain.
func otherNames(word string) []string {
	switch word {
	case "小程序":
		return []string{"jsapi", "miniprogram", "mini-program"}
	case "公众号":
		return []string{"jsapi"}
	case "扫码":
		return []string{"native"}
	case "付款码":
		return []string{"codepay", "micropay"}
	}
	return nil
}

// splitWords splits at spaces, and between Chinese and other letters.
func splitWords(text string) (words []string) {
	for _, word := range strings.Fields(text) {
		start := 0
		for i, r := range word {
			if before, _ := utf8.DecodeLastRuneInString(word[:i]); i > start && unicode.Is(unicode.Han, r) != unicode.Is(unicode.Han, before) && (unicode.Is(unicode.Han, r) || unicode.Is(unicode.Han, before)) {
				words = append(words, word[start:i])
				start = i
			}
		}
		words = append(words, word[start:])
	}
	return words
}

// matchWords reports whether an endpoint has all words, and how many letters of its title
// are not theirs.
func matchWords(e catalogue.Endpoint, words []string) (rest int, ok bool) {
	title := strings.ToLower(e.Title)
	other := strings.ToLower(e.Method + " /" + e.Route() + " " + strings.Join(e.Docs, " "))
	for _, word := range words {
		if title, ok = matchWord(title, other, word); !ok {
			return 0, false
		}
	}
	return utf8.RuneCountInString(title), true
}

// matchWord finds a word, or all of the Chinese words that it consists of, and removes them
// from the title.
func matchWord(title, other, word string) (rest string, ok bool) {
	if rest, ok := matchName(title, other, word); ok {
		return rest, true
	}
	first, _ := utf8.DecodeRuneInString(word)
	if !unicode.Is(unicode.Han, first) || len(word) > utf8.UTFMax*(len(title)+len(other)) {
		return title, false
	}
	runes := []rune(word)
	const shortest = 2 // runes of a Chinese word
	type state struct {
		rest  string
		found bool
	}
	best := make([]state, len(runes)+1) // the shortest rest for the first runes
	best[0] = state{title, true}
	for end := shortest; end <= len(runes); end++ {
		for start := range end - shortest + 1 {
			if !best[start].found {
				continue
			}
			rest, ok := matchName(best[start].rest, other, string(runes[start:end]))
			if ok && (!best[end].found || len(rest) < len(best[end].rest)) {
				best[end] = state{rest, true}
			}
		}
	}
	if last := best[len(runes)]; last.found {
		return last.rest, true
	}
	return title, false
}

// matchName finds a word, or what it is named otherwise, and removes it from the title.
func matchName(title, other, word string) (rest string, ok bool) {
	for _, name := range append([]string{word}, otherNames(word)...) {
		if strings.Contains(title, name) {
			return strings.Replace(title, name, "", 1), true
		}
		ok = ok || strings.Contains(other, name)
	}
	return title, ok
}
