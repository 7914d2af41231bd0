package sandbox_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sample"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestSavedWhileCallsRun: a saved order has its money, and no money is without its order.
func TestSavedWhileCallsRun(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{MchID: gateway().Credentials().MchID})
	m := newMerchant(t, g)
	const orders = 60
	for i := range orders {
		resp, body := m.call("POST", prepayPath, prepayBody(fmt.Sprintf("SAVED-%03d", i), nil))
		require.Equal(t, 200, resp.StatusCode, body)
	}
	var paying sync.WaitGroup
	paying.Go(func() {
		for i := range orders {
			_, err := g.Pay(fmt.Sprintf("SAVED-%03d", i))
			assert.NoError(t, err)
		}
	})
	dirs := make([]string, 0, 8)
	for range 8 {
		dirs = append(dirs, t.TempDir())
		require.NoError(t, g.Save(dirs[len(dirs)-1]))
	}
	paying.Wait()
	for _, dir := range dirs {
		opened, err := sandbox.Open(sandbox.Config{}, dir)
		require.NoError(t, err)
		day := opened.Now().In(time.FixedZone("CST", 8*60*60)).Format(time.DateOnly)
		opened.AdvanceClock(24 * time.Hour)
		assert.Equal(t, rows(t, opened, "/v3/bill/tradebill", day, "SAVED-"), rows(t, opened, "/v3/bill/fundflowbill", day, "`交易,`收入"))
	}
}

// rows counts the lines of a bill that contain a text.
func rows(t *testing.T, g *sandbox.Gateway, path, day, text string) int {
	t.Helper()
	m := newMerchant(t, g)
	resp, reply := m.call("GET", path+"?bill_date="+day, "")
	if resp.StatusCode == 400 {
		require.Contains(t, reply, "NO_STATEMENT_EXIST")
		return 0
	}
	_, file := m.call("GET", strings.TrimPrefix(gjson.Get(reply, "download_url").Str, m.url), "")
	count := 0
	for line := range strings.Lines(file) {
		if strings.Contains(line, text) {
			count++
		}
	}
	return count
}

// TestOpenedWithoutACertificate: as for a merchant who was moved to the public key.
func TestOpenedWithoutACertificate(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	require.NoError(t, g.WithdrawCertificate(g.Credentials().PlatformSerial))
	dir := t.TempDir()
	require.NoError(t, g.Save(dir))
	opened, err := sandbox.Open(sandbox.Config{}, dir)
	require.NoError(t, err)
	resp, _ := newMerchant(t, opened).call("GET", "/v3/certificates", "")
	assert.Equal(t, 404, resp.StatusCode)
	assert.Equal(t, g.Credentials().PublicKeyID, resp.Header.Get("Wechatpay-Serial"))
}

// TestAnApplicationIsCancelledByEitherNumber: the paths of two endpoints differ in the name of a
// variable alone.
func TestAnApplicationIsCancelledByEitherNumber(t *testing.T) {
	t.Parallel()
	const path = "/v3/apply4subject/applyment"
	g := newGateway(t, sandbox.Config{})
	m := newMerchant(t, g)
	e := catalogue.All()[slices.IndexFunc(catalogue.All(), func(e catalogue.Endpoint) bool { return e.Method == "POST" && e.Path == path })]
	m.header.Set(signer.HeaderSerial, g.Credentials().PublicKeyID)
	_, _, application := sample.Request(e, m.credential.ID)
	traits, _ := endpoint.Lookup("POST", path)
	body, err := cipher.Fields(traits.Encrypted.JSON).Map([]byte(application.Canonical()), func(plain string) (string, error) {
		return cipher.Encrypt(g.Credentials().PublicKey, plain)
	})
	require.NoError(t, err)
	resp, reply := m.call("POST", path, string(body))
	require.Equal(t, 200, resp.StatusCode, reply)
	for _, row := range []struct {
		name, number string
		status       int
	}{
		{"that of WeChat Pay", gjson.Get(reply, "applyment_id").String(), 204},
		{"that of the merchant", application.Text("business_code"), 204},
		{"another", "1", 404},
	} {
		t.Run(row.name, func(t *testing.T) {
			resp, body := m.call("POST", path+"/"+row.number+"/cancel", "")
			assert.Equal(t, row.status, resp.StatusCode, body)
		})
	}
}

