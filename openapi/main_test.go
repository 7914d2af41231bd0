package openapi_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A memory is a transport that answers everything with 204, and remembers the last
// request.
type memory struct{ last string }

func (m *memory) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	m.last = r.Method + " " + r.URL.Scheme + "://" + r.Host + r.URL.RequestURI()
	return &http.Response{StatusCode: http.StatusNoContent, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

// client signs and verifies nothing, and sends to memory.
func client(tb testing.TB, change func(*wechatpay.Config)) (*wechatpay.Client, *memory) {
	tb.Helper()
	m := &memory{}
	cred := testgateway.Shared().Credentials()
	cfg := wechatpay.Config{
		MchID: cred.MchID, Serial: cred.Serial, PrivateKey: cred.PrivateKey, PlatformKeys: cred.PlatformKeys(), Transport: m,
		Stack: func(s *middleware.Stack) error {
			for _, name := range s.Names() {
				if err := s.Remove(name); err != nil {
					return err
				}
			}
			return nil
		},
	}
	if change != nil {
		change(&cfg)
	}
	c, err := wechatpay.New(cfg)
	require.NoError(tb, err)
	return c, m
}
