package sandboxtest_test

import (
	"testing"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// testCertificates is a test that calls the gateway with a client of this module.
func testCertificates(t *testing.T) {
	t.Helper()
	s := sandboxtest.New(t)
	client, err := wechatpay.New(wechatpay.Config{
		MchID:        s.Credentials.MchID,
		Serial:       s.Credentials.Serial,
		PrivateKey:   s.Credentials.PrivateKey,
		PlatformKeys: s.Credentials.PlatformKeys(),
		BaseURL:      s.URL,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	reply, err := client.Chain("v3/certificates").Get(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if reply.StatusCode != 200 {
		t.Error(reply.StatusCode)
	}
}

func Example() {
	_ = testing.InternalTest{Name: "TestCertificates", F: testCertificates}
}
