package check

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// documentation is what the address of an official page looks like.
var documentation = regexp.MustCompile(`https://pay\.weixin\.qq\.com/[\w./?=&%-]*\w`)

// Official finds links to official pages that neither the catalogue, nor the data of the
// generator, nor a comment in code knows: such an address was not copied from there.
func (s *Set) Official() ([]Problem, error) {
	known := map[string]bool{}
	err := fs.WalkDir(s.Files, ".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (file != "." && strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules"):
			return fs.SkipDir
		case path.Ext(file) != ".jsonl" && path.Ext(file) != ".go" || strings.HasSuffix(file, "_gen.go"):
			return nil
		}
		text, err := fs.ReadFile(s.Files, file)
		for _, address := range documentation.FindAll(text, -1) {
			known[string(address)] = true
		}
		return err
	})
	var found problems
	for _, p := range s.Pages {
		for _, link := range p.Links {
			if address := documentation.FindString(link.Target); address != "" && !known[address] {
				found.add(p, link.Line, "%s is known neither to the catalogue nor to a comment in code", address)
			}
		}
	}
	return found, err
}
