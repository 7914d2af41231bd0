// Package mediabody builds the body of a media.Builder, which the caller may implement.
package mediabody

import (
	"fmt"

	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
	"github.com/wechatpay-chain/wechatpay/media"
)

// Build returns a complete body, or an error. It refuses a nil source, also of a type.
func Build(source media.Builder, target media.Target) (*media.Body, error) {
	if nilcheck.IsNil(source) {
		return nil, fmt.Errorf("a nil %T", source)
	}
	body, err := source.Build(target)
	if err != nil {
		return nil, err
	}
	if err := body.Validate(); err != nil {
		return nil, err
	}
	return body, nil
}
