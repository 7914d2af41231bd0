package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
)

// settleTimeout limits Deduplicator.End after the function has returned.
const settleTimeout = 2 * time.Second

// errInProgress: the event arrived again while it is being processed.
var errInProgress = errors.New("the event is in progress")

// A Request is a webhook as a web framework received it.
type Request struct {
	Header http.Header
	// Body is the raw body. Serve reads it without a time limit of its own: the framework
	// must have one.
	Body   io.Reader
	Target string // path and query, as received; a signed answer covers it
}

// ServeHTTP verifies, decrypts, routes and answers. It stops reading a body that takes
// longer than WeChat Pay waits for the answer, if w supports [http.ResponseController].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { serveHTTP(w, r, h.Serve) }

func serveHTTP(w http.ResponseWriter, r *http.Request, serve func(context.Context, Request) *Reply) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		fail(http.StatusMethodNotAllowed, "POST only").in(announcesXML(r.Header)).write(w)
		return
	}
	serve(r.Context(), Request{Header: r.Header, Body: timedBody(w, r), Target: r.RequestURI}).write(w)
}

// timedBody returns the body of r with a deadline, which ends with the body: if it passed
// later, net/http would cancel the context of the function.
func timedBody(w http.ResponseWriter, r *http.Request) io.Reader {
	controller := http.NewResponseController(w)
	if r.Body == nil || controller.SetReadDeadline(time.Now().Add(timeLimit(endpoint.AnswerTo("")))) != nil {
		return r.Body // the ResponseWriter has no deadlines
	}
	return &bodyReader{r.Body, func() { _ = controller.SetReadDeadline(time.Time{}) }}
}

// A bodyReader calls ended when the body ends.
type bodyReader struct {
	io.Reader
	ended func()
}

func (b *bodyReader) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF { // after any other error, net/http must not wait for the rest
		b.ended()
	}
	return n, err
}

// Serve is ServeHTTP for any web framework. The reply is the complete answer: status,
// headers and body. It is never nil.
//
// The status is
//   - 204, or the status of the function's Reply, for an event that was processed now;
//   - 204 for an event that was processed before;
//   - 401 for a webhook that failed verification;
//   - 408 for a body that came too slowly;
//   - 409 while the same event is in progress;
//   - 413 for a body that is too large;
//   - 500 if the function failed or panicked, or could not be called. A panic is
//     reported to OnError as a [*future.PanicError].
//
// To a notification of APIv2 it is 200 in place of 204, and the body is XML.
func (h *Handler) Serve(ctx context.Context, r Request) *Reply {
	reply, xml := h.serve(ctx, r)
	return reply.in(xml)
}

func (h *Handler) serve(ctx context.Context, r Request) (reply *Reply, xml bool) {
	began, xml := time.Now(), announcesXML(r.Header)
	if h == nil || h.parser == nil {
		return fail(http.StatusInternalServerError, "no handler"), xml // the zero Handler has no keys
	}
	defer catch(ctx, h.cfg.OnError, &reply)
	data, err := read(r.Header, r.Body, h.parser.maxBody)
	if err != nil {
		return refuse(ctx, h.cfg.OnError, fmt.Errorf("notify: %w", err)), xml
	}
	xml = isXML(data)
	event, err := h.open(ctx, r.Header, data)
	if err != nil {
		return refuse(ctx, h.cfg.OnError, err), xml
	}
	return h.answer(ctx, event, r.Target, began), xml
}

// catch is deferred: the user's Deduplicator, Key or Verifier may panic too.
func catch(ctx context.Context, report func(context.Context, *Event, error), reply **Reply) {
	if value := recover(); value != nil {
		report(ctx, nil, fmt.Errorf("notify: %w", &future.PanicError{Value: value, Stack: debug.Stack()}))
		*reply = fail(http.StatusInternalServerError, "processing failed")
	}
}

// answer handles an event and reports its error.
func (h *Handler) answer(ctx context.Context, event *Event, target string, began time.Time) *Reply {
	reply, err := h.handle(ctx, event, target, began)
	switch {
	case errors.Is(err, errInProgress):
		return fail(http.StatusConflict, "being handled") // a duplicate is not reported as an error
	case err != nil:
		h.cfg.OnError(ctx, event, fmt.Errorf("notify: event %.64q (%.64q): %w", event.ID, event.EventType, err))
		return fail(http.StatusInternalServerError, "processing failed")
	}
	return reply
}

