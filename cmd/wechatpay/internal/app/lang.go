package app

import "strings"

// T returns the text in the language of the person: Chinese if WECHATPAY_LANG, or else
// LC_ALL, LC_MESSAGES or LANG, begins with zh. Both stand side by side in the code, so that
// neither is forgotten.
func (a *App) T(english, chinese string) string {
	for _, name := range []string{"WECHATPAY_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if value, ok := a.Getenv(name); ok && value != "" {
			if strings.HasPrefix(strings.ToLower(value), "zh") {
				return chinese
			}
			return english
		}
	}
	return english
}
