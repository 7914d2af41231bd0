package future

import "errors"

// derived is a future that hangs on another one by a callback. One that is nil
// passes on what it would have been given.
type derived[T, U any] struct {
	Future[U]
	from    *Future[T]
	onValue func(T) (U, error)
	onError func(error) (U, error)
}

func (d *derived[T, U]) react() node {
	if !d.begin() {
		return nil // forsaken
	}
	return d.complete(d)
}

// Run calls the callback that fits.
func (d *derived[T, U]) Run() (U, error) {
	from := d.from
	d.from = nil // a long chain is not to keep all of its values
	if from.err == nil {
		return d.onValue(from.value)
	}
	if d.onError != nil {
		return d.onError(from.err)
	}
	var zero U
	return zero, from.err
}

func derive[T, U any](f *Future[T], onValue func(T) (U, error), onError func(error) (U, error)) *derived[T, U] {
	d := &derived[T, U]{from: f, onValue: onValue, onError: onError}
	d.made, d.source = true, f
	return d
}

// hang has the derived future follow its source.
func (d *derived[T, U]) hang() *Future[U] {
	f := d.from
	f.follow(d)
	return &d.Future
}

// Then gives a future of what fn makes of f's value. An error of f skips fn and
// is passed on; an error or a panic of fn rejects the new future.
func (f *Future[T]) Then(fn func(T) (T, error)) *Future[T] { return then("Then", f, fn) }

// Then is [Future.Then] to another type.
func Then[T, U any](f *Future[T], fn func(T) (U, error)) *Future[U] { return then("Then", f, fn) }

func then[T, U any](name string, f *Future[T], fn func(T) (U, error)) *Future[U] {
	f.check(name)
	if fn == nil {
		panic("future: " + name + ": nil callback")
	}
	return derive(f, fn, nil).hang()
}

// Otherwise gives a future that recovers: of what fn makes of f's error, or of
// f's value where there is no error. An error or a panic of fn rejects it.
func (f *Future[T]) Otherwise(fn func(error) (T, error)) *Future[T] {
	f.check("Otherwise")
	if fn == nil {
		panic("future: Otherwise: nil callback")
	}
	return derive(f, pass[T], fn).hang()
}

func pass[T any](v T) (T, error) { return v, nil }

// Finally gives a future of the same value or error as f, after fn has run: it runs
// whatever is cancelled. A panic of fn rejects it.
func (f *Future[T]) Finally(fn func()) *Future[T] {
	f.check("Finally")
	if fn == nil {
		panic("future: Finally: nil callback")
	}
	d := derive(f,
		func(v T) (T, error) { fn(); return v, nil },
		func(err error) (T, error) { fn(); var zero T; return zero, err })
	d.always = true
	return d.hang()
}

// ErrSelf is why a future is rejected that was to settle as itself.
var ErrSelf = errors.New("future: a future cannot wait for itself")

// Flatten gives a future of what the future within f comes to. Its Cancel goes to
// f, and to the future within as soon as there is one.
func Flatten[T any](f *Future[*Future[T]]) *Future[T] {
	f.check("Flatten")
	d := &flattened[T]{from: f}
	d.made, d.source = true, f
	f.follow(d)
	return &d.Future
}

type flattened[T any] struct {
	Future[T]
	from *Future[*Future[T]]
}

func (d *flattened[T]) react() node {
	from, inner := d.from, d.from.value
	d.from = nil
	var err error
	switch {
	case from.err != nil:
		err = from.err
	case inner == nil || !inner.made:
		err = errors.New("future: Flatten: the inner future is nil or zero")
	case inner == &d.Future:
		err = ErrSelf
	}
	if err != nil {
		var zero T
		return d.end(zero, err)
	}
	inner.follow(&onSettled[T]{inner, d.end})
	d.mu.Lock()
	cancelled := d.cancelling
	if d.state == StatePending {
		d.source = inner
	}
	d.mu.Unlock()
	if cancelled { // it could not know of the inner one
		abandon(inner)
	}
	return nil
}

// end settles f and returns it if it has reactions to run.
func (f *Future[T]) end(v T, err error) node {
	if _, reacts := f.settle(v, err, false); reacts {
		return f
	}
	return nil
}

// onSettled is a reaction that is a function of this package.
type onSettled[T any] struct {
	from *Future[T]
	fn   func(T, error) node
}

func (r *onSettled[T]) react() node { return r.fn(r.from.value, r.from.err) }
