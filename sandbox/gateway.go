package sandbox

import (
	"cmp"
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A Config configures a [Gateway]. The zero value of a field means its default.
type Config struct {
	MchID    string        // default "1900000109"
	BrandID  string        // default "120344"
	APIv3Key cipher.Secret `json:"-"` // 32 characters; default: random
	APIv2Key cipher.Secret `json:"-"` // 32 characters; default: 32 random letters and digits
	// Clock is the wall clock, for signatures and certificates; default time.Now. What happens
	// to orders and coupons goes by it too, ahead by what [Gateway.AdvanceClock] added.
	Clock func() time.Time `json:"-"`

	// Keys are the RSA key pairs. Default: [NewKeys]. Generating key pairs takes a while,
	// so tests may share them: two gateways with the same Keys still have different
	// certificates, serials and public key ids.
	Keys *Keys `json:"-"`

	// Accelerate returns what signs replies and webhooks with a key of the gateway, such as
	// Signer of package accel. Default: the key itself, an [*rsa.PrivateKey]. What it returns
	// must be safe for concurrent use, sign with that key, and not fail.
	Accelerate func(key crypto.Signer) (crypto.Signer, error) `json:"-"`

	// Echo answers whatever no part of the sandbox knows the rules of with the request, without a
	// check, whether it is documented or not. Default: an endpoint that is documented answers in
	// its shape, and any other path is a 404, or a 405 for another method, as at WeChat Pay. The
	// endpoints of APIv2 answer in their shape in any case.
	Echo bool

	// Balance is what the merchant can spend at the start, in fen, such as for transfers.
	// Default [DefaultBalance]; negative for nothing.
	Balance int64

	// RefundDelay is how long a refund is PROCESSING before it succeeds by itself, on the clock
	// of the gateway. Negative: until [Gateway.SettleRefund]. Default 0.
	RefundDelay time.Duration

	// SharingDelay is how long profit sharing is PROCESSING before it succeeds by itself, on the
	// clock of the gateway: requests to share and to unfreeze, and returns. Negative: until
	// sharing/settle and sharing/returns/settle of the control API. Default 0.
	SharingDelay time.Duration

	// Webhooks say how the webhooks that calls cause are sent.
	Webhooks Webhooks

	// Logger gets a line for each request that is refused or fails, with the reason; for a
	// signature, what the client seems to have signed instead. Default none.
	Logger *slog.Logger `json:"-"`

	// ControlToken is the bearer token of the control API; default random. See [Gateway.ControlToken].
	ControlToken string `json:"-"`

	// ControlHosts are the hosts, beside this machine's loopback, under which the control API
	// may be called. Default none.
	ControlHosts []string

	// OnRefusal is called for every request that was refused with 401 SIGN_ERROR, with
	// the reason. It must be safe for concurrent use.
	OnRefusal func(r *http.Request, reason string) `json:"-"`
}

// A Gateway is an [http.Handler] that answers as WeChat Pay does. Make one with [New]. It is
// safe for concurrent use.
type Gateway struct {
	clock       *clock
	accelerate  func(key crypto.Signer) (crypto.Signer, error) // may be nil
	onRefusal   func(r *http.Request, reason string)
	credentials Credentials
	merchant    account
	brand       account
	nonces      nonceLog
	authority   authority // of HTTPS

	routes routeTable
	v2     map[string]*v2Route // the endpoints of APIv2, by path
	bills  billDesk

	playing sync.RWMutex // held for reading while something is played

	parts     parts
	webhooks  outbox
	armed     armory
	exchanges recorder
	echo      bool
	logger    *slog.Logger // may be nil
	token     string       // of the control API
	hosts     []string     // of the control API, beside loopback
}

// New returns a gateway with new certificates. It starts no server; see [Gateway.Start].
func New(cfg Config) (*Gateway, error) {
	g, err := makeGateway(cfg, func(g *Gateway) error { return g.issue(cfg) })
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return g, nil
}

// makeGateway makes a gateway whose accounts are set by a function.
func makeGateway(cfg Config, accounts func(*Gateway) error) (*Gateway, error) {
	g := &Gateway{
		clock: newClock(cfg.Clock), accelerate: cfg.Accelerate, onRefusal: cfg.OnRefusal, bills: newBillDesk(), parts: newParts(cfg),
		logger: cfg.Logger, echo: cfg.Echo, token: cmp.Or(cfg.ControlToken, rand.Text()), hosts: cfg.ControlHosts,
	}
	g.webhooks.config = cfg.Webhooks
	if err := accounts(g); err != nil {
		return nil, err
	}
	g.play()
	g.playV2()
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

// now returns the time of what is played.
func (g *Gateway) now() time.Time { return g.clock.now() }

// AdvanceClock lets time pass for orders, coupons and webhooks: what expires by then has
// expired, and webhooks that wait for their next attempt are sent. Signatures and certificates
// stay with the wall clock, as the clients do. It panics for a negative duration, and for more
// than a hundred years in all.
func (g *Gateway) AdvanceClock(by time.Duration) {
	if g.checkMade() != nil {
		return
	}
	if err := g.advance(by); err != nil {
		panic("sandbox: AdvanceClock: " + err.Error())
	}
}

func (g *Gateway) advance(by time.Duration) error {
	if err := g.clock.advance(by); err != nil {
		return err
	}
	return g.act(&g.merchant, func(emit func(play.Event)) error {
		g.parts.tick(g.now(), emit)
		return nil
	})
}

// Now returns the time of what is played.
func (g *Gateway) Now() time.Time {
	if g.checkMade() != nil {
		return time.Time{}
	}
	return g.now()
}

// checkMade returns an error for a Gateway that New did not make.
func (g *Gateway) checkMade() error {
	if g == nil || g.clock == nil {
		return errors.New("sandbox: the Gateway is nil or zero; make one with New")
	}
	return nil
}

// A Server serves a gateway on loopback.
type Server struct {
	URL string // such as "http://127.0.0.1:40123", for a client's BaseURL; with https of StartTLS

	gateway *Gateway
	http    *http.Server
	done    chan struct{}
}

// Start serves the gateway on a free port of 127.0.0.1 until the Server is closed.
func (g *Gateway) Start() (*Server, error) {
	if err := g.checkMade(); err != nil {
		return nil, err
	}
	return g.start("http", "127.0.0.1:0", nil)
}

// Listen is [Gateway.Start] on an address of one's own, such as "127.0.0.1:8970" or, for a
// container, ":8970". Whoever reaches it can call the gateway with its keys; the control API is
// served to this machine and [Config].ControlHosts only.
func (g *Gateway) Listen(addr string) (*Server, error) {
	if err := g.checkMade(); err != nil {
		return nil, err
	}
	return g.start("http", addr, nil)
}

func (g *Gateway) start(scheme, addr string, secure *tls.Config) (*Server, error) {
	listener, err := net.Listen("tcp", addr) //nolint:noctx // it listens at once
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	s := &Server{
		URL:     scheme + "://" + reachable(listener.Addr()),
		gateway: g,
		// WeChat Pay closes a connection after 8 idle seconds.
		http: &http.Server{
			Handler: g, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: 8 * time.Second,
			TLSConfig: secure,
		},
		done: make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		serve := s.http.Serve
		if secure != nil {
			serve = func(l net.Listener) error { return s.http.ServeTLS(l, "", "") }
		}
		if err := serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(err) // nobody else can close the listener
		}
	}()
	return s, nil
}

// reachable returns the address at which this machine reaches a listener: one of all interfaces is
// on loopback too.
func reachable(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return addr.String()
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
}

// Close stops the server, closes its connections and those of webhooks, and waits until all
// have stopped.
func (s *Server) Close() {
	if s == nil || s.http == nil {
		return
	}
	_ = s.http.Close()
	<-s.done
	s.gateway.playing.Lock()   // what is played at the moment ends, and begins its webhooks
	s.gateway.playing.Unlock() //nolint:staticcheck // it only waits
	s.gateway.Close()
}
