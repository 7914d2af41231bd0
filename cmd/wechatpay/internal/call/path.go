package call

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// rewritten is a path that a shell of Windows took for one of its own file system: it puts the
// folder where it is installed before /v3/….
var rewritten = regexp.MustCompile(`^[A-Za-z]:[\\/].*?[\\/]((?:v3|v2|brand|hk|global)[\\/].*)$`)

// CheckPath refuses what is not a path as a chain takes it. Of URLs, the chain itself refuses
// those of other hosts.
func CheckPath(path string) error {
	first, _, _ := strings.Cut(path, "/")
	switch found := rewritten.FindStringSubmatch(path); {
	case strings.TrimSpace(path) == "":
		return failure.Usagef("the path is empty; write it as WeChat Pay documents it, such as v3/certificates")
	case found != nil:
		return failure.Usagef("the shell has rewritten the path to %s; leave out the slash at its start: %s", path, strings.ReplaceAll(found[1], `\`, "/"))
	case path[0] == '/':
		return failure.Usagef("the path begins with a slash, which some shells rewrite; leave it out: %s", strings.TrimLeft(path, "/"))
	case strings.Contains(path, `\`):
		return failure.Usagef("the path has a backslash; write slashes: %s", strings.ReplaceAll(path, `\`, "/"))
	case isURL(path):
		return nil
	case strings.Contains(first, ".") || strings.Contains(first, ":"):
		return failure.Usagef("the path begins with a host; leave it out: %s", strings.TrimPrefix(path, first+"/"))
	case strings.ContainsFunc(path, func(c rune) bool { return c > unicode.MaxASCII }):
		i := strings.IndexFunc(path, func(c rune) bool { return c > unicode.MaxASCII })
		c, _ := utf8.DecodeRuneInString(path[i:])
		return failure.Usagef("the path has the character %q; write {name} in its place, and give the value by --var name=…", c)
	case strings.ContainsAny(path, " \t\r\n"):
		return failure.Usagef("the path has a space; give a value with spaces by --var, and the query by -q")
	}
	return nil
}

func isURL(path string) bool { return strings.Contains(path, "://") }
