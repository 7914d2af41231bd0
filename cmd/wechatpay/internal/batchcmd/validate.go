package batchcmd

import (
	"errors"
	"fmt"
	"strings"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/openapi"
)

// validate compares a job with the documentation, as the verbs do. What the catalogue does not have
// passes.
func validate(job batch.Job) error {
	opts := &wechatpay.Options{Vars: job.Vars, Encrypt: job.Encrypt}
	if len(job.Encrypt) == 1 && job.Encrypt[0] == "auto" {
		opts.Encrypt = wechatpay.Auto()
	}
	if len(job.Query) > 0 {
		opts.Query = job.Query
	}
	switch {
	case len(job.Body) == 0:
	case strings.HasPrefix(job.Path, "v2/"):
		opts.XML = job.Body
	default:
		opts.JSON = job.Body
	}
	err := openapi.Validate(job.Method, job.Path, opts)
	var invalid *openapi.ValidationError
	switch {
	case err == nil, errors.Is(err, openapi.ErrUnknown):
		return nil
	case !errors.As(err, &invalid):
		return err
	}
	problems := make([]string, len(invalid.Problems))
	for i, p := range invalid.Problems {
		in := strings.ToLower(p.In)
		if in == "" {
			in = "body"
		}
		problems[i] = strings.TrimSuffix(in+"."+p.Path, ".") + " " + p.Text
	}
	return fmt.Errorf("%s (--no-validate sends it all the same)", strings.Join(problems, "; "))
}
