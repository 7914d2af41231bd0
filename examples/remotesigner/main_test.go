package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAClientWithoutKeysCalls(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	assert.Equal(t, "verified true certificates 1\n", out.String())
}

func TestARefusalIsToldFromAServiceThatIsDown(t *testing.T) {
	merchant := testgateway.Shared().Credentials()
	local, err := signer.New(merchant.PrivateKey)
	require.NoError(t, err)
	token := cipher.NewSecret("token")
	address, stop, err := serveKeys(t.Context(), token, local, signer.NewVerifier(merchant.PlatformKeys(), nil))
	require.NoError(t, err)
	keys := newKeyService("http://"+address, token)
	defer keys.http.CloseIdleConnections()

	err = keys.verify(t.Context(), merchant.PublicKeyID, []byte("message"), []byte("forged"))
	require.ErrorIs(t, err, signer.ErrSignature)
	_, err = keys.post(t.Context(), "/nowhere", nil, nil)
	require.ErrorContains(t, err, "404")
	stop()
	err = keys.verify(t.Context(), merchant.PublicKeyID, []byte("message"), []byte("forged"))
	require.ErrorContains(t, err, "asking the key service")
	require.NotErrorIs(t, err, signer.ErrSignature)
}

// TestTheCauseOfARefusalArrives: only a bad signature is a forgery.
func TestTheCauseOfARefusalArrives(t *testing.T) {
	sentinels := []error{signer.ErrSignature, signer.ErrUnknownKey}
	for _, row := range []struct {
		name  string
		cause error
		want  error  // of the sentinels; nil for none
		text  string // "" for no error
	}{
		{"verified", nil, nil, ""},
		{"bad signature", fmt.Errorf("%w by key", signer.ErrSignature), signer.ErrSignature, `bad signature by key "01"`},
		{"unknown key", fmt.Errorf("%w 01", signer.ErrUnknownKey), signer.ErrUnknownKey, `unknown key "01"`},
		{"expired", signer.ErrExpired, nil, "the key service answered 500 Internal Server Error"},
		{"the HSM fails", errors.New("HSM"), nil, "the key service answered 500 Internal Server Error"},
	} {
		t.Run(row.name, func(t *testing.T) {
			fail := func() error { return row.cause }
			sign := signer.Func(func(context.Context, []byte) ([]byte, error) { return nil, fail() })
			verify := signer.VerifierFunc(func(context.Context, string, []byte, []byte) error { return fail() })
			token := cipher.NewSecret("token")
			server := httptest.NewServer(newKeyHandler(token, sign, verify))
			defer server.Close()
			service := newKeyService(server.URL, token)
			defer service.http.CloseIdleConnections()
			err := service.verify(t.Context(), "01", nil, nil)
			for _, sentinel := range sentinels {
				assert.Equal(t, errors.Is(row.want, sentinel), errors.Is(err, sentinel))
			}
			_, signing := service.sign(t.Context(), nil)
			if row.text == "" {
				require.NoError(t, errors.Join(err, signing))
				return
			}
			require.EqualError(t, err, row.text)
			require.EqualError(t, signing, "the key service answered 500 Internal Server Error")
		})
	}
}

// TestOnlyTheCallerIsServed: nobody else makes it sign, or learns whether a key is held.
func TestOnlyTheCallerIsServed(t *testing.T) {
	used := 0
	sign := signer.Func(func(context.Context, []byte) ([]byte, error) { used++; return []byte("signature"), nil })
	verify := signer.VerifierFunc(func(context.Context, string, []byte, []byte) error { used++; return nil })
	for _, row := range []struct {
		name, token   string
		authorization []string
		want          int
	}{
		{"the caller", "token", []string{"Bearer token"}, 200},
		{"nobody", "token", nil, 401},
		{"an empty token", "token", []string{"Bearer "}, 401},
		{"another token", "token", []string{"Bearer tokem"}, 401},
		{"a longer token", "token", []string{"Bearer token2"}, 401},
		{"another scheme", "token", []string{"Basic token"}, 401},
		{"a service without a token", "", []string{"Bearer "}, 401},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, path := range []string{"/sign", "/verify"} {
				used = 0
				r := httptest.NewRequest(http.MethodPost, path, strings.NewReader("message"))
				r.Header["Authorization"] = row.authorization
				w := httptest.NewRecorder()
				newKeyHandler(cipher.NewSecret(row.token), sign, verify).ServeHTTP(w, r)
				assert.Equal(t, row.want, w.Code)
				assert.Equal(t, row.want == 200, used == 1)
			}
		})
	}
}

func TestFailuresAreNoSignatures(t *testing.T) {
	token := cipher.NewSecret("token")
	handler := newKeyHandler(token, signer.Func(func(context.Context, []byte) ([]byte, error) { return nil, errors.New("HSM") }), nil)
	for _, row := range []struct {
		name, path, signature, body string
		want                        int
	}{
		{"the signer fails", "/sign", "", "message", 500},
		{"too large", "/sign", "", strings.Repeat("x", 2<<20), 400},
		{"a signature that is not hex", "/verify", "xyz", "message", 400},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, row.path, strings.NewReader(row.body))
			r.Header.Set("Authorization", "Bearer token")
			r.Header.Set("X-Signature", row.signature)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			assert.Equal(t, row.want, w.Code)
		})
	}
}

func TestTheServerHasTimeouts(t *testing.T) {
	server := newServer(http.NotFoundHandler())
	assert.Positive(t, server.ReadHeaderTimeout)
	assert.Positive(t, server.ReadTimeout)
	assert.Positive(t, server.WriteTimeout)
	assert.Positive(t, server.IdleTimeout)
}
