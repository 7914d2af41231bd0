package middleware_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var gateway = testgateway.Shared

func start(t *testing.T) (url string) {
	t.Helper()
	server, err := gateway().Start()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	return server.URL
}

func credential(t *testing.T) signer.Credential {
	t.Helper()
	cred := gateway().Credentials()
	sign, err := signer.New(cred.PrivateKey)
	require.NoError(t, err)
	return signer.Credential{ID: cred.MchID, Serial: cred.Serial, Signer: sign}
}

// foreignClient is an ordinary http.Client with our middleware around its transport.
func foreignClient(t *testing.T, origin string, verify middleware.VerifyConfig) *http.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	if verify.Verifier == nil {
		verify.Verifier = signer.NewVerifier(gateway().Credentials().PlatformKeys(), nil)
	}
	sign := middleware.Sign(middleware.SignConfig{Credential: credential(t), Origins: []string{origin}})
	return &http.Client{Transport: middleware.Verify(verify)(sign(transport))}
}

func request(t *testing.T, method, url string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	require.NoError(t, err)
	r.Header.Set("Accept", "application/json")
	return r
}

func response(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{}, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body)),
	}
}

func code(status int, name string) *http.Response {
	return response(status, `{"code":"`+name+`","message":"…"}`)
}

// A script is a transport that plays one outcome after another.
type script struct {
	t        *testing.T
	outcomes []any // an error, a *http.Response or a func(*http.Request) (*http.Response, error)
	bodies   []string
	at       []time.Time
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	require.NotEmpty(s.t, s.outcomes, "one attempt too many")
	outcome := s.outcomes[0]
	s.outcomes = s.outcomes[1:]
	s.at = append(s.at, time.Now())
	if err, ok := outcome.(error); ok && isDial(err) {
		return nil, err
	}
	body := ""
	if r.Body != nil {
		data, err := io.ReadAll(r.Body)
		require.NoError(s.t, err)
		body = string(data)
	}
	s.bodies = append(s.bodies, body)
	switch outcome := outcome.(type) {
	case *http.Response:
		return outcome, nil
	case func(*http.Request) (*http.Response, error):
		return outcome(r)
	}
	return nil, outcome.(error)
}

func isDial(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

var errDial = &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}

// forCall is a copy of r that belongs to a call, as the client makes it.
func forCall(r *http.Request, info callstate.Info) *http.Request {
	return callstate.New(r.Context(), r, info)
}
