// Package future runs work in the background and hands out its results: the
// promises of JavaScript and Guzzle, in Go's terms. It knows nothing of HTTP.
//
//	f := future.Go(ctx, fetch).
//		Then(func(v int) (int, error) { return v + 1, nil }).
//		Otherwise(func(err error) (int, error) { return 0, nil })
//	v, err := f.Wait()
//
// # The vocabulary
//
//   - [Go] and [Start] begin work; [Resolved] and [Rejected] are settled from the
//     start.
//   - [Future.Then], [Future.Otherwise] and [Future.Finally] chain callbacks;
//     [Then] changes the type, [Flatten] takes a future out of a future.
//   - [Future.Wait], [Future.WaitContext] and [Future.Done] wait.
//   - [All], [Some], [Any], [Race] and [Settle] combine futures.
//   - [Each] and [EachOrdered] fan out over a sequence of any length, a limited
//     number at a time.
//
// # What is as in Promises/A+ and Guzzle, and what is not
//
//	as there                                       different here, on purpose
//	─────────────────────────────────────────────  ──────────────────────────────────────────────
//	a future settles once                          it begins at once; Guzzle's begins at wait()
//	callbacks of one future run once, in order     on another goroutine, never the caller's
//	a callback is never run inside of Then         callbacks of different futures may run at the
//	                                               same time
//	each Then gives a new future                   a callback gives a value, not a future: Flatten
//	an error from Then rejects,                    a panic rejects too, as a *PanicError that holds
//	a value from Otherwise recovers                its value and stack
//	a rejection skips Then up to an Otherwise      errors are errors: errors.Is and As work
//	cancel() goes up to the source                 unless another future hangs on the source, or
//	                                               somebody has waited for it: siblings go on
//	a cancelled promise is rejected                by what its work comes to, which is never lost
//	all([]) gives an empty list, any([]) rejects   race([]) rejects, where it would hang forever
//	all() rejects with the first error             and cancels the rest, which Guzzle leaves alone
//	a value nobody asks for is dropped             no goroutine is left behind once the work ends
//
// # Waiting inside of a callback
//
// A callback may wait for other futures, but not for its own, nor for one whose
// callback is registered behind it on the same future: both can only run once it
// has returned. WaitContext and a deadline end such a wait.
//
// Nil callbacks, nil futures, nil contexts and limits below 1 are mistakes in the
// program, and panic at the call, naming it.
package future