// TestWhatAStrangerSendsIsBounded: in memory and in work.
func TestWhatAStrangerSendsIsBounded(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/v3/"+strings.Repeat("x", 1<<20), nil)
	r.Header.Set("Sandbox-Fault", strings.Repeat("y", 1<<20))
	g.ServeHTTP(httptest.NewRecorder(), r)
	e := g.Exchanges()[0]
	assert.LessOrEqual(t, len(e.Target), 8<<10)
	assert.LessOrEqual(t, len(e.Fault), 8<<10)

	m := newMerchant(t, g)
	m.signedAs = func(method, target, _ string) (string, string, string) { return method, target, "another body" }
	m.call("POST", "/v3/x", `"`+strings.Repeat("<", 1<<20)+`"`)
	assert.Contains(t, g.Exchanges()[1].Refused, "the body is too long to tell")
}

// TestAURLThatNeverAnswersKeepsNoOtherWaiting: its webhooks are limited, and told of.
func TestAURLThatNeverAnswersKeepsNoOtherWaiting(t *testing.T) {
	t.Parallel()
	const most = 1000 // to one URL
	refused, acknowledged := make(chan struct{}, 1), make(chan struct{}, 1)
	g, credential := benchGateway(t, sandbox.Webhooks{OnDelivery: func(_ []sandbox.DeliveryAttempt, err error) {
		switch {
		case err == nil:
			acknowledged <- struct{}{}
		case errors.Is(err, sandbox.ErrTooMany):
			refused <- struct{}{}
		}
	}})
	t.Cleanup(g.Close)
	healthy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	t.Cleanup(healthy.Close)
	pay := func(number, url string) {
		g.ServeHTTP(discard{http.Header{}}, signedOrder(t, credential, number, url))
		_, err := g.Pay(number)
		require.NoError(t, err)
	}
	for i := range most + 1 {
		pay(fmt.Sprintf("DEAD-%04d", i), "http://127.0.0.1:1/")
	}
	<-refused
	pay("HEALTHY-1", healthy.URL)
	<-acknowledged
}

// TestArmedFaultsAreForKnownCallers: and leave the request as it is.
func TestArmedFaultsAreForKnownCallers(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	require.NoError(t, g.Arm(sandbox.FaultRule{Path: "/v3/certificates", Fault: "rate-429"}))
	stranger := httptest.NewRequestWithContext(t.Context(), "GET", "/v3/certificates", nil)
	w := httptest.NewRecorder()
	g.ServeHTTP(w, stranger)
	assert.Equal(t, 400, w.Code, "a stranger does not use it up")
	assert.Empty(t, stranger.Header.Get("Sandbox-Fault"))
	m := newMerchant(t, g)
	resp, _ := m.call("GET", "/v3/certificates", "")
	assert.Equal(t, 429, resp.StatusCode)
	resp, _ = m.call("GET", "/v3/certificates", "")
	assert.Equal(t, 200, resp.StatusCode)
}

// TestBelowThePrefixOfABaseURL: what holds for a path holds for it below /hk.
func TestBelowThePrefixOfABaseURL(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	m := newMerchant(t, g)
	resp, _ := m.call("GET", "/hk/v3/merchant-service/images/x", "")
	assert.Equal(t, 200, resp.StatusCode)
	assert.Empty(t, resp.Header.Get("Wechatpay-Signature"), "a picture is not signed")
	require.NoError(t, g.Arm(sandbox.FaultRule{Path: "/hk/v3/certificates", Code: "SYSTEM_ERROR", Status: 500}))
	resp, _ = m.call("GET", "/hk/v3/certificates", "")
	assert.Equal(t, 500, resp.StatusCode)
	w := callAs(t, g, brandCredential(t, g), "GET", "/hk"+coupons+"notify-configs", "", nil)
	assert.Equal(t, 404, w.Code, "the brand is known: %s", w.Body)
	assert.Contains(t, w.Body.String(), "RESOURCE_NOT_EXISTS")
}

// TestCloseWithinOnDelivery: nothing waits for itself.
func TestCloseWithinOnDelivery(t *testing.T) {
	t.Parallel()
	closed := make(chan struct{})
	var g *sandbox.Gateway
	g = newGateway(t, sandbox.Config{Webhooks: sandbox.Webhooks{OnDelivery: func([]sandbox.DeliveryAttempt, error) {
		g.Close()
		close(closed)
	}}})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	t.Cleanup(server.Close)
	m := newMerchant(t, g)
	m.call("POST", prepayPath, prepayBody("CLOSING-1", func(b map[string]any) {
		b["mchid"], b["notify_url"] = g.Credentials().MchID, server.URL
	}))
	_, err := g.Pay("CLOSING-1")
	require.NoError(t, err)
	<-closed
}
