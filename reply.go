package wechatpay

import (
	"errors"
	"fmt"

	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
)

// A Reply is a response whose JSON is known to be a T. It embeds the [*Response], so
// that fields which T does not have are not lost: Get and Bytes see all of it.
type Reply[T any] struct {
	*Response
}

// A DecodeError lists, as Mismatches, the values of a reply that could not be decoded
// without loss: each by its Path in the JSON and its two types, never by its value. All
// other fields have been filled.
type DecodeError = jsonx.DecodeError

// Data decodes the reply. A value of another type than documented is converted where
// nothing is lost: "600" or 600.0 for an integer, a number for a string, [] or "" for an
// object that is absent. What T has and the reply does not is zero; an empty body gives
// the zero T.
//
// The error wraps a [*DecodeError] that lists what could not be converted, beside a T with
// everything else: an amount that did not fit is never a zero without an error. It says
// nothing about the call itself, which has succeeded.
func (r *Reply[T]) Data() (T, error) {
	var data T
	if r == nil || r.Response == nil {
		return data, errors.New("wechatpay: decoding the reply: nil Reply")
	}
	if len(r.data) == 0 {
		return data, nil
	}
	if err := jsonx.Decode(r.data, &data); err != nil {
		return data, fmt.Errorf("wechatpay: decoding the reply: %w", err)
	}
	return data, nil
}

// As types the reply of a dynamic call. It takes what a verb returns, and returns the
// call's error as it is:
//
//	order, err := wechatpay.As[pay.TransactionsIDGetReply](chain.Get(ctx, opts))
func As[T any](r *Response, err error) (*Reply[T], error) {
	if err != nil {
		return nil, err
	}
	return &Reply[T]{r}, nil
}

// AsAsync is [As] for the future of a dynamic call. To cancel the result cancels the call.
func AsAsync[T any](f *Future) *future.Future[*Reply[T]] {
	return future.Then(f, func(r *Response) (*Reply[T], error) { return &Reply[T]{r}, nil })
}

// Ptr is a pointer to v, for the fields of a request that may be left out: nil leaves
// one out, Ptr(false) sends it.
func Ptr[T any](v T) *T { return &v }
