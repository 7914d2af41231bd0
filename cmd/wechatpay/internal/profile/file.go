package profile

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// A File is the config file: profiles by name.
type File struct {
	Path    string
	Default string // the profile that `profile use` chose; may be empty

	home     string // the person's
	text     string
	profiles map[string]*Stored
}

// Path returns where the config file is: in $XDG_CONFIG_HOME, ~/.config, or %AppData% of
// Windows.
func Path(getenv func(string) (string, bool)) (string, error) {
	if dir := variable(getenv, "XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "wechatpay", "config.toml"), nil
	}
	if dir := variable(getenv, "AppData"); runtime.GOOS == "windows" && filepath.IsAbs(dir) {
		return filepath.Join(dir, "wechatpay", "config.toml"), nil
	}
	if dir := home(getenv); filepath.IsAbs(dir) {
		return filepath.Join(dir, ".config", "wechatpay", "config.toml"), nil
	}
	return "", failure.Usagef("there is no place for the config file; set XDG_CONFIG_HOME or HOME to an absolute path")
}

// Load reads the config file. One that does not exist has no profiles. An error is a
// *failure.UsageError: the file is broken, or others can read it.
func Load(getenv func(string) (string, bool)) (*File, error) {
	path, err := Path(getenv)
	if err != nil {
		return &File{}, nil //nolint:nilerr // the environment may have all values
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &File{Path: path}, nil
	}
	if err != nil {
		return nil, failure.Usagef("the config file cannot be read: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, failure.Usagef("the config file cannot be read: %s is not a file", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, failure.Usagef("%s: others have access to it (mode %04o); run: chmod 600 %s", path, mode, path)
	}
	data, err := os.ReadFile(path) //nolint:gosec // it is the person's own
	if err != nil {
		return nil, failure.Usagef("the config file cannot be read: %w", err)
	}
	file, err := parse(path, string(data))
	if err != nil {
		return nil, err
	}
	file.home = home(getenv)
	return file, nil
}

// parse reads the text of a config file. No error has a value of it, which may be a secret at
// the wrong place.
func parse(path, text string) (*File, error) {
	var document struct {
		Default  string
		Profiles map[string]map[string]any
	}
	d := toml.NewDecoder(strings.NewReader(text)).DisallowUnknownFields()
	if err := d.Decode(&document); err != nil {
		return nil, broken(path, err)
	}
	file := &File{Path: path, Default: document.Default, text: text, profiles: map[string]*Stored{}}
	for _, name := range slices.Sorted(maps.Keys(document.Profiles)) {
		stored, err := parseProfile(document.Profiles[name])
		if err != nil {
			return nil, failure.Usagef("%s: profile %.40q: %w", path, name, err)
		}
		file.profiles[name] = stored
	}
	return file, nil
}

func broken(path string, err error) error {
	var unknown *toml.StrictMissingError
	var at *toml.DecodeError
	switch {
	case errors.As(err, &unknown) && len(unknown.Errors) > 0:
		line, _ := unknown.Errors[0].Position()
		return failure.Usagef("%s:%d: unknown key; the file has default = \"NAME\", and tables [profiles.NAME]", path, line)
	case errors.As(err, &at):
		line, column := at.Position()
		return failure.Usagef("%s:%d:%d: the file is not valid TOML; a value is a text in quotes, as in mchid = \"1900000109\"", path, line, column)
	}
	return failure.Usagef("%s: the file is not valid TOML", path)
}

// Names are the names of all profiles, sorted.
func (f *File) Names() []string { return slices.Sorted(maps.Keys(f.profiles)) }

// Profile returns the profile of a name. An error is a *failure.UsageError that lists those
// that exist.
func (f *File) Profile(name string) (*Stored, error) {
	if stored, ok := f.profiles[name]; ok {
		return stored, nil
	}
	if len(f.profiles) == 0 {
		return nil, failure.Usagef("unknown profile %s: there is none; add one: wechatpay profile add", word(name))
	}
	return nil, failure.Usagef("unknown profile %s; there are %s", word(name), strings.Join(f.Names(), ", "))
}

// Settings returns the settings of one profile, with its secrets by key, without those of the
// environment.
func (f *File) Settings(name string, secrets map[string]string) (*Settings, error) {
	stored, err := f.Profile(name)
	if err != nil {
		return nil, err
	}
	s := stored.settings(f, name)
	for key, secret := range secrets {
		s.values[nameOf(key)] = Value{secret, "given"}
	}
	return s, s.checkSandbox()
}
