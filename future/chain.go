package future

import "errors"

// derive makes c a future whose callback runs once source is settled.
func (c *core) derive(source *core, callback func() error, always bool) {
	c.made, c.always, c.source, c.callback = true, always, source, callback
	source.follow(c)
}

// Then returns a future of the result of fn for the value of f. An error of f skips fn and
// is passed on. An error or a panic of fn rejects the new future.
func (f *Future[T]) Then(fn func(T) (T, error)) *Future[T] { return Then(f, fn) }

// Then is [Future.Then] to another type.
func Then[T, U any](f *Future[T], fn func(T) (U, error)) *Future[U] {
	f.core("Then")
	refuseNil("Then", fn == nil)
	g := &Future[U]{}
	g.c.derive(&f.c, func() (err error) {
		if f.c.err != nil {
			return f.c.err
		}
		g.value, err = fn(f.value)
		return err
	}, false)
	return g
}

// Otherwise returns a future of the result of fn for the error of f, or of the value of f if
// it has no error. If fn fails or panics, the future is rejected.
func (f *Future[T]) Otherwise(fn func(error) (T, error)) *Future[T] {
	f.core("Otherwise")
	refuseNil("Otherwise", fn == nil)
	g := &Future[T]{}
	g.c.derive(&f.c, func() (err error) {
		if f.c.err == nil {
			g.value = f.value
			return nil
		}
		g.value, err = fn(f.c.err)
		return err
	}, false)
	return g
}

// Finally returns a future with the result of f, after fn has run. fn runs even if the
// future is cancelled. A panic of fn rejects it.
func (f *Future[T]) Finally(fn func()) *Future[T] {
	f.core("Finally")
	refuseNil("Finally", fn == nil)
	g := &Future[T]{}
	g.c.derive(&f.c, func() error {
		fn()
		if f.c.err == nil {
			g.value = f.value
		}
		return f.c.err
	}, true)
	return g
}

func refuseNil(method string, isNil bool) {
	if isNil {
		panic("future: " + method + ": nil callback")
	}
}

// ErrSelf rejects a future that would wait for itself.
var ErrSelf = errors.New("future: a future cannot wait for itself")

// Flatten returns a future with the result of the future inside f. Its Cancel propagates to
// f, and to the inner future once there is one.
func Flatten[T any](f *Future[*Future[T]]) *Future[T] {
	f.core("Flatten")
	g := &Future[T]{c: core{made: true, source: &f.c}}
	f.c.follow(observer(func() *core {
		if f.c.err != nil {
			return g.c.flatten(f.c.err, nil, nil)
		}
		inner := f.value
		if inner == nil || !inner.c.made {
			return g.c.flatten(nil, nil, nil)
		}
		return g.c.flatten(nil, &inner.c, func() { g.value = inner.value })
	}))
	return g
}

// flatten settles c as inner does, whose value is written by take; or with an error,
// if inner is nil.
func (c *core) flatten(err error, inner *core, take func()) *core {
	switch {
	case err != nil:
	case inner == nil:
		err = errors.New("future: Flatten: the inner future is nil or zero")
	case inner == c:
		err = ErrSelf
	}
	if err != nil {
		return c.conclude(nil, err)
	}
	inner.follow(observer(func() *core { return c.conclude(take, inner.err) }))
	c.mu.Lock()
	cancelled := c.cancelling
	if c.state == StatePending && !c.claimed {
		c.source = inner
	}
	c.mu.Unlock()
	if cancelled { // it could not know of the inner one
		abandon(inner)
	}
	return nil
}

// conclude settles a future that no callback belongs to: with what take writes, or
// with err. It returns the future if it has reactions to run.
func (c *core) conclude(take func(), err error) *core {
	if !c.claim() {
		return nil
	}
	if err == nil {
		take()
	}
	return c.end(err)
}
