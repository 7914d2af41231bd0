package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// A Func handles an event. A nil Reply and no error is 204: the event will not be sent
// again. An error is 500: it will. ctx ends before WeChat Pay stops waiting; what goes
// on behind it is done for nothing, since the event will be sent again.
type Func func(ctx context.Context, event *Event) (*Reply, error)

// Typed is a Func that decodes the resource into a T, such as [Transaction], and
// answers 204. The event has what T does not know.
func Typed[T any](handle func(ctx context.Context, event *Event, resource T) error) Func {
	return func(ctx context.Context, event *Event) (*Reply, error) {
		resource, err := Decode[T](event)
		if err != nil {
			return nil, err
		}
		return nil, handle(ctx, event, resource)
	}
}

// A Route is what a [Func] is chosen by. The OriginalType tells events apart that share
// their EventType: TRANSACTION.SUCCESS is a payment by "transaction" and a profit
// sharing by "profitsharing". An empty OriginalType stands for all that have no route
// of their own.
type Route struct{ EventType, OriginalType string }

// A HandlerConfig shapes a [Handler]. The zero value of a field means its default.
type HandlerConfig struct {
	Config

	// Routes are the functions by event. Required, unless there is a Fallback.
	Routes map[Route]Func

	// Fallback handles the events that no route is for; default: they are answered with
	// 500, so that WeChat Pay sends them again, and none is lost for want of a route.
	Fallback Func

	// Timeout bounds a function; default, and at most, nine tenths of the time that WeChat
	// Pay waits for that event: 5 seconds, or 3 or 1 for a few that want data back.
	Timeout time.Duration

	// Seen tells which events were handled already; those are answered with 204 at
	// once. Default [NewMemory]. Events that ask for data are answered each time.
	Seen Seen

	// Key is what an event is remembered by, beside its EventType; default its ID. An empty key is remembered
	// by nothing. That the ID stays the same when an event is sent again is not
	// documented: settle orders under a lock, whatever this says.
	Key func(*Event) string

	// Credential signs the answers that have to be: those to CROSS_BORDER_PAY.* events.
	Credential signer.Credential `json:"-"`

	// OnError is told of every webhook that was refused (event is nil, or what could be
	// read of it) and of every one that failed; errors.Is tells which. It must be safe
	// for concurrent use. Default: the text of the error
	// goes to [slog.Default].
	OnError func(ctx context.Context, event *Event, err error)
}

// A Handler is an [http.Handler] for the notify_url. It is safe for concurrent use.
type Handler struct {
	parser *Parser
	cfg    HandlerConfig
}

// NewHandler makes a Handler. Its error names every field that is wrong and the mend;
// it starts nothing.
func NewHandler(cfg HandlerConfig) (*Handler, error) {
	parser, err := NewParser(cfg.Config)
	problems := []error{err}
	if len(cfg.Routes) == 0 && cfg.Fallback == nil {
		problems = append(problems, errors.New("notify: HandlerConfig has neither Routes nor a Fallback"))
	}
	if c := cfg.Credential; c.Signer != nil && (c.ID == "" || c.Serial == "") {
		problems = append(problems, errors.New("notify: HandlerConfig.Credential lacks its ID (the mchid) or its Serial"))
	}
	if cfg.Timeout < 0 {
		problems = append(problems, errors.New("notify: HandlerConfig.Timeout is negative; 0 means the default"))
	}
	routes := make(map[Route]Func, len(cfg.Routes)) // the caller may change theirs
	for route, handle := range cfg.Routes {
		routes[route] = handle
		switch {
		case route.EventType == "":
			problems = append(problems, fmt.Errorf("notify: HandlerConfig.Routes: a route has no EventType; use Fallback for all others"))
		case handle == nil:
			problems = append(problems, fmt.Errorf("notify: HandlerConfig.Routes: the function for %s is nil", route.EventType))
		case mannerOf(route.EventType).signed && cfg.Credential.Signer == nil:
			problems = append(problems, fmt.Errorf("notify: HandlerConfig.Credential is missing: answers to %s are signed", route.EventType))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	cfg.Routes = routes
	if cfg.Seen == nil {
		cfg.Seen = NewMemory(0)
	}
	if cfg.Key == nil {
		cfg.Key = func(e *Event) string { return e.ID }
	}
	if cfg.OnError == nil {
		cfg.OnError = logError
	}
	return &Handler{parser, cfg}, nil
}

// A Request is a webhook as a web framework received it.
type Request struct {
	Header http.Header
	Body   io.Reader
	Target string // path and query, as received; what a signed answer covers
}

// ServeHTTP verifies, decrypts, routes and answers.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		fail(http.StatusMethodNotAllowed, "POST only").write(w)
		return
	}
	h.Serve(r.Context(), Request{Header: r.Header, Body: r.Body, Target: r.RequestURI}).write(w)
}

