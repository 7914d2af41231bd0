// Package table aligns columns for a person at a terminal.
package table

import (
	"bytes"
	"io"
	"strings"
	"unicode"
)

// Write writes rows, two spaces between their columns. Chinese letters count as two cells, as
// terminals show them. No line ends with spaces.
func Write(w io.Writer, rows [][]string) error {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], cells(cell))
		}
	}
	var b, line bytes.Buffer
	for _, row := range rows {
		line.Reset()
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-cells(cell)+2))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	_, err := w.Write(b.Bytes())
	return err
}

// wide are the signs that stand among Chinese letters and are as wide.
const wide = "，。：；！？、（）【】《》"

// cells is how wide a terminal shows a text.
func cells(text string) (n int) {
	for _, r := range text {
		n++
		if unicode.Is(unicode.Han, r) || strings.ContainsRune(wide, r) {
			n++
		}
	}
	return n
}
