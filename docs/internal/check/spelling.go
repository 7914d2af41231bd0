package check

import (
	"regexp"
	"strings"
	"unicode"
)

// token is what blanks, hyphens and signs other than those of names separate.
var token = regexp.MustCompile(`[\p{L}\p{M}\p{N}_.@/'’]+`)

// Spelling finds words of English prose that are not in the list, in small letters.
func (s *Set) Spelling(listed map[string]bool) []Problem {
	var found problems
	for _, p := range s.Pages {
		if p.IsChinese() {
			continue
		}
		for _, text := range p.Prose {
			for _, word := range Words(text.Text) {
				if !listed[word] {
					found = append(found, Problem{File: p.File, Line: text.Line, Word: word, Text: word + " is not in docs/words.txt"})
				}
			}
		}
	}
	return found
}

// camel is a capital inside of a name.
var camel = regexp.MustCompile(`\p{Ll}\p{Lu}`)

// Words are the English words of a text, in small letters. Names of files, fields and types,
// abbreviations and codes in capitals, and what holds a digit are not words.
func Words(text string) []string {
	var words []string
	for _, t := range token.FindAllString(text, -1) {
		for _, word := range strings.Split(t, "/") {
			word = strings.TrimSuffix(strings.ReplaceAll(strings.Trim(word, "./'’"), "’", "'"), "'s")
			isName := camel.MatchString(word) || len(word) > 1 && word == strings.ToUpper(word)
			if word != "" && !isName && isWord(word) {
				words = append(words, strings.ToLower(word))
			}
		}
	}
	return words
}

func isWord(word string) bool {
	for _, r := range word {
		if !unicode.Is(unicode.Latin, r) && r != '\'' {
			return false
		}
	}
	return true
}
