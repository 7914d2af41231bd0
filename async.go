package wechatpay

import (
	"context"
	"net/http"

	"github.com/wechatpay-chain/wechatpay/future"
)

// A Future is a reply that is there or still to come; see package [future].
type Future = future.Future[*Response]

// GetAsync is [Chain.Get] in the background. See [Chain.DoAsync].
func (ch Chain) GetAsync(ctx context.Context, opts *Options) *Future {
	return ch.DoAsync(ctx, http.MethodGet, opts)
}

// PostAsync is [Chain.Post] in the background. See [Chain.DoAsync].
func (ch Chain) PostAsync(ctx context.Context, opts *Options) *Future {
	return ch.DoAsync(ctx, http.MethodPost, opts)
}

// PutAsync is [Chain.Put] in the background. See [Chain.DoAsync].
func (ch Chain) PutAsync(ctx context.Context, opts *Options) *Future {
	return ch.DoAsync(ctx, http.MethodPut, opts)
}

// PatchAsync is [Chain.Patch] in the background. See [Chain.DoAsync].
func (ch Chain) PatchAsync(ctx context.Context, opts *Options) *Future {
	return ch.DoAsync(ctx, http.MethodPatch, opts)
}

// DeleteAsync is [Chain.Delete] in the background. See [Chain.DoAsync].
func (ch Chain) DeleteAsync(ctx context.Context, opts *Options) *Future {
	return ch.DoAsync(ctx, http.MethodDelete, opts)
}

// DoAsync is [Chain.Do] in the background. The request is built before it
// returns, so that opts may be used for another call at once, and bad input gives
// a future that is rejected already; signing, sending and verifying happen on a
// goroutine of the call's own, which begins at once (PHP's begins at wait).
//
// The call ends with ctx, its timeout or [future.Future.Cancel]. The future's
// error is that of [Chain.Do]: ask [OutcomeUnknown] after cancelling, too.
func (ch Chain) DoAsync(ctx context.Context, method string, opts *Options) *Future {
	call, err := ch.prepare(ctx, method, opts)
	if err != nil {
		return future.Rejected[*Response](err)
	}
	return future.Start[*Response]((*background)(call))
}
