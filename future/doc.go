// Package future runs work in the background and delivers its results: the promises of
// JavaScript and Guzzle, in Go's terms. It does not depend on HTTP.
//
//	f := future.Go(ctx, fetch).
//		Then(func(v int) (int, error) { return v + 1, nil }).
//		Otherwise(func(err error) (int, error) { return 0, nil })
//	v, err := f.Wait()
//
// # Which function
//
//   - [Go] and [Start] start work. [Resolved] and [Rejected] return settled futures.
//   - [Future.Then], [Future.Otherwise] and [Future.Finally] chain callbacks. [Then]
//     changes the type, [Flatten] unwraps a future of a future.
//   - [Future.Wait], [Future.WaitContext] and [Future.Done] wait.
//   - [All], [Some], [Any], [Race] and [Settle] combine futures.
//   - [Each] and [EachOrdered] call a function for each element of a sequence, a limited
//     number at a time. [TryEach] takes a sequence that can fail.
//
// # Compared with Promises/A+ and Guzzle
//
//	the same                                       different on purpose
//	─────────────────────────────────────────────  ──────────────────────────────────────────────
//	a future settles once                          it starts at once; Guzzle's starts at wait()
//	callbacks of one future run once, in order     on another goroutine, never the caller's
//	a callback never runs inside Then              callbacks of different futures may run at the
//	                                               same time
//	each Then returns a new future                 a callback returns a value, not a future: Flatten
//	an error from Then rejects,                    a panic rejects too, as a *PanicError with its
//	a value from Otherwise recovers                value and stack
//	a rejection skips Then up to an Otherwise      errors are errors: errors.Is and As work
//	cancel() goes up to the source                 unless another future depends on the source, or
//	                                               somebody has waited for it
//	a cancelled promise is rejected                with the result of its work, which is never lost
//	all([]) is an empty list, any([]) rejects      race([]) rejects, where it would hang forever
//	all() rejects with the first error             and cancels the rest, which Guzzle does not
//	a value that nobody asks for is dropped        no goroutine is left once the work ends
//
// # Waiting inside a callback
//
// A callback may wait for other futures, but not for its own, nor for one whose callback is
// registered after it on the same future: both can run only once it has returned.
// WaitContext and a deadline end such a wait.
//
// Nil callbacks, nil futures, nil contexts and limits below 1 are mistakes in the program,
// and panic at the call, with its name.
package future
