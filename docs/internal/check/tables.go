package check

import "strings"

// Tables finds rows of tables that have more or fewer cells than the row of titles: GitHub drops
// the surplus without a word. A pipe inside of code ends a cell as well, unless it is escaped.
func (s *Set) Tables() []Problem {
	var found problems
	for _, p := range s.Pages {
		columns := 0
		for i, line := range p.Lines {
			line = strings.TrimSpace(line)
			if p.InCode[i] || !strings.HasPrefix(line, "|") {
				columns = 0
				continue
			}
			if !strings.HasSuffix(line, "|") || len(line) < 2 {
				found.add(p, i+1, "the row of the table does not end with |")
				continue
			}
			cells := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") - 1
			switch {
			case columns == 0:
				columns = cells
			case cells != columns:
				found.add(p, i+1, "the row has %d cells, the table %d columns", cells, columns)
			}
		}
	}
	return found
}
