// Package ratio compares two functions in one run, for benchmarks: on a machine that does other
// work too, a figure of one run and a figure of another tell little.
package ratio

import (
	"slices"
	"testing"
	"time"
)

// Report runs this and that by turns, at least ten times each, and reports by how much more CPU this
// takes: the median of the ratios, under a unit such as "x-csv". The CPU is that of the whole
// process, garbage collection included; where no system call tells it, it is the time.
func Report(b *testing.B, unit string, this, that func()) {
	b.Helper()
	const least = 10
	var ratios []float64
	this()
	that()
	for b.Loop() {
		for range least {
			first, second := spent(this), spent(that)
			ratios = append(ratios, float64(first)/float64(max(second, 1)))
		}
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], unit)
}

func spent(f func()) time.Duration {
	before := CPU()
	f()
	return CPU() - before
}

// PerItem runs f and reports its CPU for each of the items that it goes through: the median of ten.
func PerItem(b *testing.B, items int, f func()) {
	b.Helper()
	var all []time.Duration
	f()
	for b.Loop() {
		for range 10 {
			all = append(all, spent(f))
		}
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2])/float64(items), "cpu-ns/item")
}
