// Remotesigner keeps the keys out of the program that calls WeChat Pay: a service on the
// intranet holds them, signs and verifies, and the client calls it over HTTP. Whoever can
// make the service sign can move the merchant's money: it serves one caller, who has a
// token. Here both run on loopback, and so does the gateway. On a network, use TLS, and
// better client certificates than tokens.
//
//	go run ./examples/remotesigner
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	gateway, err := sandbox.New(sandbox.Config{})
	if err != nil {
		return err
	}
	server, err := gateway.Start()
	if err != nil {
		return err
	}
	defer server.Close()
	merchant := gateway.Credentials()

	local, err := signer.New(merchant.PrivateKey)
	if err != nil {
		return err
	}
	token := cipher.NewSecret(rand.Text()) // a real one comes from where both keep their secrets
	address, stop, err := serveKeys(ctx, token, local, signer.NewVerifier(merchant.PlatformKeys(), nil))
	if err != nil {
		return err
	}
	defer stop()
	keys := newKeyService("http://"+address, token)
	defer keys.http.CloseIdleConnections()

	// The client has no key at all.
	c, err := wechatpay.New(wechatpay.Config{
		MchID:    merchant.MchID,
		Serial:   merchant.Serial,
		Signer:   signer.Func(keys.sign),
		Verifier: signer.VerifierFunc(keys.verify),
		BaseURL:  server.URL,
	})
	if err != nil {
		return err
	}
	defer c.CloseIdleConnections()
	resp, err := c.Chain("v3/certificates").Get(ctx, nil)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "verified", resp.Verified, "certificates", resp.Get("data.#"))
	return err
}

// A keyService calls the service.
type keyService struct {
	url   string
	token cipher.Secret
	http  *http.Client
}

func newKeyService(url string, token cipher.Secret) *keyService {
	return &keyService{url, token, &http.Client{
		Timeout:       5 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the token stays here
	}}
}

func (k *keyService) sign(ctx context.Context, message []byte) ([]byte, error) {
	return k.post(ctx, "/sign", nil, message)
}

// verify returns the errors that signer.Verifier asks for. A service that is down, or fails,
// is another error: it says nothing about the signature.
func (k *keyService) verify(ctx context.Context, keyID string, message, signature []byte) error {
	_, err := k.post(ctx, "/verify", http.Header{"X-Key-Id": {keyID}, "X-Signature": {hex.EncodeToString(signature)}}, message)
	var status statusError
	if errors.As(err, &status) {
		switch status {
		case http.StatusForbidden:
			return fmt.Errorf("%w by key %.80q", signer.ErrSignature, keyID)
		case http.StatusNotFound:
			return fmt.Errorf("%w %.80q", signer.ErrUnknownKey, keyID)
		}
	}
	return err
}

// A statusError is an answer of the service without a result.
type statusError int

func (s statusError) Error() string {
	return fmt.Sprintf("the key service answered %d %s", int(s), http.StatusText(int(s)))
}

// post calls the service.
func (k *keyService) post(ctx context.Context, path string, header http.Header, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, k.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		r.Header[name] = values
	}
	r.Header.Set("Authorization", "Bearer "+k.token.Reveal())
	resp, err := k.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("asking the key service: %w", err)
	}
	defer resp.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
	if err != nil {
		return nil, fmt.Errorf("asking the key service: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, statusError(resp.StatusCode)
	}
	return reply, nil
}

// newKeyHandler is the service with the keys, for the caller with the token.
func newKeyHandler(token cipher.Secret, sign signer.Signer, verify signer.Verifier) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /sign", func(w http.ResponseWriter, r *http.Request) {
		message, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			http.Error(w, "cannot read", http.StatusBadRequest)
			return
		}
		signature, err := sign.Sign(r.Context(), message)
		if err != nil {
			log.Print("signing: ", err)
			http.Error(w, "cannot sign", http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(signature)
	})
	mux.HandleFunc("POST /verify", func(w http.ResponseWriter, r *http.Request) {
		message, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 32<<20))
		signature, malformed := hex.DecodeString(r.Header.Get("X-Signature"))
		if errors.Join(err, malformed) != nil {
			http.Error(w, "cannot read", http.StatusBadRequest)
			return
		}
		if err := verify.Verify(r.Context(), r.Header.Get("X-Key-Id"), message, signature); err != nil {
			log.Print("verifying: ", err) // the caller learns its kind only
			http.Error(w, "not verified", statusOf(err))
		}
	})
	return authenticated(token, mux)
}

// statusOf tells a bad signature and an unknown key from a service that cannot verify.
func statusOf(err error) int {
	switch {
	case errors.Is(err, signer.ErrSignature):
		return http.StatusForbidden
	case errors.Is(err, signer.ErrUnknownKey):
		return http.StatusNotFound
	}
	return http.StatusInternalServerError
}

// authenticated passes on the requests with the token. It compares digests in constant time,
// so that an answer's time says nothing about the token.
func authenticated(token cipher.Secret, next http.Handler) http.Handler {
	want := sha256.Sum256([]byte("Bearer " + token.Reveal()))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := sha256.Sum256([]byte(r.Header.Get("Authorization")))
		if token.IsZero() || subtle.ConstantTimeCompare(got[:], want[:]) == 0 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "unauthorized", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// newServer returns a server that nobody can hold busy: net/http has no time-outs by default.
func newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, MaxHeaderBytes: 16 << 10,
		ReadHeaderTimeout: 2 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute,
	}
}

// serveKeys runs the service on a free port of loopback.
func serveKeys(ctx context.Context, token cipher.Secret, sign signer.Signer, verify signer.Verifier) (address string, stop func(), err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := newServer(newKeyHandler(token, sign, verify))
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Print(err)
		}
	}()
	return listener.Addr().String(), func() { _ = server.Close(); <-done }, nil
}
