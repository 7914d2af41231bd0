package app

import (
	"strings"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/profile"
)

// wrongSettings says what is wrong with the settings, in one line, and where they are from.
func wrongSettings(s *profile.Settings, err error) error {
	return &failure.UsageError{Err: &renamed{placed(s, InSettings(err).Error()), err}}
}

// placed says of each problem, one a line, where its value is from: the profile, or the environment.
func placed(s *profile.Settings, text string) string {
	lines := strings.Split(text, "\n")
	marked := 0
	for i, line := range lines {
		name, rest, ok := strings.Cut(line, ": ")
		if ok && s.Profile != "" && (s.Origin(name) == "environment" || s.Origin(name+"_FILE") == "environment") {
			lines[i] = name + " (environment): " + rest
			marked++
		}
	}
	if marked == len(lines) {
		return "environment: " + text
	}
	return s.Name() + ": " + strings.Join(lines, "\n")
}

// InSettings returns err in the words of the command, which further may replace by others.
func InSettings(err error, further ...*strings.Replacer) error {
	text := Words(err.Error())
	for _, f := range further {
		text = f.Replace(text)
	}
	return &renamed{text, err}
}

// A renamed error has another text.
type renamed struct {
	text string
	err  error
}

func (e *renamed) Error() string { return e.text }
func (e *renamed) Unwrap() error { return e.err }
