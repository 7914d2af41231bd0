package sandbox

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/coupon"
)

// A Config configures a [Gateway]. The zero value of a field means its default.
type Config struct {
	MchID    string           // default "1900000109"
	BrandID  string           // default "120344"
	APIv3Key cipher.Secret    `json:"-"` // 32 characters; default: random
	Clock    func() time.Time `json:"-"` // default time.Now

	// Keys are the RSA key pairs. Default: [NewKeys]. Generating key pairs takes a while,
	// so tests may share them: two gateways with the same Keys still have different
	// certificates, serials and public key ids.
	Keys *Keys `json:"-"`

	// Webhooks say how the webhooks that calls cause are sent.
	Webhooks Webhooks

	// OnRefusal is called for every request that was refused with 401 SIGN_ERROR, with
	// the reason. It must be safe for concurrent use.
	OnRefusal func(r *http.Request, reason string) `json:"-"`
}

// A Gateway is an [http.Handler] that answers as WeChat Pay does. Make one with [New]. It is
// safe for concurrent use.
type Gateway struct {
	now         func() time.Time
	onRefusal   func(r *http.Request, reason string)
	credentials Credentials
	merchant    account
	brand       account
	nonces      nonceLog

	routes routeTable
	mu     sync.Mutex
	orders orderBook
	bills  billDesk

	coupons  *coupon.Book
	webhooks outbox
}

// New returns a gateway with new certificates. It starts no server; see [Gateway.Start].
func New(cfg Config) (*Gateway, error) {
	g := &Gateway{now: cfg.Clock, onRefusal: cfg.OnRefusal, orders: newOrderBook(), bills: newBillDesk(), coupons: coupon.New()}
	g.webhooks.config = cfg.Webhooks
	if g.now == nil {
		g.now = time.Now
	}
	if err := g.issue(cfg); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	g.Handle(http.MethodPost, "/v3/pay/transactions/jsapi-with-contract", g.prepay)
	g.Handle(http.MethodGet, "/v3/pay/transactions/id/{transaction_id}", g.queryByTransactionID)
	g.Handle(http.MethodGet, "/v3/pay/transactions/out-trade-no/{out_trade_no}", g.queryByOutTradeNo)
	g.Handle(http.MethodPost, "/v3/pay/transactions/out-trade-no/{out_trade_no}/close", g.closeOrder)
	g.Handle(http.MethodGet, "/v3/bill/tradebill", g.applyForBill)
	g.Handle(http.MethodGet, "/v3/bill/fundflowbill", g.applyForBill)
	g.Handle(http.MethodGet, "/v3/bill/sub-merchant-fundflowbill", g.applyForParts)
	g.Handle(http.MethodGet, "/v3/billdownload/file", g.download)
	g.Handle(http.MethodGet, "/v3/certificates", g.certificates)
	g.Handle(http.MethodGet, "/v3/global/certificates", g.certificates)
	g.play(g.coupons.Handlers())
	return g, nil
}

// Close ends the webhooks that are being sent, and waits for it. A Gateway needs no other
// cleanup, and may be used on.
func (g *Gateway) Close() {
	if g.checkMade() == nil {
		g.webhooks.close()
	}
}

// Credentials are what a client needs to call this gateway.
func (g *Gateway) Credentials() Credentials {
	if g == nil {
		return Credentials{}
	}
	return g.credentials
}

// checkMade returns an error for a Gateway that New did not make.
func (g *Gateway) checkMade() error {
	if g == nil || g.now == nil {
		return errors.New("sandbox: the Gateway is nil or zero; make one with New")
	}
	return nil
}

// A Server serves a gateway on loopback.
type Server struct {
	URL string // such as "http://127.0.0.1:40123", for a client's BaseURL

	gateway *Gateway
	http    *http.Server
	done    chan struct{}
}

// Start serves the gateway on a free port of 127.0.0.1 until the Server is closed.
func (g *Gateway) Start() (*Server, error) {
	if err := g.checkMade(); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it listens at once
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	s := &Server{
		URL:     "http://" + listener.Addr().String(),
		gateway: g,
		// WeChat Pay closes a connection after 8 idle seconds.
		http: &http.Server{Handler: g, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 8 * time.Second},
		done: make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(err) // nobody else can close the listener
		}
	}()
	return s, nil
}

// Close stops the server, closes its connections and those of webhooks, and waits until all
// have stopped.
func (s *Server) Close() {
	if s == nil || s.http == nil {
		return
	}
	_ = s.http.Close()
	<-s.done
	s.gateway.Close()
}
