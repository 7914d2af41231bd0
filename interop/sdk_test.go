package interop_test

import (
	"net/http"
	"testing"

	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// An sdk is a client of others, for what is tested of all of them alike.
type sdk interface {
	order(t *testing.T, number, notifyURL string)
	refundOf(t *testing.T, transactionID, number, notifyURL string)
	transferTo(t *testing.T, number, notifyURL string)

	// paid, refunded and transferred verify, decrypt and parse a webhook as the SDK does.
	paid(r *http.Request, apiV3Key string) (notice, error)
	refunded(r *http.Request, apiV3Key string) (notice, error)
	transferred(r *http.Request, apiV3Key string) (notice, error)

	// orderForNobody leaves the openid out, and returns what the SDK makes of the refusal.
	orderForNobody(t *testing.T, number string) refusal
	query(t *testing.T, number string) error

	// refresh downloads the platform certificates again.
	refresh(t *testing.T)
}

// An sdkRow is an SDK, with one way of verification.
type sdkRow struct {
	name       string
	checksTime bool // of what is signed
	publicKey  bool // in place of platform certificates
	new        func(*testing.T, *sandboxtest.Sandbox) sdk
}

// sdks are the SDKs, in each way in which they verify.
func sdks() (rows []sdkRow) {
	for _, mode := range wechatpayGoModes {
		rows = append(rows, sdkRow{"wechatpay-go/" + mode.name, true, mode.publicKey, func(t *testing.T, s *sandboxtest.Sandbox) sdk { return mode.new(t, s) }})
	}
	for _, mode := range goPayModes {
		rows = append(rows, sdkRow{"gopay/" + mode.name, false, mode.publicKey, func(t *testing.T, s *sandboxtest.Sandbox) sdk { return mode.new(t, s) }})
	}
	return rows
}
