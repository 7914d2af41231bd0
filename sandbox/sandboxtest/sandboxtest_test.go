package sandboxtest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A fakeTB records what New does to a test.
type fakeTB struct {
	testing.TB
	cleanups []func()
	failures []string
}

func (f *fakeTB) Helper()           {}
func (f *fakeTB) Cleanup(fn func()) { f.cleanups = append(f.cleanups, fn) }
func (f *fakeTB) Errorf(format string, args ...any) {
	f.failures = append(f.failures, fmt.Sprintf(format, args...))
}

func (f *fakeTB) end() {
	for _, cleanup := range f.cleanups {
		cleanup()
	}
}

// unsigned sends a request without a valid signature.
func unsigned(t *testing.T, url string) int {
	t.Helper()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url+"/v3/certificates", nil)
	require.NoError(t, err)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Authorization", "none")
	resp, err := transport.RoundTrip(r)
	require.NoError(t, err)
	_, _ = io.Copy(io.Discard, resp.Body)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode
}

func TestRefusalFailsTheTest(t *testing.T) {
	t.Parallel()
	tb := &fakeTB{}
	s := sandboxtest.New(tb)
	assert.Equal(t, 401, unsigned(t, s.URL))
	assert.Empty(t, tb.failures)
	tb.end()
	require.Len(t, tb.failures, 1)
	assert.True(t, strings.HasPrefix(tb.failures[0], "sandboxtest: the gateway refused a signature: GET /v3/certificates: authorization: "), tb.failures[0])
	assert.True(t, strings.HasSuffix(tb.failures[0], " (if the test expects that, pass ExpectRefusals)"), tb.failures[0])
}

func TestExpectedRefusals(t *testing.T) {
	t.Parallel()
	called := 0
	tb := &fakeTB{}
	s := sandboxtest.New(tb, sandboxtest.WithConfig(sandbox.Config{
		MchID: "1234567890", OnRefusal: func(*http.Request, string) { called++ },
	}), sandboxtest.ExpectRefusals())
	assert.Equal(t, "1234567890", s.Credentials.MchID)
	assert.Equal(t, 401, unsigned(t, s.URL))
	tb.end()
	assert.Empty(t, tb.failures)
	assert.Len(t, s.Refusals(), 1)
	assert.Equal(t, 1, called)
}

func TestGatewaysHaveDifferentIDs(t *testing.T) {
	t.Parallel()
	a, b := sandboxtest.New(t).Credentials, sandboxtest.New(t).Credentials
	assert.Same(t, a.PrivateKey, b.PrivateKey)
	assert.NotEqual(t, a.Serial, b.Serial)
	assert.NotEqual(t, a.PlatformSerial, b.PlatformSerial)
	assert.NotEqual(t, a.PublicKeyID, b.PublicKeyID)
	assert.NotEqual(t, a.APIv3Key.Reveal(), b.APIv3Key.Reveal())
}

func TestServerStopsWithTheTest(t *testing.T) {
	t.Parallel()
	tb := &fakeTB{}
	s := sandboxtest.New(tb)
	tb.end()
	_, err := http.Get(s.URL)
	require.ErrorContains(t, err, "refused")
}

func TestExampleRuns(t *testing.T) {
	t.Parallel()
	testCertificates(t)
}
