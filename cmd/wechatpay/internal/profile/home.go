package profile

import "runtime"

// home returns the person's home folder, or "".
func home(getenv func(string) (string, bool)) string {
	name := "HOME"
	if runtime.GOOS == "windows" {
		name = "USERPROFILE"
	}
	dir, _ := getenv(name)
	return dir
}
