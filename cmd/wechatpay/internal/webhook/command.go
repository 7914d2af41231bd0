// Package webhook has the commands that verify, decrypt and receive notifications.
package webhook

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// Command returns the group.
func Command(a *app.App) *cobra.Command {
	group := &cobra.Command{
		Use:   "webhook",
		Short: a.T("Verify and decrypt saved notifications, or receive them and pass them on", "验签并解密保存的通知，或接收并转发通知"),
	}
	group.AddCommand(verifyCommand(a), decryptCommand(a), listenCommand(a))
	return group
}

// config returns the keys of the profile. Where it has credentials to call WeChat Pay, a platform
// certificate that is not at hand is downloaded.
func config(ctx context.Context, a *app.App, clock func() time.Time) (notify.Config, error) {
	settings, err := a.Settings(ctx)
	if err != nil {
		return notify.Config{}, err
	}
	own, err := wechatpay.ConfigFrom(settings.Lookup)
	if err != nil {
		return notify.Config{}, &failure.UsageError{Err: err}
	}
	cfg := notify.Config{Keys: own.PlatformKeys, APIv3Key: own.APIv3Key, APIv2Key: own.APIv2Key, Clock: clock}
	if client, err := wechatpay.New(own); err == nil && client.PlatformKeys() != nil {
		cfg.Keys = client.PlatformKeys()
	}
	if !own.APIv2Key.IsZero() {
		cfg.MchID = own.MchID
	}
	if own.BrandID != "" {
		cfg.Scheme = signer.Brand
	}
	return cfg, nil
}

// parser returns what verifies and decrypts with the keys of the profile. Its error says which
// settings are missing.
func parser(cfg notify.Config) (*notify.Parser, error) {
	p, err := notify.NewParser(cfg)
	if err != nil {
		return nil, failure.Usagef("the profile does not suffice for notifications: %w; set WECHATPAY_PUBLIC_KEY_FILE, WECHATPAY_PUBLIC_KEY_ID and WECHATPAY_APIV3_KEY_FILE", err)
	}
	return p, nil
}

// unverified is the error of a notification that WeChat Pay has not signed, with its exit code. A
// wrong use stays one.
func unverified(err error) error {
	var usage *failure.UsageError
	if errors.As(err, &usage) || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%w: %w", failure.ErrUnverified, cutError{cut(err.Error()), err})
}

// An cutError is an error with another text.
type cutError struct {
	text string
	err  error
}

func (e cutError) Error() string { return e.text }
func (e cutError) Unwrap() error { return e.err }
