package future

import (
	"errors"
	"fmt"
	"sync"
)

// ErrNone rejects [Any] and [Race] without futures.
var ErrNone = errors.New("future: no future was given")

// An Outcome is the result of a future: Err is nil if it was fulfilled.
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

// All is fulfilled with the values of all futures, in the order given; without futures, with
// an empty list. The first error rejects it and cancels the rest, unless others need them
// (see [Future.Cancel]). The outcomes of the rest are in the futures given.
func All[T any](futures ...*Future[T]) *Future[[]T] {
	return some("All", futures, &selection{wanted: len(futures)})
}

// Some is fulfilled with the values of the first n futures to be fulfilled, in the order
// given, and cancels the rest as [All] does. As soon as fewer than n can be fulfilled, it is
// rejected with the errors so far, joined in the order given, and cancels the rest. If n is
// larger than the number of futures, it is rejected at once; if n is 0, it is an empty list
// at once. It panics if n is negative.
func Some[T any](n int, futures ...*Future[T]) *Future[[]T] {
	if n < 0 {
		panic("future: Some: negative count")
	}
	if n > len(futures) {
		checkAll("Some", futures)
		return Rejected[[]T](fmt.Errorf("future: Some: %d of %d futures cannot be fulfilled", n, len(futures)))
	}
	return some("Some", futures, &selection{wanted: n, spare: len(futures) - n, join: true})
}

// Any is fulfilled with the value of the first future to be fulfilled, and cancels the rest.
// If all are rejected, it is rejected with their errors, joined in the order given; without
// futures, with [ErrNone].
func Any[T any](futures ...*Future[T]) *Future[T] {
	if len(futures) == 0 {
		return Rejected[T](ErrNone)
	}
	one := some("Any", futures, &selection{wanted: 1, spare: len(futures) - 1, join: true})
	return Then(one, func(values []T) (T, error) { return values[0], nil })
}

// Race settles as the first future that settles, and cancels the rest; without futures, it
// is rejected with [ErrNone].
func Race[T any](futures ...*Future[T]) *Future[T] {
	parts := &group{parts: cores("Race", futures)}
	if len(futures) == 0 {
		return Rejected[T](ErrNone)
	}
	result := &Future[T]{c: core{made: true, work: parts}}
	for _, f := range futures {
		f.c.follow(observer(func() *core {
			return result.c.concludeGroup(parts, func() { result.value = f.value }, f.c.err)
		}))
	}
	return result
}

// Settle is fulfilled with the outcomes of all futures, in the order given, once
// all are settled. It is never rejected.
func Settle[T any](futures ...*Future[T]) *Future[[]Outcome[T]] {
	parts := &group{parts: cores("Settle", futures)}
	if len(futures) == 0 {
		return Resolved([]Outcome[T]{})
	}
	result := &Future[[]Outcome[T]]{c: core{made: true, work: parts}}
	result.c.whenAll(parts.parts, func() {
		result.value = make([]Outcome[T], len(futures))
		for i, f := range futures {
			result.value[i].Value, result.value[i].Err = f.result()
		}
	})
	return result
}

// some gathers the values of the futures that s selects.
func some[T any](name string, futures []*Future[T], s *selection) *Future[[]T] {
	s.parts.parts = cores(name, futures)
	if s.wanted == 0 {
		return Resolved([]T{})
	}
	result := &Future[[]T]{c: core{made: true}}
	s.run(&result.c, func(selected []bool) {
		for i, ok := range selected {
			if ok {
				result.value = append(result.value, futures[i].value)
			}
		}
	})
	return result
}

// checkAll panics if one of the futures is nil or zero.
func checkAll[T any](name string, futures []*Future[T]) {
	for _, f := range futures {
		f.core(name)
	}
}

// cores are the futures without their types.
func cores[T any](name string, futures []*Future[T]) []*core {
	all := make([]*core, len(futures))
	for i, f := range futures {
		all[i] = f.core(name)
	}
	return all
}

// concludeGroup settles the result of a combination, and cancels what is left of it.
func (c *core) concludeGroup(parts *group, take func(), err error) *core {
	if !c.claim() {
		return nil
	}
	if err == nil {
		take()
	}
	reacts := c.end(err)
	parts.Cancel()
	return reacts
}

// whenAll fulfils c, with what take writes, once all parts are settled.
func (c *core) whenAll(parts []*core, take func()) {
	var mu sync.Mutex
	left := len(parts)
	settled := observer(func() *core {
		mu.Lock()
		left--
		last := left == 0
		mu.Unlock()
		if !last {
			return nil
		}
		return c.conclude(take, nil)
	})
	for _, part := range parts {
		part.follow(settled)
	}
}

// A selection waits for a number of its parts to be fulfilled.
type selection struct {
	parts group
	join  bool // an error names all that were rejected, not the last one alone

	mu       sync.Mutex
	wanted   int // how many more must be fulfilled
	spare    int // how many more may be rejected
	selected []bool
}

// run settles result as soon as it is decided, with what take writes.
func (s *selection) run(result *core, take func(selected []bool)) {
	s.selected = make([]bool, len(s.parts.parts))
	result.work = &s.parts
	for i, part := range s.parts.parts {
		part.follow(observer(func() *core {
			decided, err := s.count(i, part.err)
			if !decided {
				return nil
			}
			return result.concludeGroup(&s.parts, func() { take(s.selected) }, err)
		}))
	}
}

// count counts one settled part, and reports whether that decides the result.
func (s *selection) count(i int, err error) (decided bool, reason error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.wanted == 0 || s.spare < 0:
		return false, nil // decided before
	case err == nil:
		s.wanted--
		s.selected[i] = true
		return s.wanted == 0, nil
	}
	if s.spare--; s.spare >= 0 || !s.join {
		return s.spare < 0, err
	}
	return true, s.errors()
}

// errors joins the errors of the parts that are rejected so far.
func (s *selection) errors() error {
	var errs []error
	for _, part := range s.parts.parts {
		if part.current() == StateRejected {
			errs = append(errs, part.err)
		}
	}
	return errors.Join(errs...)
}
