package profile

import "runtime"

// home returns the person's home folder, or "".
func home(getenv func(string) (string, bool)) string {
	name := "HOME"
	if runtime.GOOS == "windows" {
		name = "USERPROFILE"
	}
	return variable(getenv, name)
}

// variable returns the value of a variable, or "" if it is not set.
func variable(getenv func(string) (string, bool), name string) string {
	if value, ok := getenv(name); ok {
		return value
	}
	return ""
}
