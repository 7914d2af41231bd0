package profile

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// nameRule is what a profile may be called, so that it needs no quotes anywhere.
var nameRule = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

var (
	defaultLine = regexp.MustCompile(`(?m)^[ \t]*default[ \t]*=.*\n?`)
	anyTable    = regexp.MustCompile(`(?m)^[ \t]*\[`)
)

// Add returns the file with one profile more, or with another one under its name.
func (f *File) Add(name string, p *Stored) (*File, error) {
	if !nameRule.MatchString(name) {
		return nil, failure.Usagef("the name of a profile has 1 to 40 letters, digits, - or _, and %s has not", word(name))
	}
	text := f.without(name)
	if text != "" && !strings.HasSuffix(text, "\n\n") {
		text = strings.TrimRight(text, "\n") + "\n\n"
	}
	wanted := f.clone()
	wanted.profiles[name] = p
	return wanted.verified(text + section(name, p))
}

// Remove returns the file without a profile.
func (f *File) Remove(name string) (*File, error) {
	if _, err := f.Profile(name); err != nil {
		return nil, err
	}
	wanted, text := f.clone(), f.without(name)
	delete(wanted.profiles, name)
	if wanted.Default == name {
		wanted.Default = ""
		text = withDefault(text, "")
	}
	return wanted.verified(text)
}

// Use returns the file with another default profile.
func (f *File) Use(name string) (*File, error) {
	if _, err := f.Profile(name); err != nil {
		return nil, err
	}
	wanted := f.clone()
	wanted.Default = name
	return wanted.verified(withDefault(f.text, name))
}

func (f *File) clone() *File {
	c := *f
	if c.profiles = maps.Clone(f.profiles); c.profiles == nil {
		c.profiles = map[string]*Stored{}
	}
	return &c
}

// section is the text of a profile. The rest of a file, comments as well, is left as it is.
func section(name string, p *Stored) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[profiles.%s]\nkind = %q\n", name, p.Kind)
	for _, key := range Keys() {
		if value := p.Values[key]; value != "" {
			fmt.Fprintf(&b, "%s = %s\n", key, quote(value))
		}
	}
	if len(p.Keyring) > 0 {
		quoted := make([]string, len(p.Keyring))
		for i, key := range p.Keyring {
			quoted[i] = strconv.Quote(key)
		}
		fmt.Fprintf(&b, "keyring = [%s]\n", strings.Join(quoted, ", "))
	}
	return b.String()
}

// quote returns a text of TOML: in single quotes, between which a backslash of Windows is one.
func quote(s string) string {
	if strings.ContainsAny(s, "'\n\r") {
		return strconv.Quote(s)
	}
	return "'" + s + "'"
}

// without returns the text without the table of a profile.
func (f *File) without(name string) string {
	header := regexp.MustCompile(`(?m)^[ \t]*\[[ \t]*profiles[ \t]*\.[ \t]*["']?` + regexp.QuoteMeta(name) + `["']?[ \t]*\][^\n]*\n?`)
	at := header.FindStringIndex(f.text)
	if at == nil {
		return f.text
	}
	end := len(f.text)
	if next := anyTable.FindStringIndex(f.text[at[1]:]); next != nil {
		end = at[1] + next[0]
	}
	return f.text[:at[0]] + f.text[end:]
}

// withDefault returns a text with the line of the default profile, or without it.
func withDefault(text, name string) string {
	head, tail := text, ""
	if first := anyTable.FindStringIndex(text); first != nil {
		head, tail = text[:first[0]], text[first[0]:]
	}
	line := ""
	if name != "" {
		line = fmt.Sprintf("default = %q\n", name)
	}
	if at := defaultLine.FindStringIndex(head); at != nil {
		return head[:at[0]] + line + head[at[1]:] + tail
	}
	if line != "" && tail != "" && head == "" {
		line += "\n"
	}
	return line + head + tail
}

// verified returns f with its new text, which must say what f does: a file that was written by
// hand may have another form than this program writes.
func (f *File) verified(text string) (*File, error) {
	parsed, err := parse(f.Path, text)
	if err != nil || parsed.Default != f.Default || !slices.Equal(parsed.Names(), f.Names()) {
		return nil, failure.Usagef("%s has another form than this command writes; change it in an editor", f.Path)
	}
	for name, p := range f.profiles {
		got := parsed.profiles[name]
		if got.Kind != p.Kind || !reflect.DeepEqual(got.Values, p.Values) || !slices.Equal(got.Keyring, p.Keyring) {
			return nil, failure.Usagef("%s has another form than this command writes; change it in an editor", f.Path)
		}
	}
	parsed.home = f.home
	return parsed, nil
}

// Save writes the file whole, for the person's eyes alone.
func (f *File) Save() error {
	dir := filepath.Dir(f.Path)
	if f.Path == "" {
		return failure.Usagef("there is no place for the config file; set XDG_CONFIG_HOME or HOME to an absolute path")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return failure.Usagef("the config file cannot be written: %w", err)
	}
	target := f.Path
	if place, err := filepath.EvalSymlinks(target); err == nil { // the file may be kept elsewhere
		target, dir = place, filepath.Dir(place)
	}
	temporary, err := os.CreateTemp(dir, "config-*.toml") // of mode 0600
	if err != nil {
		return failure.Usagef("the config file cannot be written: %w", err)
	}
	_, err = temporary.WriteString(f.text)
	if closing := temporary.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(temporary.Name(), target)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
		return failure.Usagef("the config file cannot be written: %w", err)
	}
	return nil
}
