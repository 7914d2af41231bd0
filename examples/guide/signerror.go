package guide

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/wechatpay-chain/wechatpay"
)

// WhatWasSigned makes a harmless call, and writes what was signed, to compare with what WeChat Pay
// verified.
func WhatWasSigned(ctx context.Context, client *wechatpay.Client, out io.Writer) error {
	_, err := client.Chain("v3/certificates").Get(ctx, &wechatpay.Options{Debug: out})
	return err
}

// IsSignError reports whether WeChat Pay did not take the signature of a call, which then had no effect.
func IsSignError(err error) bool {
	var api *wechatpay.APIError
	return errors.As(err, &api) && api.StatusCode == http.StatusUnauthorized && api.Code == "SIGN_ERROR"
}
