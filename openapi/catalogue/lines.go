package catalogue

import (
	"encoding/json"
	"fmt"
	"strings"
)

// lines reads one value a line, over what fresh returns. It panics where the data are wrong:
// they are part of the program, and tested.
func lines[T any](file, data string, fresh func() T) []T {
	list := make([]T, 0, strings.Count(data, "\n"))
	for line := range strings.Lines(data) {
		item := fresh()
		if err := readLine(line, &item); err != nil {
			panic(fmt.Sprintf("catalogue: %s, line %d: %v", file, len(list)+1, err))
		}
		list = append(list, item)
	}
	return list
}

// readLine reads a value. A key that it has no field for is an error: a misspelled one would
// be lost.
func readLine(line string, value any) error {
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.DisallowUnknownFields()
	return decoder.Decode(value)
}
