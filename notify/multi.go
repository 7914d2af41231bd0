package notify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A MultiHandlerConfig configures a [MultiHandler]. The zero value of a field means its
// default.
type MultiHandlerConfig struct {
	// Handlers are the handlers of the merchants by names of your choice, such as their
	// mchids. Required.
	Handlers map[string]*Handler `json:"-"`

	// Select returns the name of the merchant of a webhook, for instance from a path with
	// the mchid in it, without reading the body. "", and the default, mean to find the
	// merchant by the keys. An unknown name is answered with 404.
	Select func(Request) string `json:"-"`

	// OnError receives the errors of the webhooks that belong to no Handler; those of a
	// Handler go to its own OnError. Default: the error is logged to [log/slog.Default].
	OnError func(ctx context.Context, event *Event, err error) `json:"-"`
}

// A MultiHandler is an [http.Handler] of several merchants behind one URL. It finds the
// merchant of a webhook by Select, or else by the key that signed it, and among merchants
// with the same key by the APIv3 key that decrypts it. It is safe for concurrent use.
type MultiHandler struct {
	handlers map[string]*Handler
	names    []string
	choose   func(Request) string
	onError  func(context.Context, *Event, error)
	maxBody  int64
}

// ErrMerchant means that a webhook belongs to no merchant of a [MultiHandler].
var ErrMerchant = errors.New("no handler for the merchant; add it to MultiHandlerConfig.Handlers")

// NewMultiHandler returns a MultiHandler. Its error lists every invalid field.
func NewMultiHandler(cfg MultiHandlerConfig) (*MultiHandler, error) {
	var problems []error
	if len(cfg.Handlers) == 0 {
		problems = append(problems, errors.New("notify: MultiHandlerConfig.Handlers is empty; add a Handler for each merchant"))
	}
	m := &MultiHandler{
		handlers: maps.Clone(cfg.Handlers), names: slices.Sorted(maps.Keys(cfg.Handlers)), choose: cfg.Select, onError: reporter(cfg.OnError),
	}
	for _, name := range m.names {
		switch h := m.handlers[name]; {
		case name == "":
			problems = append(problems, errors.New("notify: MultiHandlerConfig.Handlers: a name is empty; use the mchid"))
		case h == nil || h.parser == nil:
			problems = append(problems, fmt.Errorf("notify: MultiHandlerConfig.Handlers: the Handler of %q is nil or zero; use NewHandler", name))
		default:
			m.maxBody = max(m.maxBody, h.parser.maxBody)
		}
	}
	if problems != nil {
		return nil, errors.Join(problems...)
	}
	return m, nil
}

// ServeHTTP is [Handler.ServeHTTP] of the merchant's Handler.
func (m *MultiHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) { serveHTTP(w, r, m.Serve) }

// Serve is [Handler.Serve] of the merchant's Handler.
func (m *MultiHandler) Serve(ctx context.Context, r Request) *Reply {
	if m == nil || m.onError == nil {
		return fail(http.StatusInternalServerError, "no handler").in(announcesXML(r.Header))
	}
	h, failure := m.selected(ctx, r)
	switch {
	case failure != nil:
		return failure.in(announcesXML(r.Header))
	case h != nil:
		return h.Serve(ctx, r)
	}
	reply, xml := m.search(ctx, r)
	return reply.in(xml)
}

// selected returns the Handler that Select names, if any.
func (m *MultiHandler) selected(ctx context.Context, r Request) (h *Handler, failure *Reply) {
	if m.choose == nil {
		return nil, nil
	}
	defer catch(ctx, m.onError, &failure)
	name := m.choose(r)
	if name == "" {
		return nil, nil
	}
	if h = m.handlers[name]; h == nil {
		m.onError(ctx, nil, fmt.Errorf("notify: merchant %.64q: %w", name, ErrMerchant))
		return nil, fail(http.StatusNotFound, "no handler")
	}
	return h, nil
}

// search serves a webhook with the Handler whose keys open it.
func (m *MultiHandler) search(ctx context.Context, r Request) (reply *Reply, xml bool) {
	began, xml := time.Now(), announcesXML(r.Header)
	defer catch(ctx, m.onError, &reply)
	data, err := read(r.Header, r.Body, m.maxBody)
	if err != nil {
		return refuse(ctx, m.onError, fmt.Errorf("notify: %w", err)), xml
	}
	xml = isXML(data)
	h, event, err := m.find(ctx, r.Header, data)
	if err != nil {
		return refuse(ctx, m.onError, err), xml
	}
	defer catch(ctx, h.cfg.OnError, &reply)
	return h.answer(ctx, event, r.Target, began), xml
}

// find returns the Handler that verifies and decrypts a webhook. It tries the Handlers that
// hold its key first. If one of them finds it forged, the search ends: the others would
// download the key. The verdict of a Handler that may not hold the key ends nothing.
func (m *MultiHandler) find(ctx context.Context, header http.Header, data []byte) (*Handler, *Event, error) {
	ctx, cancel := context.WithTimeout(ctx, timeLimit(endpoint.AnswerTo("")))
	defer cancel()
	var failure, tooLarge error
	opened := 0 // by how many merchants' keys it was verified
	for group, names := range m.groups(header) {
		for _, name := range names {
			h := m.handlers[name]
			if limit := h.parser.maxBody; int64(len(data)) > limit {
				tooLarge = fmt.Errorf("notify: merchant %.64q: %w: more than %d bytes", name, ErrTooLarge, limit)
				continue
			}
			event, err := h.parser.open(ctx, header, data)
			if err == nil {
				return h, event, nil
			}
			if SignedByWeChatPay(err) {
				opened++
			}
			if rank(err) > rank(failure) {
				failure = err
			}
		}
		if group == certain && rank(failure) == forged {
			break
		}
	}
	if event := verifiedEvent(failure); opened > 1 && errors.Is(failure, ErrAPIv3Key) {
		failure = &verifiedError{event, fmt.Errorf("%w: %w", ErrMerchant, cipher.ErrDecrypt)}
	}
	return nil, nil, errors.Join(failure, tooLarge)
}

// The ranks of the errors of one webhook, by how much they say about it.
const (
	undecided = iota + 1 // the key is not held
	forged               // it has no good signature by a key that is held
	verified             // its resource cannot be read, for instance by another merchant's key
)

func rank(err error) int {
	switch {
	case err == nil:
		return 0
	case SignedByWeChatPay(err):
		return verified
	case errors.Is(err, signer.ErrMissingHeader), errors.Is(err, signer.ErrClock), errors.Is(err, signer.ErrSignature):
		return forged
	}
	return undecided
}

// The groups of the Handlers, by whether they hold a key.
const (
	certain  = iota // the source lists it
	possible        // the source cannot list its keys
	absent          // the source lists others
	groups
)

// groups returns the names of the Handlers, grouped by whether they hold the key that a
// header names.
func (m *MultiHandler) groups(header http.Header) (names [groups][]string) {
	id := strings.Join(signer.HeaderValues(header, signer.HeaderSerial), ",")
	for _, name := range m.names {
		group := holds(m.handlers[name].parser.keys, id)
		names[group] = append(names[group], name)
	}
	return names
}

// holds returns the group of a key source.
func holds(source signer.KeySource, id string) (group int) {
	lister, ok := source.(keys.Lister)
	if !ok {
		return possible
	}
	all := lister.All()
	if all == nil {
		return possible
	}
	for held := range all {
		if signer.SameID(held, id) {
			return certain
		}
	}
	return absent
}
