// Remotesigner keeps the keys out of the program that calls WeChat Pay: a service on the
// intranet holds them, signs and verifies, and the client calls it over HTTP. Here both
// run on loopback, and so does the gateway.
//
//	go run ./examples/remotesigner
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/wechatpay-chain/wechatpay"
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
	address, stop, err := serveKeys(ctx, local, signer.NewVerifier(merchant.PlatformKeys(), nil))
	if err != nil {
		return err
	}
	defer stop()
	keys := &keyService{url: "http://" + address, http: &http.Client{Timeout: 5 * time.Second}}
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
	url  string
	http *http.Client
}

func (k *keyService) sign(ctx context.Context, message []byte) ([]byte, error) {
	return k.post(ctx, "/sign", nil, message)
}

func (k *keyService) verify(ctx context.Context, keyID string, message, signature []byte) error {
	_, err := k.post(ctx, "/verify", http.Header{"X-Key-Id": {keyID}, "X-Signature": {fmt.Sprintf("%x", signature)}}, message)
	return err
}

// post calls the service. A refusal is a bad signature; a service that is down is another
// error, since it says nothing about the signature.
func (k *keyService) post(ctx context.Context, path string, header http.Header, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, k.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		r.Header[name] = values
	}
	resp, err := k.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("asking the key service: %w", err)
	}
	defer resp.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
	if err != nil {
		return nil, fmt.Errorf("asking the key service: %w", err)
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return reply, nil
	case http.StatusForbidden:
		return nil, signer.ErrSignature
	}
	return nil, fmt.Errorf("the key service answered %s", resp.Status)
}

// serveKeys is the service with the keys. A real one must authenticate its callers.
func serveKeys(ctx context.Context, sign signer.Signer, verify signer.Verifier) (address string, stop func(), err error) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /sign", func(w http.ResponseWriter, r *http.Request) {
		message, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err == nil {
			message, err = sign.Sign(r.Context(), message)
		}
		if err != nil {
			http.Error(w, "cannot sign", http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(message)
	})
	mux.HandleFunc("POST /verify", func(w http.ResponseWriter, r *http.Request) {
		message, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 32<<20))
		var signature []byte
		if err == nil {
			_, err = fmt.Sscanf(r.Header.Get("X-Signature"), "%x", &signature)
		}
		if err != nil {
			http.Error(w, "cannot read", http.StatusBadRequest)
			return
		}
		if err := verify.Verify(r.Context(), r.Header.Get("X-Key-Id"), message, signature); err != nil {
			http.Error(w, "refused", http.StatusForbidden)
		}
	})
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Print(err)
		}
	}()
	return listener.Addr().String(), func() { _ = server.Close(); <-done }, nil
}
