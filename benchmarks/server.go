package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A server answers every order by the same reply, whose signature it makes once a minute, so
// that it costs little beside a client. It verifies some of the requests.
type server struct {
	wechat   signer.Signer
	merchant signer.Verifier
	every    int64 // one request of so many is verified

	requests atomic.Int64
	mu       sync.Mutex
	current  reply
}

// A reply is signed, at a time.
type reply struct {
	header http.Header
	at     time.Time
}

var replyBody = []byte(`{"prepay_id":"` + prepayID + `"}`)

// serve is the server as a process of its own, until in ends. It writes its URL to out.
func serve(args []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet(serveCommand, flag.ContinueOnError)
	folder := flags.String("keys", "", "where the keys are")
	every := flags.Int64("every", 1, "verify one request of so many")
	if err := flags.Parse(args); err != nil {
		return err
	}
	s, err := newServer(*folder, *every)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: s} //nolint:gosec // a time-out would close connections that clients keep for their next turn
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = server.Close()
	}()
	if _, err := fmt.Fprintln(out, "http://"+listener.Addr().String()); err != nil {
		return err
	}
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}

func newServer(folder string, every int64) (*server, error) {
	wechat, err := keys.LoadPrivateKey(keys.File(filepath.Join(folder, wechatFile)))
	if err != nil {
		return nil, err
	}
	merchant, err := keys.LoadPrivateKey(keys.File(filepath.Join(folder, merchantFile)))
	if err != nil {
		return nil, err
	}
	s := &server{merchant: signer.NewVerifier(keys.Set{serial: &merchant.PublicKey}, time.Now), every: every}
	s.wechat, err = signer.New(wechat)
	return s, err
}

// ServeHTTP implements [http.Handler].
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.requests.Add(1)%s.every != 0 {
		_, _ = io.Copy(io.Discard, r.Body)
	} else if err := s.check(r); err != nil {
		http.Error(w, `{"code":"SIGN_ERROR","message":`+strconv.Quote(err.Error())+`}`, http.StatusUnauthorized)
		return
	}
	signed, err := s.reply(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	header := w.Header()
	for name, values := range signed.header {
		header[name] = values
	}
	_, _ = w.Write(replyBody)
}

// check returns nil if the request is that of the benchmark, and signed by the merchant.
func (s *server) check(r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if got := r.Method + " " + r.RequestURI; got != "POST /"+orderPath {
		return fmt.Errorf("the request is a %s", got)
	}
	var got order
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&got); err != nil {
		return err
	}
	if got != newOrder(got.OutTradeNo) || got.OutTradeNo == "" {
		return fmt.Errorf("the order is another one: %+v", got)
	}
	a, err := signer.ParseAuthorization(r.Header.Get("Authorization"))
	if err != nil {
		return err
	}
	if a.ID != mchid {
		return fmt.Errorf("the merchant is %q", a.ID)
	}
	return s.merchant.Verify(r.Context(), a.Serial, signer.RequestMessage(signer.Request{
		Method: r.Method, Target: r.RequestURI, Timestamp: a.Timestamp, Nonce: a.Nonce, Body: body,
	}), a.Signature)
}

// reply returns a reply that is less than a minute old.
func (s *server) reply(ctx context.Context) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now(); now.Sub(s.current.at) >= time.Minute {
		header, err := sign(ctx, s.wechat, now)
		if err != nil {
			return reply{}, err
		}
		s.current = reply{header, now}
	}
	return s.current, nil
}

// sign returns the header of a signed reply.
func sign(ctx context.Context, by signer.Signer, now time.Time) (http.Header, error) {
	timestamp, nonce := strconv.FormatInt(now.Unix(), 10), signer.Nonce()
	signature, err := by.Sign(ctx, signer.ReplyMessage(timestamp, nonce, replyBody))
	return http.Header{
		"Content-Type":             {"application/json; charset=utf-8"},
		"Request-Id":               {"08F78BB5AF0610D302189C8B4D"},
		signer.HeaderNonce:         {nonce},
		signer.HeaderSerial:        {publicKeyID},
		signer.HeaderSignature:     {base64.StdEncoding.EncodeToString(signature)},
		signer.HeaderTimestamp:     {timestamp},
		"Wechatpay-Signature-Type": {"WECHATPAY2-SHA256-RSA2048"},
	}, err
}
