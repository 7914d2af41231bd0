package args

import (
	"errors"
	"strings"
)

// Pair cuts name=value, the form of flags that are repeated. The error does not have the value,
// which may be personal data.
func Pair(text string) (name, value string, err error) {
	name, value, ok := strings.Cut(text, "=")
	switch {
	case !ok:
		return "", "", errors.New("has no =; write it as name=value")
	case name == "":
		return "", "", errors.New("has no name before =; write it as name=value")
	}
	return name, value, nil
}
