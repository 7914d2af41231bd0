package future

import (
	"errors"
	"fmt"
	"sync"
)

// ErrNone is why [Any] and [Race] of no futures are rejected.
var ErrNone = errors.New("future: no future was given")

// An Outcome is what a future came to: Err is nil where it was fulfilled.
type Outcome[T any] struct {
	Value T
	Err   error
}

// State is [StateFulfilled] or [StateRejected].
func (o Outcome[T]) State() State {
	if o.Err != nil {
		return StateRejected
	}
	return StateFulfilled
}

// All is fulfilled with the values of all futures, in the order given; of none,
// with an empty list. The first error rejects it and cancels the rest, unless they
// are wanted elsewhere (see [Future.Cancel]). What the rest comes to is in the
// futures given: ask them, where it matters.
func All[T any](futures ...*Future[T]) *Future[[]T] {
	return some("All", len(futures), futures, func(int) bool { return true }, false)
}

// Some is fulfilled with the values of the first n futures to be fulfilled, in
// the order given, and cancels the rest as [All] does. Where fewer than n can be
// any more, it is rejected with the errors so far, joined in the order given, and
// cancels the rest. Of more than there are it is rejected at once; of none it is
// an empty list at once. It panics if n is negative.
func Some[T any](n int, futures ...*Future[T]) *Future[[]T] {
	if n < 0 {
		panic("future: Some: negative count")
	}
	if n > len(futures) {
		checkAll("Some", futures)
		return Rejected[[]T](fmt.Errorf("future: Some: %d of %d futures cannot be fulfilled", n, len(futures)))
	}
	return some("Some", n, futures, func(failed int) bool { return len(futures)-failed < n }, true)
}

// Any is fulfilled with the value of the first future to be fulfilled, and cancels
// the rest. Where none is, it is rejected with all their errors joined, in the
// order given; of none, with [ErrNone].
func Any[T any](futures ...*Future[T]) *Future[T] {
	checkAll("Any", futures)
	if len(futures) == 0 {
		return Rejected[T](ErrNone)
	}
	return Then(Some(1, futures...), func(values []T) (T, error) { return values[0], nil })
}

// Race settles as the first future that does, and cancels the rest; of none, it is
// rejected with [ErrNone].
func Race[T any](futures ...*Future[T]) *Future[T] {
	checkAll("Race", futures)
	if len(futures) == 0 {
		return Rejected[T](ErrNone)
	}
	parts := &group[T]{futures: futures}
	result := &Future[T]{made: true, work: parts}
	for _, f := range futures {
		f.follow(&onSettled[T]{f, func(v T, err error) node {
			won, reacts := result.settle(v, err, true)
			if won {
				parts.Cancel()
			}
			if reacts {
				return result
			}
			return nil
		}})
	}
	return result
}

// Settle is fulfilled with the outcomes of all futures, in the order given, once
// all are settled. It is never rejected.
func Settle[T any](futures ...*Future[T]) *Future[[]Outcome[T]] {
	checkAll("Settle", futures)
	outcomes := make([]Outcome[T], len(futures))
	if len(futures) == 0 {
		return Resolved(outcomes)
	}
	result := &Future[[]Outcome[T]]{made: true, work: &group[T]{futures: futures}}
	var mu sync.Mutex
	left := len(futures)
	for i, f := range futures {
		f.follow(&onSettled[T]{f, func(v T, err error) node {
			mu.Lock()
			outcomes[i] = Outcome[T]{v, err}
			left--
			last := left == 0
			mu.Unlock()
			if last {
				return result.end(outcomes, nil)
			}
			return nil
		}})
	}
	return result
}

// some gathers the values of n futures. giveUp is how many errors are too many,
// and join whether all of them are returned, or the last.
func some[T any](name string, n int, futures []*Future[T], giveUp func(failed int) bool, join bool) *Future[[]T] {
	checkAll(name, futures)
	if n == 0 {
		return Resolved([]T{})
	}
	s := &selection[T]{
		wanted: n, giveUp: giveUp, join: join,
		values: make([]T, len(futures)), fulfilled: make([]bool, len(futures)), errs: make([]error, len(futures)),
	}
	s.parts.futures = futures
	s.result = &Future[[]T]{made: true, work: &s.parts}
	for i, f := range futures {
		f.follow(&onSettled[T]{f, func(v T, err error) node { return s.settled(i, v, err) }})
	}
	return s.result
}

// A selection is what some knows of its futures.
type selection[T any] struct {
	parts  group[T]
	giveUp func(failed int) bool
	join   bool
	result *Future[[]T]

	mu             sync.Mutex
	wanted, failed int
	values         []T
	fulfilled      []bool
	errs           []error
}

func (s *selection[T]) settled(i int, v T, err error) node {
	values, decided, err := s.count(i, v, err)
	if !decided {
		return nil
	}
	won, reacts := s.result.settle(values, err, true)
	if won {
		s.parts.Cancel()
	}
	if reacts {
		return s.result
	}
	return nil
}

// count takes one future into account, and returns the result once it is decided.
func (s *selection[T]) count(i int, v T, err error) (values []T, decided bool, reason error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.failed++
		s.errs[i] = err
		if s.join {
			err = errors.Join(s.errs...)
		}
		return nil, s.giveUp(s.failed), err
	}
	if s.wanted == 0 {
		return nil, false, nil // too late
	}
	s.wanted--
	s.values[i], s.fulfilled[i] = v, true
	if s.wanted > 0 {
		return nil, false, nil
	}
	for i, ok := range s.fulfilled {
		if ok {
			values = append(values, s.values[i])
		}
	}
	return values, true, nil
}

// A group is what a combination hangs on. It is left as one, and once.
type group[T any] struct {
	futures []*Future[T]
	left    sync.Once
}

func (g *group[T]) Cancel() {
	g.left.Do(func() {
		for _, f := range g.futures {
			abandon(f)
		}
	})
}

func checkAll[T any](name string, futures []*Future[T]) {
	for _, f := range futures {
		f.check(name)
	}
}
