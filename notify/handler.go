package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A Func handles an event. A nil Reply without an error is answered with 204, or SUCCESS in
// XML: WeChat Pay does not send the event again. An error is answered with 500: WeChat Pay sends it
// again. ctx ends shortly before WeChat Pay stops waiting for the answer.
type Func func(ctx context.Context, event *Event) (*Reply, error)

// Typed returns a Func that decodes the resource into a T, such as [Transaction], calls
// handle and answers 204. It decodes as [Event.Decode] does. A resource that does not
// decode is answered with 500, and handle is not called.
func Typed[T any](handle func(ctx context.Context, event *Event, resource T) error) Func {
	return func(ctx context.Context, event *Event) (*Reply, error) {
		resource, err := Decode[T](event)
		if err != nil {
			return nil, err
		}
		return nil, handle(ctx, event, resource)
	}
}

// A Route selects a [Func]. Some events share an EventType and differ in their
// OriginalType: TRANSACTION.SUCCESS is a payment with "transaction" and a profit sharing
// with "profitsharing". A Route with an empty OriginalType serves all events of its
// EventType that have no Route with their OriginalType.
type Route struct{ EventType, OriginalType string }

// A HandlerConfig configures a [Handler]. The zero value of a field means its default.
type HandlerConfig struct {
	Config

	// Routes are the functions by event. Required, unless Fallback is set.
	Routes map[Route]Func `json:"-"`

	// Fallback handles the events without a route. By default they are answered with
	// 500, so that WeChat Pay sends them again and none is lost.
	Fallback Func `json:"-"`

	// Timeout limits a function. Its default and its maximum is nine tenths of the time
	// that WeChat Pay waits: 5 seconds for most events, 1 or 3 for events that query data.
	Timeout time.Duration

	// Deduplicator knows the events that were processed. They are answered with 204 at
	// once. It does not apply to events that query data: they are answered each time.
	// Default: [NewMemoryDeduplicator], which forgets after a day.
	Deduplicator Deduplicator `json:"-"`

	// Key returns the key of an event in the Deduplicator, where it is combined with the
	// EventType. Default: the event's ID. An event with an empty key is not remembered.
	// APIv2 has no ID for a notification; there it is that of the payment, refund or contract.
	// WeChat Pay does not document that the ID stays the same when an event is sent
	// again, so settle orders under a lock in any case.
	Key func(*Event) string `json:"-"`

	// Credential signs the answers to CROSS_BORDER_PAY.* events. Others are not signed.
	Credential signer.Credential `json:"-"`

	// OnError receives the error of every webhook that was refused or failed. event is
	// nil if the webhook was not verified or a callback of this Config panicked. OnError
	// must be safe for concurrent use. Default: the error is logged to [slog.Default], as
	// it is if OnError panics.
	OnError func(ctx context.Context, event *Event, err error) `json:"-"`
}

// A Handler is an [http.Handler] for the notify_url. It is safe for concurrent use.
type Handler struct {
	parser *Parser
	cfg    HandlerConfig
}

// NewHandler returns a Handler. Its error lists every invalid field and how to correct
// it. NewHandler starts no goroutine and sends nothing.
func NewHandler(cfg HandlerConfig) (*Handler, error) {
	parser, err := NewParser(cfg.Config)
	if err := errors.Join(err, cfg.validate()); err != nil {
		return nil, err
	}
	routes := make(map[Route]Func, len(cfg.Routes)) // the caller may change its map later
	for route, handle := range cfg.Routes {
		routes[route] = handle
	}
	cfg.Routes = routes
	if cfg.Deduplicator == nil {
		cfg.Deduplicator = NewMemoryDeduplicator(MemoryConfig{})
	}
	if cfg.Key == nil {
		cfg.Key = func(e *Event) string { return e.ID }
	}
	cfg.OnError = reporter(cfg.OnError)
	return &Handler{parser, cfg}, nil
}

func (cfg HandlerConfig) validate() error {
	var problems []error
	if len(cfg.Routes) == 0 && cfg.Fallback == nil {
		problems = append(problems, errors.New("notify: HandlerConfig has neither Routes nor Fallback; set one of them"))
	}
	if cfg.Credential.Signer != nil {
		if err := cfg.Credential.Check(); err != nil {
			problems = append(problems, fmt.Errorf("notify: HandlerConfig.Credential: %w", err))
		}
	}
	if cfg.Deduplicator != nil && nilcheck.IsNil(cfg.Deduplicator) {
		problems = append(problems, fmt.Errorf("notify: HandlerConfig.Deduplicator is a nil %T; leave it out for the default", cfg.Deduplicator))
	}
	if cfg.Timeout < 0 {
		problems = append(problems, errors.New("notify: HandlerConfig.Timeout is negative; 0 means the default"))
	}
	for route, handle := range cfg.Routes {
		switch {
		case route.EventType == "":
			problems = append(problems, errors.New("notify: HandlerConfig.Routes: a route has no EventType; use Fallback for all other events"))
		case handle == nil:
			problems = append(problems, fmt.Errorf("notify: HandlerConfig.Routes: the function for %s is nil; set it or remove the route", route.EventType))
		case endpoint.AnswerTo(route.EventType).Signed && cfg.Credential.Signer == nil:
			problems = append(problems, fmt.Errorf("notify: HandlerConfig.Credential is missing; answers to %s must be signed", route.EventType))
		}
	}
	return errors.Join(problems...)
}

// reporter returns the OnError of a config, or its default. Its panic does not change the
// answer: after 500 in place of 204, an event that was processed would come again.
func reporter(onError func(context.Context, *Event, error)) func(context.Context, *Event, error) {
	if onError == nil {
		return logError
	}
	return func(ctx context.Context, event *Event, err error) {
		if failure := guard(func() error { onError(ctx, event, err); return nil }); failure != nil {
			logError(ctx, event, fmt.Errorf("%w (OnError: %w)", err, failure))
		}
	}
}

func logError(ctx context.Context, event *Event, err error) {
	attrs := []slog.Attr{slog.String("error", err.Error())}
	if event != nil {
		attrs = append(attrs, slog.String("event_type", event.EventType), slog.String("id", event.ID))
	}
	slog.Default().LogAttrs(ctx, slog.LevelWarn, "wechatpay: webhook", attrs...)
}
