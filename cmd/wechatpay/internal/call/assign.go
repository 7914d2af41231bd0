package call

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/args"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// An assignment is one -f or -F.
type assignment struct {
	key, value string
	typed      bool // -F
}

// flag is the name of the flag, for messages.
func (s assignment) flag() string {
	if s.typed {
		return "-F " + s.key
	}
	return "-f " + s.key
}

// assignments are a flag that is repeated. Two of them share a list, whose order counts: -1
// appends.
type assignments struct {
	list  *[]assignment
	typed bool
}

// String, Type and Set are those of a pflag.Value.
func (*assignments) String() string { return "" }
func (*assignments) Type() string   { return "KEY=VALUE" }
func (s *assignments) Set(text string) error {
	key, value, err := args.Pair(text)
	if err != nil {
		return err
	}
	if strings.Contains(key, "[") {
		dotted := strings.NewReplacer("[]", ".-1", "[", ".", "]", "").Replace(key)
		return fmt.Errorf("%s has brackets; write dots: %s", key, dotted)
	}
	for _, other := range *s.list {
		if other.key == key && !strings.Contains("."+key+".", ".-1.") {
			return fmt.Errorf("%s is given twice; which value counts? give it once", key)
		}
	}
	*s.list = append(*s.list, assignment{key, value, s.typed})
	return nil
}

// pairs cuts the values of a flag, each a name=value.
func pairs(flag string, texts []string, add func(name, value string) error) error {
	for _, text := range texts {
		name, value, err := args.Pair(text)
		if err == nil {
			err = add(name, value)
		}
		if err != nil {
			return failure.Usagef("%s: %w", flag, err)
		}
	}
	return nil
}

// read returns what an @FILE or @- of a -F stands for, without the line break that editors
// and echo end it with.
func (s assignment) read(stdin *stdin) (string, error) {
	path, ok := strings.CutPrefix(s.value, "@")
	if !s.typed || !ok {
		return s.value, nil
	}
	data, err := stdin.open(path, s.flag())
	if err != nil {
		return "", err
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	if !utf8.ValidString(text) {
		return "", failure.Usagef("%s: %s is not UTF-8 text; convert it first", s.flag(), path)
	}
	return text, nil
}

// A stdin is read once: a second reader, as a setting whose file is -, would get nothing.
type stdin struct {
	take func(purpose string) (io.Reader, error) // App.Stdin
}

// open reads a file, or standard input where the path is -.
func (s *stdin) open(path, flag string) ([]byte, error) {
	if path == "" {
		return nil, failure.Usagef("%s: the name of the file is missing", flag)
	}
	if path != "-" {
		data, err := os.ReadFile(path) //nolint:gosec // the file that the person names
		if err != nil {
			return nil, failure.Usagef("%s: %w", flag, err)
		}
		return data, nil
	}
	in, err := s.take(flag)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, failure.Usagef("%s: reading standard input: %w", flag, err)
	}
	return data, nil
}
