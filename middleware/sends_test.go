package middleware_test

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// heldConn calls written after it has written the header of a request, before net/http learns
// that it was written.
type heldConn struct {
	net.Conn
	written func()
}

func (c heldConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	const endOfStreamAndHeaders, headers = 0x5, 0x1
	if !bytes.HasPrefix(p, []byte("PRI ")) && len(p) > 9 && p[3] == headers && p[4] == endOfStreamAndHeaders {
		c.written()
	}
	return n, err
}

// TestACancelledSendWithoutTLSMayBeWritten: HTTP/2 tells too late that it wrote the header.
func TestACancelledSendWithoutTLSMayBeWritten(t *testing.T) {
	t.Parallel()
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	arrived := make(chan struct{})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(arrived) }))
	server.Config.Protocols = protocols
	server.Start()
	t.Cleanup(server.Close)

	ctx, cancel := context.WithCancel(t.Context())
	returned := make(chan struct{})
	transport := &http.Transport{Protocols: protocols, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		return heldConn{conn, func() { cancel(); <-returned }}, err
	}}
	t.Cleanup(transport.CloseIdleConnections)
	var s middleware.Stack
	r := forCall(request(t, "POST", server.URL, nil).WithContext(ctx), callstate.Info{})
	_, err := s.Around(transport).RoundTrip(r)
	close(returned)
	require.ErrorIs(t, err, context.Canceled)
	<-arrived
	unknown, _ := callstate.From(r.Context()).Sends()
	assert.Equal(t, 1, unknown)
}
