package sandboxcmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// deliver sends the notification, and says whether it was acknowledged.
func (s *stage) deliver(ctx context.Context, params map[string]any) error {
	result, err := s.do(ctx, http.MethodPost, "webhooks", params)
	var usage *failure.UsageError
	switch {
	case err == nil:
	case errors.As(err, &usage):
		return err
	case strings.HasPrefix(err.Error(), "url: missing"):
		return failure.Usagef("URL is missing, and the sandbox was served without --notify-url; give one")
	case strings.HasPrefix(err.Error(), strings.TrimPrefix(sandbox.ErrForeignHost.Error(), "sandbox: ")):
		return failure.Usagef("the URL is not on this machine; name its host in: wechatpay sandbox serve --webhook-host HOST")
	default:
		return err
	}
	if err := s.Result(bytes.TrimSpace(result)); err != nil {
		return err
	}
	var answer struct {
		Acknowledged bool
		Status       int
	}
	if err := json.Unmarshal(result, &answer); err != nil {
		return fmt.Errorf("the sandbox's reply: %w", err)
	}
	if !answer.Acknowledged {
		return fmt.Errorf("not acknowledged: the receiver answered %d; WeChat Pay would send it again", answer.Status)
	}
	return nil
}
