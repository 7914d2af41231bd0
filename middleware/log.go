package middleware

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/callstate"
)

// A LogConfig configures [Log].
type LogConfig struct {
	Logger *slog.Logger
	// Headers logs the headers of request and reply that are known to be harmless.
	Headers bool
	// Bodies logs the JSON bodies of request and reply. All values are masked, except
	// those of fields that are known to be harmless.
	Bodies bool
}

// Log writes one record for each attempt, at level Info: method, route, host, status, code,
// request id, attempt, duration and sizes. Connection errors are at level Warn. It logs
// from allowlists only. It belongs between [Verify] and [Sign].
func Log(cfg LogConfig) Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			if cfg.Logger == nil || !cfg.Logger.Enabled(r.Context(), slog.LevelWarn) {
				return next.RoundTrip(r)
			}
			began := time.Now()
			resp, err := next.RoundTrip(r)
			cfg.write(r, resp, err, time.Since(began))
			return resp, err
		})
	}
}

func (cfg *LogConfig) write(r *http.Request, resp *http.Response, err error, took time.Duration) {
	ctx := r.Context()
	if err == nil && !cfg.Logger.Enabled(ctx, slog.LevelInfo) {
		return
	}
	attempt := max(CallOf(ctx).Attempt, 1)
	attrs := make([]slog.Attr, 0, 12)
	attrs = append(attrs,
		slog.String("method", method(r)), slog.String("route", routeOf(ctx)), slog.String("host", r.URL.Host),
		slog.Int("attempt", attempt), slog.Duration("duration", took), slog.Int64("request_bytes", max(0, r.ContentLength)))
	level := slog.LevelInfo
	if err != nil {
		level = slog.LevelWarn
		attrs = append(attrs, slog.String("error", errorClass(err)))
	} else {
		attrs = append(attrs, slog.Int("status", resp.StatusCode), slog.String("request_id", short(resp.Header.Get("Request-Id"))),
			slog.Int64("reply_bytes", max(0, resp.ContentLength)))
		if code := codeOf(ctx, resp); code != "" || resp.StatusCode >= 400 {
			attrs = append(attrs, slog.String("code", code))
		}
	}
	if cfg.Headers {
		attrs = append(attrs, slog.Any("request_header", allowed(r.Header)))
		if resp != nil {
			attrs = append(attrs, slog.Any("reply_header", allowed(resp.Header)))
		}
	}
	if cfg.Bodies {
		attrs = append(attrs, slog.String("request_body", Redact(contents(r))))
		if resp != nil && (!CallOf(ctx).Streamed || resp.StatusCode/100 != 2) {
			if data, err := ReadReply(resp, callstate.InfoOf(ctx).MaxReply); err == nil {
				attrs = append(attrs, slog.String("reply_body", Redact(data)))
			}
		}
	}
	cfg.Logger.LogAttrs(ctx, level, "wechatpay", attrs...)
}

// codeOf returns the code of an error; of APIv2 its status tells nothing.
func codeOf(ctx context.Context, resp *http.Response) string {
	info := callstate.InfoOf(ctx)
	switch {
	case info.V2 == nil && resp.StatusCode >= 400:
		return replyCode(ctx, resp)
	case info.V2 == nil || info.Streamed:
		return ""
	}
	data, err := ReadReply(resp, info.MaxReply)
	if err != nil {
		return ""
	}
	message, _ := apiv2.Parse(data)
	return short(message.Failure().Code)
}

// routeOf never returns the path of the request, which contains order numbers.
func routeOf(ctx context.Context) string {
	if route := CallOf(ctx).Route; route != "" {
		return route
	}
	return "-"
}

// errorClass classifies an error. Its text is not logged, because it may contain anything.
func errorClass(err error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case errors.Is(err, context.DeadlineExceeded):
		return "time-out"
	case errors.Is(err, ErrNotSent):
		return "not sent"
	case isDialError(err):
		return "no connection"
	}
	return "connection lost"
}

// harmlessHeaders may be logged.
var harmlessHeaders = []string{
	"Accept", "Content-Length", "Content-Type", "Date", "Request-Id", "Retry-After", "User-Agent",
	"Wechatpay-Serial", "Wechatpay-Timestamp", "Wechatpay-Signature-Type",
}

func allowed(h http.Header) map[string][]string {
	shown := map[string][]string{}
	for name, values := range h {
		if name = http.CanonicalHeaderKey(name); slices.Contains(harmlessHeaders, name) {
			shown[name] = make([]string, len(values))
			for i, value := range values {
				shown[name][i] = short(value)
			}
		}
	}
	return shown
}

// harmlessFields are the JSON fields whose values [Redact] keeps.
var harmlessFields = []string{
	"code", "currency", "payer_currency", "trade_state", "trade_type", "status", "refund_status", "total", "payer_total", "refund",
	"quantity", "limit", "offset", "count", "total_count", "create_time", "success_time", "time_expire", "algorithm", "tar_type",
	// Of APIv2.
	"return_code", "result_code", "err_code", "sign_type", "fee_type", "total_fee", "refund_fee", "cash_fee", "bill_type", "bill_date", "time_end",
}

// Redact returns JSON with the values masked, except those of fields that are known to be
// harmless. It keeps names, structure and the length of each string. The XML of APIv2 becomes
// JSON. For other content it returns the length only.
func Redact(data []byte) string {
	if len(data) == 0 {
		return ""
	}
	if data[0] == '<' {
		if message, err := apiv2.Parse(data); err == nil {
			data = message.JSON()
		}
	}
	if !json.Valid(data) {
		return masked(len(data))
	}
	return string(redact(nil, gjson.ParseBytes(data), false, 0))
}