// open waits for a key no longer than WeChat Pay waits for the answer.
func (h *Handler) open(ctx context.Context, header http.Header, data []byte) (*Event, error) {
	ctx, cancel := context.WithTimeout(ctx, timeLimit(endpoint.AnswerTo("")))
	defer cancel()
	return h.parser.open(ctx, header, data)
}

// refuse reports the error of a webhook that could not be parsed, and answers it.
func refuse(ctx context.Context, report func(context.Context, *Event, error), err error) *Reply {
	report(ctx, verifiedEvent(err), err)
	switch {
	case errors.Is(err, ErrTooLarge):
		return fail(http.StatusRequestEntityTooLarge, "body too large")
	case errors.Is(err, errReading) && errors.Is(err, os.ErrDeadlineExceeded):
		return fail(http.StatusRequestTimeout, "body too slow")
	}
	if SignedByWeChatPay(err) {
		return fail(http.StatusInternalServerError, "processing failed")
	}
	return fail(http.StatusUnauthorized, "verification failed")
}

// handle calls the function of an event, unless the event was processed before.
func (h *Handler) handle(ctx context.Context, event *Event, target string, began time.Time) (reply *Reply, err error) {
	handle, answer := h.find(event), endpoint.AnswerTo(event.EventType)
	switch {
	case handle == nil:
		return nil, ErrUnrouted
	case answer.Signed && h.cfg.Credential.Signer == nil:
		return nil, errors.New("the answer must be signed; set HandlerConfig.Credential")
	}
	timeout := timeLimit(answer)
	if h.cfg.Timeout > 0 {
		timeout = min(timeout, h.cfg.Timeout)
	}
	ctx, cancel := context.WithDeadline(ctx, began.Add(timeout))
	defer cancel()
	if key := h.cfg.Key(event); key == "" || answer.Query {
		reply, err = call(ctx, handle, event)
	} else {
		reply, err = h.once(ctx, event.EventType+" "+key, handle, event)
	}
	if err != nil {
		return nil, err
	}
	reply = reply.withDefaults()
	if answer.Signed {
		err = reply.sign(ctx, h.cfg.Credential, target, h.parser.now())
	}
	return reply, err
}

// timeLimit leaves a tenth of the time for the answer to reach WeChat Pay.
func timeLimit(a endpoint.Answer) time.Duration { return a.Within - a.Within/10 }

func (h *Handler) find(event *Event) Func {
	for _, route := range []Route{{event.EventType, event.OriginalType}, {event.EventType, ""}} {
		if handle := h.cfg.Routes[route]; handle != nil {
			return handle
		}
	}
	return h.cfg.Fallback
}

// once calls the function, unless the event is in progress or handled.
func (h *Handler) once(ctx context.Context, key string, handle Func, event *Event) (reply *Reply, err error) {
	progress, err := h.cfg.Deduplicator.Begin(ctx, key)
	switch {
	case err != nil:
		return nil, fmt.Errorf("Deduplicator.Begin: %w", err)
	case progress == Handled:
		return nil, nil
	case progress == InProgress:
		return nil, errInProgress
	case progress != New:
		return nil, fmt.Errorf("Deduplicator.Begin returned Progress(%d), which is unknown; return New, InProgress or Handled", progress)
	}
	handled := false
	defer func() { h.settle(ctx, key, handled, event) }() // deferred for runtime.Goexit
	reply, err = call(ctx, handle, event)
	handled = err == nil && reply.withDefaults().acknowledges(event.Version)
	return reply, err
}

// settle ends a claim; ctx may have ended. A failure does not change the answer: if the event
// came again, it would be processed twice.
func (h *Handler) settle(ctx context.Context, key string, handled bool, event *Event) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	err := guard(func() error { return h.cfg.Deduplicator.End(ctx, key, handled) })
	if err != nil {
		h.cfg.OnError(ctx, event, fmt.Errorf("notify: event %.64q (%.64q): Deduplicator.End: %w", event.ID, event.EventType, err))
	}
}

// call calls a function and checks its reply.
func call(ctx context.Context, handle Func, event *Event) (reply *Reply, err error) {
	err = guard(func() (err error) {
		if reply, err = handle(ctx, event); err == nil {
			err = reply.check(event.Version)
		}
		return err
	})
	return reply, err
}

// guard turns the panic of a callback into an error.
func guard(callback func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &future.PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return callback()
}
