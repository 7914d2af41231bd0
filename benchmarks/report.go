package main

import (
	_ "embed"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"text/template"
	"time"
)

//go:embed BENCHMARKS.md.tmpl
var document string

var documentTemplate = template.Must(template.New("BENCHMARKS.md").Parse(document))

// document returns the whole of BENCHMARKS.md.
func (f findings) document() string {
	var b strings.Builder
	if err := documentTemplate.Execute(&b, f); err != nil {
		panic(err) // the template calls methods that return no errors
	}
	return b.String()
}

// tables returns the tables alone.
func (f findings) tables() string {
	return strings.Join([]string{f.Machine(), f.Rates(), f.Ratios(), f.Alone()}, "\n\n") + "\n"
}

// Machine says on what, when and with what the figures were measured.
func (f findings) Machine() string {
	m, ifma := f.machine, "without AVX-512 IFMA"
	if m.ifma {
		ifma = "with AVX-512 IFMA"
	}
	text := fmt.Sprintf("%s, %d cores, %s; %s, %s; %s.", m.cpu, m.cores, ifma, m.os, runtime.Version(), m.date.UTC().Format("2 January 2006"))
	if m.load != "" {
		text += " Load before the run: " + m.load + " (0 is a machine that does nothing else)."
	}
	for _, reason := range f.missing {
		text += " Not measured: " + reason + "."
	}
	return text
}

// Rates is the table of calls a second.
func (f findings) Rates() string {
	t := table{head: []string{"client", "version"}}
	for _, n := range f.plan.inFlight {
		t.head = append(t.head, grouped(n)+" in flight, calls/s", "CPU a call")
	}
	for _, r := range f.rows {
		t.row(r.name, r.versions)
		for _, n := range f.plan.inFlight {
			t.cells(grouped(int(r.rate(n))), milliseconds(r.cpuPerCall(n)))
		}
	}
	return t.String()
}

// Ratios is the table of how often this library calls for each call of the others.
func (f findings) Ratios() string {
	var mine []row
	t := table{head: []string{"calls for each call of"}}
	for _, r := range f.rows {
		if r.name != oursName && r.name != accelName {
			continue
		}
		mine = append(mine, r)
		for _, n := range f.plan.inFlight {
			t.head = append(t.head, fmt.Sprintf("%s, %s in flight", r.name, grouped(n)))
		}
	}
	for _, other := range f.rows {
		if other.name == accelName {
			continue
		}
		t.row(other.name)
		for _, r := range mine {
			for _, n := range f.plan.inFlight {
				t.cells(strconv.FormatFloat(r.times(other, n), 'f', 2, 64))
			}
		}
	}
	return t.String()
}

// Alone is the table of what calls cost beyond RSA and the network.
func (f findings) Alone() string {
	t := table{head: []string{"client", "allocations", "bytes", "CPU a call"}}
	for _, r := range f.alone {
		cpu := "not known"
		if r.cpu > 0 {
			cpu = strconv.FormatFloat(float64(r.cpu)/float64(time.Microsecond), 'f', 1, 64) + " µs"
		}
		t.row(r.name, grouped(r.allocations), grouped(r.bytes), cpu)
	}
	return t.String()
}

// Rounds is the number of rounds.
func (f findings) Rounds() int { return f.plan.rounds }

// Turn is how long a turn takes.
func (f findings) Turn() string { return f.plan.turn.String() }

// Checked is how many requests one is verified of.
func (f findings) Checked() int { return f.plan.checked }

func milliseconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', 2, 64) + " ms"
}

// grouped writes a number as in 1,024.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// A table is one of Markdown. All columns but the first hold numbers, or versions.
type table struct {
	head []string
	rows [][]string
}

// row begins a row with these cells.
func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// cells adds to the last row.
func (t *table) cells(cells ...string) {
	last := &t.rows[len(t.rows)-1]
	*last = append(*last, cells...)
}

func (t *table) String() string {
	right := strings.Repeat("| ---: ", len(t.head)-1)
	return line(t.head) + "\n| --- " + right + "|\n" + strings.Join(mapped(t.rows, line), "\n")
}

func line(cells []string) string { return "| " + strings.Join(cells, " | ") + " |" }