// Serve is ServeHTTP for any web framework. The reply says all of the answer: status,
// headers and body. It is never nil.
//
// The status is 204, or what the function replied, for an event that was handled, now
// or before; 401 for what failed verification; 413 for a body that is too large; 409
// while the same event is being handled; and 500 where a function failed or panicked,
// or something on our side kept it from being called.
func (h *Handler) Serve(ctx context.Context, r Request) (reply *Reply) {
	if h == nil || h.parser == nil {
		return fail(http.StatusInternalServerError, "no handler") // the zero Handler has no keys
	}
	began := time.Now()
	defer func() { // a Seen or a Key of the user's may panic as a function may
		if value := recover(); value != nil {
			h.cfg.OnError(ctx, nil, fmt.Errorf("notify: %w", &PanicError{value, debug.Stack()}))
			reply = fail(http.StatusInternalServerError, "processing failed")
		}
	}()
	event, err := h.parse(ctx, r)
	if err != nil {
		var verified *verifiedError
		if errors.As(err, &verified) {
			event = verified.event
		}
		h.cfg.OnError(ctx, event, err)
		return refusal(err)
	}
	reply, err = h.handle(ctx, event, r.Target, began)
	switch {
	case errors.Is(err, errUnderWay):
		return fail(http.StatusConflict, "being handled") // an event that comes twice at once is no error
	case err != nil:
		h.cfg.OnError(ctx, event, fmt.Errorf("notify: event %.64q (%.64q): %w", event.ID, event.EventType, err))
		return fail(http.StatusInternalServerError, "processing failed")
	}
	return reply
}

// parse waits for a key no longer than WeChat Pay waits for the answer.
func (h *Handler) parse(ctx context.Context, r Request) (*Event, error) {
	ctx, cancel := context.WithTimeout(ctx, usual.timeout())
	defer cancel()
	return h.parser.Parse(ctx, r.Header, r.Body)
}

// refusal is the answer to what could not be parsed.
func refusal(err error) *Reply {
	if errors.Is(err, ErrTooLarge) {
		return fail(http.StatusRequestEntityTooLarge, "body too large")
	}
	if Verified(err) {
		return fail(http.StatusInternalServerError, "processing failed")
	}
	return fail(http.StatusUnauthorized, "verification failed")
}

// handle calls the function of an event, unless that was done.
func (h *Handler) handle(ctx context.Context, event *Event, target string, began time.Time) (reply *Reply, err error) {
	handle, manner := h.find(event), mannerOf(event.EventType)
	switch {
	case handle == nil:
		return nil, ErrUnrouted
	case manner.signed && h.cfg.Credential.Signer == nil:
		return nil, errors.New("the answer is to be signed: set HandlerConfig.Credential")
	}
	timeout := manner.timeout()
	if h.cfg.Timeout > 0 {
		timeout = min(timeout, h.cfg.Timeout)
	}
	ctx, cancel := context.WithDeadline(ctx, began.Add(timeout))
	defer cancel()
	if key := h.cfg.Key(event); key == "" || manner.question {
		if reply, err = call(ctx, handle, event); err == nil {
			err = reply.check()
		}
	} else {
		reply, err = h.once(ctx, event.EventType+" "+key, handle, event)
	}
	if err != nil {
		return nil, err
	}
	reply = reply.withDefaults()
	if manner.signed {
		err = reply.sign(ctx, h.cfg.Credential, target, h.parser.now())
	}
	return reply, err
}

func (h *Handler) find(event *Event) Func {
	for _, route := range []Route{{event.EventType, event.OriginalType}, {event.EventType, ""}} {
		if handle := h.cfg.Routes[route]; handle != nil {
			return handle
		}
	}
	return h.cfg.Fallback
}

// once calls the function, unless the event is under way or was handled. Its end is
// noted even where its time is up.
func (h *Handler) once(ctx context.Context, key string, handle Func, event *Event) (reply *Reply, err error) {
	progress, err := h.cfg.Seen.Begin(ctx, key)
	switch {
	case err != nil:
		return nil, fmt.Errorf("Seen.Begin: %w", err)
	case progress == Handled:
		return nil, nil
	case progress == UnderWay:
		return nil, errUnderWay
	}
	handled := false
	defer func() { // whatever ends the function, and though its time may be up
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settling)
		defer cancel()
		if failure := h.cfg.Seen.End(ctx, key, handled); failure != nil {
			// The event's own end stands: to send it again would handle it twice.
			h.cfg.OnError(ctx, event, fmt.Errorf("notify: Seen.End: %w", failure))
		}
	}()
	reply, err = call(ctx, handle, event)
	if err == nil {
		err = reply.check()
	}
	handled = err == nil && reply.withDefaults().acknowledges()
	return reply, err
}

// errUnderWay is an event that comes while it is being handled.
var errUnderWay = errors.New("the event is being handled already")

// settling bounds what is noted of an event after its function has ended.
const settling = 2 * time.Second

// acknowledges tells a reply after which the event is not sent again.
func (r *Reply) acknowledges() bool {
	return r.Status == http.StatusOK || r.Status == http.StatusNoContent
}

// A PanicError is a panic of a [Func]: the event is answered with 500.
type PanicError struct {
	Value any
	Stack []byte
}

// Error tells the value that was panicked with.
func (e *PanicError) Error() string { return fmt.Sprintf("the function panicked: %v", e.Value) }

// Unwrap gives the value, if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

func call(ctx context.Context, handle Func, event *Event) (reply *Reply, err error) {
	defer func() {
		if value := recover(); value != nil {
			reply, err = nil, &PanicError{value, debug.Stack()}
		}
	}()
	return handle(ctx, event)
}

func logError(ctx context.Context, event *Event, err error) {
	attrs := []slog.Attr{slog.String("error", err.Error())}
	if event != nil {
		attrs = append(attrs, slog.String("event_type", event.EventType), slog.String("id", event.ID))
	}
	slog.Default().LogAttrs(ctx, slog.LevelWarn, "wechatpay: webhook", attrs...)
}

// Format names the Handler, whatever the verb: never a key.
func (h Handler) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "notify.Handler(%d routes)", len(h.cfg.Routes))
}
