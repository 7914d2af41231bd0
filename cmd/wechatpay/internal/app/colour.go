package app

import "fmt"

// A ColorMode is the value of --color.
type ColorMode string

// String returns the mode, as a pflag.Value does.
func (m *ColorMode) String() string { return string(*m) }

// Type returns the modes.
func (m *ColorMode) Type() string { return "auto|always|never" }

// Set sets the mode, and refuses what is none.
func (m *ColorMode) Set(text string) error {
	switch text {
	case "auto", "always", "never":
		*m = ColorMode(text)
		return nil
	}
	return fmt.Errorf("must be auto, always or never")
}

// Colours reports whether results are in colour: as --color says, or else in a terminal that
// has colours, unless NO_COLOR is set or CLICOLOR is 0.
func (a *App) Colours() bool {
	switch a.Flags.Color {
	case "always":
		return true
	case "never":
		return false
	}
	value := func(name string) string {
		v, ok := a.Getenv(name)
		if !ok {
			return ""
		}
		return v
	}
	return a.OutIsTerminal() && value("NO_COLOR") == "" && value("TERM") != "dumb" && value("CLICOLOR") != "0"
}
