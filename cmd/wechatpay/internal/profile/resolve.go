package profile

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/internal/errtext"
)

// A Finder finds settings.
type Finder struct {
	Getenv func(name string) (value string, ok bool)
	Named  string // the profile that a flag names
	// Stdin is read for a secret whose file is "-".
	Stdin func(purpose string) (io.Reader, error)
}

// Resolve returns the settings. Those of a profile that is named, by the flag or by
// WECHATPAY_PROFILE, go before those of the environment, and those of the environment before
// the profile that `profile use` chose. The two are never mixed if they are of different
// merchants. An error is a *failure.UsageError.
func (f Finder) Resolve(ctx context.Context) (*Settings, error) {
	environment, err := f.environment()
	if err != nil {
		return nil, err
	}
	file, err := Load(f.Getenv)
	if err != nil {
		return nil, err
	}
	named := cmp.Or(f.Named, variable(f.Getenv, "WECHATPAY_PROFILE"))
	name := cmp.Or(named, file.Default)
	s := environment
	if name != "" {
		stored, err := file.Profile(name)
		if err != nil {
			return nil, err
		}
		s = merge(stored.settings(file, name), environment, named != "")
		if s.Profile != "" {
			if err := stored.unlock(ctx, s); err != nil {
				return nil, err
			}
		}
	}
	if len(s.values) == 0 {
		return nil, failure.Usagef("no credentials; use --sandbox, `wechatpay profile add`, or the variables WECHATPAY_…")
	}
	if err := f.readStdin(s); err != nil {
		return nil, err
	}
	return s, s.checkSandbox()
}

// environment returns the settings of the environment. An empty value counts as none.
func (f Finder) environment() (*Settings, error) {
	s := &Settings{Kind: Production, values: map[string]Value{}}
	for _, name := range names {
		if value := variable(f.Getenv, name); value != "" {
			s.values[name] = Value{value, "environment"}
		}
	}
	if text := variable(f.Getenv, "WECHATPAY_KIND"); text != "" {
		kind, err := parseKind(text, "WECHATPAY_KIND")
		if err != nil {
			return nil, err
		}
		s.Kind, s.kindSet = kind, true
	}
	return s, nil
}

// merge returns the settings of a profile and of the environment together; first is the
// profile's if it was named.
func merge(stored, environment *Settings, named bool) *Settings {
	if mine, theirs := stored.Merchant(), environment.Merchant(); mine != "" && theirs != "" && theirs != mine {
		note := "%s is not used: it is of merchant %s, and the %s of merchant %s"
		if named {
			stored.Notes = append(stored.Notes, fmt.Sprintf("the "+note, "environment", errtext.ID(theirs), "profile "+stored.Profile, errtext.ID(mine)))
			return stored
		}
		environment.Notes = append(environment.Notes, fmt.Sprintf(note, "profile "+stored.Profile, errtext.ID(mine), "environment", errtext.ID(theirs)))
		return environment
	}
	first, second := environment, stored
	if named {
		first, second = stored, environment
	}
	merged := &Settings{Profile: stored.Profile, Kind: stored.Kind, values: maps.Clone(first.values)}
	for name, value := range second.values {
		_, set := first.values[name]
		if _, twin := first.values[twin(name)]; !set && !twin {
			merged.values[name] = value
		}
	}
	switch {
	case environment.kindSet:
		merged.Kind = stricter(stored.Kind, environment.Kind)
	case merged.Origin("WECHATPAY_BASE_URL") == "environment": // it is not known what is there
		merged.Kind = stricter(stored.Kind, Production)
	}
	return merged
}

// maxStdin is the limit of what stdin may hold, in bytes: keys have a few kilobytes.
const maxStdin = 1 << 20

// readStdin reads the one value whose file is "-".
func (f Finder) readStdin(s *Settings) error {
	for _, name := range slices.Sorted(maps.Keys(s.values)) {
		if s.values[name].Text != "-" || !strings.HasSuffix(name, "_FILE") {
			continue
		}
		in, err := f.Stdin(name)
		if err != nil {
			return err
		}
		data, err := io.ReadAll(io.LimitReader(in, maxStdin+1))
		switch text := strings.TrimRight(string(data), "\r\n"); {
		case err != nil:
			return failure.Usagef("%s: stdin cannot be read: %w", name, err)
		case len(data) > maxStdin:
			return failure.Usagef("%s: stdin has more than %d bytes", name, maxStdin)
		case text == "":
			return failure.Usagef("%s: stdin is empty; it must hold the value", name)
		default:
			s.values[twin(name)] = Value{text, "stdin"}
			delete(s.values, name)
		}
	}
	return nil
}
