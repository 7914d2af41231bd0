package profile

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// A Stored is a profile as the config file has it.
type Stored struct {
	Kind    Kind
	Values  map[string]string // by the keys of the file, such as mchid
	Keyring []string          // the keys whose values are in the keyring of the system
}

// Keys are those that the values of a profile may have: an id, or the path of a file.
func Keys() []string {
	all := make([]string, 0, len(names))
	for _, name := range names {
		if public(name) {
			all = append(all, keyOf(name))
		}
	}
	return all
}

// SecretKeys are those of the secrets that a keyring may hold.
func SecretKeys() []string {
	all := make([]string, len(secrets))
	for i, name := range secrets {
		all[i] = strings.ToLower(name)
	}
	return all
}

// parseProfile checks a table of the config file.
func parseProfile(table map[string]any) (*Stored, error) {
	p := &Stored{Kind: Production, Values: map[string]string{}}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		text, isText := table[key].(string)
		switch {
		case key == "keyring":
			list, ok := table[key].([]any)
			for _, item := range list {
				name, _ := item.(string)
				if ok = ok && slices.Contains(SecretKeys(), name); ok {
					p.Keyring = append(p.Keyring, name)
				}
			}
			if !ok {
				return nil, fmt.Errorf("keyring must be a list of %s", strings.Join(SecretKeys(), ", "))
			}
		case !isText:
			return nil, fmt.Errorf("%.40s must be a text in quotes", key)
		case key == "kind":
			kind, err := parseKind(text, "kind")
			if err != nil {
				return nil, err
			}
			p.Kind = kind
		case slices.Contains(names, nameOf(key)) && !public(nameOf(key)):
			return nil, fmt.Errorf("%s must not be in this file; save it in a file of its own, and name that in %s_file", key, key)
		case !slices.Contains(Keys(), key):
			return nil, fmt.Errorf("unknown key %.40q; known are kind, keyring, %s", key, strings.Join(Keys(), ", "))
		default:
			p.Values[key] = text
		}
	}
	return p, nil
}

// settings returns the values by their names. A path is relative to the folder of the config
// file, or to the home folder if it begins with ~/.
func (p *Stored) settings(file *File, name string) *Settings {
	s := &Settings{Profile: name, Kind: p.Kind, values: map[string]Value{}}
	for key, text := range p.Values {
		if text == "" {
			continue
		}
		if below, ok := strings.CutPrefix(text, "~/"); ok {
			text = filepath.Join(file.home, below)
		}
		if strings.HasSuffix(key, "_file") && text != "-" && !filepath.IsAbs(text) {
			text = filepath.Join(filepath.Dir(file.Path), text)
		}
		s.values[nameOf(key)] = Value{text, origin(file.Path, name)}
	}
	return s
}
