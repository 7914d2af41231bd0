package sample

import (
	"regexp"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// good are the values that a call leads to when all goes well, the first first.
var good = []string{"SUCCESS", "FINISHED", "FINISH", "NORMAL", "CREATED", "EFFECTIVE", "AUTHORIZED", "AVAILABLE", "ENABLED", "ACTIVE", "APPROVED", "Approved", "PASSED", "RECEIVED"}

// better and worse sort the other values by what stands in them.
var (
	better = regexp.MustCompile(`(^|_)(SUCCESS|SUCCEED|SUCCEEDED|FINISHED|NORMAL|CREATED|APPROVED|PAID|SIGNED|EFFECTIVE|ACTIVATED|GRANTED|AUTHORIZED)$`)
	worse  = regexp.MustCompile(`(^|_)(UN[A-Z]*|NOT?|FAIL[A-Z]*|INVALID|ABNORMAL|ERROR|CLOSED?|CANCEL[A-Z]*|REJECT[A-Z]*|REVOKED|EXPIRED?|TERMINAT[A-Z]*|DE[A-Z]*ED|DISABLED?|REFUND[A-Z]*|HIGH|BLOCKED|EMPTY)(_|$)`)
)

// ends are the states that a call has for its purpose, by the last segment of its path.
var ends = map[string]*regexp.Regexp{
	"activate":   running,
	"cancel":     regexp.MustCompile(`CANCEL|REVOKED`),
	"close":      regexp.MustCompile(`CLOSED?$`),
	"complete":   regexp.MustCompile(`DONE$|COMPLETED?$|FINISHED$`),
	"confirm":    regexp.MustCompile(`(^|_)CONFIRMED$|EFFECTIVE`),
	"deactivate": regexp.MustCompile(`DEACTIVATED|INVALID`),
	"delete":     regexp.MustCompile(`DELETED?$`),
	"invalidate": regexp.MustCompile(`INVALID|DEACTIVATED`),
	"pause":      regexp.MustCompile(`PAUSED?$`),
	"restart":    running,
	"resume":     running,
	"return":     regexp.MustCompile(`SENDED|EFFECTIVE`),
	"reverse":    regexp.MustCompile(`REVOKED|REVERSED|CLOSED`),
	"revoke":     regexp.MustCompile(`REVOKED|CANCEL`),
	"start":      running,
	"stop":       regexp.MustCompile(`STOP|TERMINAT`),
	"terminate":  regexp.MustCompile(`TERMINAT`),
	"unbind":     regexp.MustCompile(`UNBIND|UNBOUND|DEAUTHORIZED`),
	"use":        regexp.MustCompile(`USED$`),
}

var running = regexp.MustCompile(`^(OPEN|RUNNING|SENDING|EFFECTIVE|ACTIVE|ACTIVATED|ONGOING|NORMAL)$`)

// choose picks a value that makes sense: the state that the call is for, else one of success.
func (g *generator) choose(name string, enum []string) string {
	if end := g.end(name, enum); end != "" {
		return end
	}
	if g.request {
		return enum[0]
	}
	if negative.MatchString(name) && slices.Contains(enum, "N") {
		return "N"
	}
	for _, value := range good {
		if slices.Contains(enum, value) {
			return value
		}
	}
	if i := slices.IndexFunc(enum, func(v string) bool { return better.MatchString(v) && !worse.MatchString(v) }); i >= 0 {
		return enum[i]
	}
	if i := slices.IndexFunc(enum, func(v string) bool { return !worse.MatchString(v) }); i >= 0 {
		return enum[i]
	}
	return enum[0]
}

// end returns the state that the call is for, or "".
func (g *generator) end(name string, enum []string) string {
	pattern := ends[g.verb]
	if pattern == nil || g.request || !isState(name) {
		return ""
	}
	ended := ""
	for _, value := range enum {
		if pattern.MatchString(value) && (ended == "" || strings.HasSuffix(ended, "ING")) {
			ended = value // one that lasts wins over one on the way
		}
	}
	return ended
}

// decides reports whether the call changes a field, so that what was known of it is old.
func (g *generator) decides(f catalogue.Field) bool {
	return g.Known != nil && len(f.Enum) > 0 && g.end(f.Name, f.Enum) != ""
}

func isState(name string) bool {
	return strings.HasSuffix(name, "state") || strings.HasSuffix(name, "status")
}

func verb(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
