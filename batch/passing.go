package batch

import (
	"context"
	"errors"
	"slices"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// full are the errors of a store that has no room: insufficient resources, storage resources exceeded,
// and a stream that could not store.
var full = []jetstream.ErrorCode{10023, 10047, 10077}

// errNotYet: a node of a cluster does not know yet what another one has made.
var errNotYet = errors.New("not known everywhere yet")

// passing reports whether an error of the store may pass by itself: a node was lost and another
// takes over, or the connection is being made again.
func passing(err error) bool {
	if errors.Is(err, jetstream.ErrKeyExists) || errors.Is(err, jetstream.ErrKeyNotFound) {
		return false
	}
	var api *jetstream.APIError
	if errors.As(err, &api) {
		return api.Code == 503 && !slices.Contains(full, api.ErrorCode)
	}
	for _, known := range []error{
		context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders, nats.ErrReconnectBufExceeded, nats.ErrDisconnected, nats.ErrConnectionReconnecting,
		errNotYet, jetstream.ErrNoStreamResponse, jetstream.ErrJetStreamNotEnabled,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}
