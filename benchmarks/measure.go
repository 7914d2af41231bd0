package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// A plan is what is measured.
type plan struct {
	inFlight []int
	rounds   int
	turn     time.Duration
	checked  int    // the server verifies one request of so many
	php      string // the folder of the PHP SDK
	progress io.Writer
}

// Findings are what was measured.
type findings struct {
	plan    plan
	machine machine
	rows    []row
	missing []string // which clients did not take part, and why
	alone   []aloneRow
}

// A row is a client, and its turns by calls in flight, one for each round.
type row struct {
	name, versions string
	turns          map[int][]turn
}

// A contestant is an entry that takes part.
type contestant struct {
	row
	peer peer
}

func (p plan) measure(ctx context.Context) (found findings, err error) {
	found = findings{plan: p, machine: thisMachine()}
	a, err := newAccount()
	if err != nil {
		return found, err
	}
	folder, err := os.MkdirTemp("", "wechatpay-benchmarks-")
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if err := a.save(folder); err != nil {
		return found, err
	}
	server, url, err := startServer(ctx, folder, p.checked)
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, server.close()) }()
	s := setting{a, folder, url, p.php}

	all, missing, err := open(ctx, s)
	defer func() {
		for _, c := range all {
			c.peer.close()
		}
	}()
	found.missing = missing
	if err != nil {
		return found, err
	}
	if err := p.takeTurns(ctx, all); err != nil {
		return found, err
	}
	for _, c := range all {
		found.rows = append(found.rows, c.row)
	}
	found.alone, err = p.measureAlone(ctx, a)
	return found, err
}

// open returns the clients that can take part, and why others cannot.
func open(ctx context.Context, s setting) (all []contestant, missing []string, err error) {
	for _, e := range entries {
		p, versions, err := e.open(ctx, s)
		var reason missingError
		switch {
		case errors.As(err, &reason):
			missing = append(missing, e.name+": "+reason.reason)
		case err != nil:
			return all, missing, fmt.Errorf("%s: %w", e.name, err)
		default:
			all = append(all, contestant{row{e.name, versions, map[int][]turn{}}, p})
		}
	}
	return all, missing, nil
}

// takeTurns gives all of them their turns. What slows the machine for a while slows all.
func (p plan) takeTurns(ctx context.Context, all []contestant) error {
	for _, c := range all { // connections are made, and caches filled
		if _, err := c.peer.turn(ctx, slices.Max(p.inFlight), p.turn/4); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	for round := range p.rounds {
		for _, inFlight := range p.inFlight {
			_, _ = fmt.Fprintf(p.progress, "\rround %d of %d, %d calls in flight ", round+1, p.rounds, inFlight)
			for i := range all {
				c := all[(i+round)%len(all)] // each is once behind each other
				t, err := c.peer.turn(ctx, inFlight, p.turn)
				if err != nil {
					return fmt.Errorf("%s, %d calls in flight: %w", c.name, inFlight, err)
				}
				c.turns[inFlight] = append(c.turns[inFlight], t)
			}
		}
	}
	_, _ = fmt.Fprintln(p.progress)
	return nil
}

// median returns the one in the middle, and 0 of none.
func median[T int | float64 | time.Duration](values []T) T {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// rate is the median of calls a second.
func (r row) rate(inFlight int) float64 { return median(mapped(r.turns[inFlight], turn.rate)) }

// cpuPerCall is the median of the CPU of a call.
func (r row) cpuPerCall(inFlight int) time.Duration {
	return median(mapped(r.turns[inFlight], turn.cpuPerCall))
}

// times is the median of how many calls r made for each of the other, round by round.
func (r row) times(other row, inFlight int) float64 {
	ratios := mapped(r.turns[inFlight], turn.rate)
	for i, t := range other.turns[inFlight] {
		ratios[i] /= t.rate()
	}
	return median(ratios)
}

func mapped[T, U any](values []T, f func(T) U) []U {
	all := make([]U, len(values))
	for i, v := range values {
		all[i] = f(v)
	}
	return all
}
