package wechatpay_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A tlsServer asks for a certificate, and keeps the name of each that was presented.
type tlsServer struct {
	*httptest.Server

	mu        sync.Mutex
	presented []string
}

func newTLSServer(t *testing.T, http2 bool, handler http.HandlerFunc) *tlsServer {
	t.Helper()
	s := &tlsServer{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := "none"
		if len(r.TLS.PeerCertificates) > 0 {
			name = r.TLS.PeerCertificates[0].Subject.CommonName
		}
		s.mu.Lock()
		s.presented = append(s.presented, name)
		s.mu.Unlock()
		handler(w, r)
	}))
	s.TLS = &tls.Config{ClientAuth: tls.RequestClientCert, MinVersion: tls.VersionTLS12}
	s.EnableHTTP2 = http2
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// transport trusts the servers of tests, which have one certificate.
func (s *tlsServer) transport() *http.Transport {
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	transport := wechatpay.NewTransport()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	return transport
}

func succeed(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write(v2Reply(signer.MD5, "return_code=SUCCESS", "result_code=SUCCESS"))
}

// connect is a proxy of HTTP, for CONNECT alone.
func connect(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	target, err := new(net.Dialer).DialContext(r.Context(), "tcp", r.Host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	w.WriteHeader(http.StatusOK)
	client, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = target.Close()
		return
	}
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{target, client}, {client, target}} {
		both.Go(func() {
			_, _ = io.Copy(way[0], way[1])
			_ = way[0].Close()
		})
	}
	both.Wait()
}

// TestV2CertificateIsForWeChatPayAlone: who stands between does not get it.
func TestV2CertificateIsForWeChatPayAlone(t *testing.T) {
	t.Parallel()
	name := vectors.Load(t).MchID + " merchant test"
	call := func(t *testing.T, client *wechatpay.Client) {
		t.Helper()
		_, err := client.Chain("v2/secapi/pay/refund").Post(t.Context(), nil)
		require.NoError(t, err)
	}
	t.Run("a proxy that is reached by TLS", func(t *testing.T) {
		t.Parallel()
		server, proxy := newTLSServer(t, true, succeed), newTLSServer(t, false, connect)
		client := newV2Client(t, server.URL, func(cfg *wechatpay.Config) {
			address, err := url.Parse(proxy.URL)
			require.NoError(t, err)
			transport := server.transport()
			transport.Proxy = http.ProxyURL(address)
			cfg.Transport = transport
		})
		call(t, client)
		assert.Equal(t, []string{name}, server.presented)
		assert.Equal(t, []string{"none"}, proxy.presented)
	})
	t.Run("a proxy that asks for a certificate of the user's", func(t *testing.T) {
		t.Parallel()
		server, proxy := newTLSServer(t, false, succeed), newTLSServer(t, false, connect)
		client := newV2Client(t, server.URL, func(cfg *wechatpay.Config) {
			address, err := url.Parse(proxy.URL)
			require.NoError(t, err)
			transport := server.transport()
			transport.Proxy = http.ProxyURL(address)
			certificate := selfSignedFor(t, "office")
			transport.TLSClientConfig.Certificates = []tls.Certificate{certificate}
			cfg.Transport = transport
		})
		call(t, client)
		assert.Equal(t, []string{name}, server.presented)
		// net/http may dial the proxy twice; each connection must present the user's certificate.
		assert.Equal(t, []string{"office"}, slices.Compact(slices.Clone(proxy.presented)))
	})
	t.Run("a reverse proxy, which presents it itself", func(t *testing.T) {
		t.Parallel()
		proxy := newTLSServer(t, false, succeed)
		client := newV2Client(t, "", func(cfg *wechatpay.Config) {
			ofMerchant(t, cfg)
			cfg.ReverseProxy, cfg.Transport = proxy.URL, proxy.transport()
		})
		assert.True(t, client.HasCertificate())
		call(t, client)
		assert.Equal(t, []string{"none"}, proxy.presented)
	})
	t.Run("another host, to which a middleware sends", func(t *testing.T) {
		t.Parallel()
		server, other := newTLSServer(t, false, succeed), newTLSServer(t, false, succeed)
		client := newV2Client(t, server.URL, func(cfg *wechatpay.Config) {
			cfg.Transport = server.transport()
			cfg.Stack = func(s *middleware.Stack) error {
				address, err := url.Parse(other.URL)
				require.NoError(t, err)
				return s.Push("gateway", middleware.ReverseProxy(address))
			}
		})
		call(t, client)
		assert.Empty(t, server.presented)
		assert.Equal(t, []string{"none"}, other.presented)
	})
	t.Run("WeChat Pay, to which a transport would present another", func(t *testing.T) {
		t.Parallel()
		server := newTLSServer(t, true, succeed)
		client := newV2Client(t, server.URL, func(cfg *wechatpay.Config) {
			transport, certificate := server.transport(), selfSignedFor(t, "office")
			transport.TLSClientConfig.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &certificate, nil }
			cfg.Transport = transport
		})
		call(t, client)
		assert.Equal(t, []string{name}, server.presented)
	})
}

// ofMerchant sets a merchant's certificate with its key, for both versions of the API.
func ofMerchant(t *testing.T, cfg *wechatpay.Config) {
	t.Helper()
	cred := gateway().Credentials()
	key, err := x509.MarshalPKCS8PrivateKey(cred.PrivateKey)
	require.NoError(t, err)
	cfg.PrivateKey, err = keys.LoadMerchant(keys.Bytes(cred.Certificate.Raw), keys.Bytes(key))
	require.NoError(t, err)
	cfg.Certificate, cfg.PlatformKeys, cfg.Clock = tls.Certificate{}, cred.PlatformKeys(), time.Now
}

// TestV2CertificateOfAMerchant: it is the default, and what cannot present it works without.
func TestV2CertificateOfAMerchant(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string // of the refusal; "" for none
		change     func(*wechatpay.Config)
	}{
		{"the usual transport", "", func(*wechatpay.Config) {}},
		{"a reverse proxy", "", func(cfg *wechatpay.Config) { cfg.ReverseProxy = "https://gateway.example/" }},
		{"a transport that is wrapped", "put what wraps it into Stack; or let your Transport present it, and set Options.V2.MutualTLS to false", func(cfg *wechatpay.Config) {
			cfg.Transport = middleware.RoundTripperFunc(http.DefaultTransport.RoundTrip)
		}},
		{"a transport with TLS of its own", "a DialTLSContext", func(cfg *wechatpay.Config) {
			cfg.Transport = &http.Transport{DialTLSContext: (&tls.Dialer{}).DialContext}
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			sent := map[string]sentV2{}
			client := v2Answering(t, sent, success, func(cfg *wechatpay.Config) {
				ofMerchant(t, cfg)
				row.change(cfg)
			})
			refund := client.Chain("v2/secapi/pay/refund")
			_, err := refund.Post(t.Context(), nil)
			assert.Equal(t, row.text == "", client.HasCertificate())
			if row.text == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, wechatpay.ErrInvalid)
			require.ErrorContains(t, err, row.text)
			assert.Empty(t, sent)
			_, err = refund.Post(t.Context(), &wechatpay.Options{V2: wechatpay.V2{MutualTLS: wechatpay.Ptr(false)}})
			require.NoError(t, err)
		})
	}
}

// selfSignedFor returns a certificate, valid for an hour.
func selfSignedFor(t *testing.T, name string) tls.Certificate {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}

// TestV2Certificate: it is presented to the endpoints that ask for it, and to no other.
func TestV2Certificate(t *testing.T) {
	t.Parallel()
	name := vectors.Load(t).MchID + " merchant test"
	for _, row := range []struct {
		name   string
		http2  bool
		change func(*http.Transport)
	}{
		{"HTTP/1.1", false, func(*http.Transport) {}},
		{"HTTP/2", true, func(*http.Transport) {}},
		{"sessions that are resumed", false, func(transport *http.Transport) {
			transport.DisableKeepAlives = true
			transport.TLSClientConfig.ClientSessionCache = tls.NewLRUClientSessionCache(0)
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var presented []string
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				name := "none"
				if len(r.TLS.PeerCertificates) > 0 {
					name = r.TLS.PeerCertificates[0].Subject.CommonName
				}
				presented = append(presented, name)
				_, _ = w.Write(v2Reply(signer.MD5, "return_code=SUCCESS", "result_code=SUCCESS"))
			}))
			server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert, MinVersion: tls.VersionTLS12}
			server.EnableHTTP2 = row.http2
			server.StartTLS()
			defer server.Close()
			roots := x509.NewCertPool()
			roots.AddCert(server.Certificate())
			client := newV2Client(t, server.URL, func(cfg *wechatpay.Config) {
				transport := wechatpay.NewTransport()
				transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
				row.change(transport)
				cfg.Transport = transport
			})
			for _, mutual := range []bool{false, true, false} {
				_, err := client.Chain("v2/x").Post(t.Context(), &wechatpay.Options{V2: wechatpay.V2{MutualTLS: &mutual}})
				require.NoError(t, err)
			}
			assert.Equal(t, []string{"none", name, "none"}, presented)
		})
	}
}

// TestV2ConfigErrors: each names the field.
func TestV2ConfigErrors(t *testing.T) {
	t.Parallel()
	v := vectors.Load(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: v.MchID}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	certificate := tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
	good := wechatpay.Config{MchID: v.MchID, APIv2Key: cipher.NewSecret(vectors.V2APIKey), Certificate: certificate}
	_, err = wechatpay.New(good)
	require.NoError(t, err)
	for _, row := range []struct {
		name, text string
		change     func(*wechatpay.Config)
	}{
		{"a short key", "Config.APIv2Key: has 3 bytes", func(cfg *wechatpay.Config) { cfg.APIv2Key = cipher.NewSecret("abc") }},
		{"a certificate without a key", "Config.Certificate: is for APIv2", func(cfg *wechatpay.Config) { cfg.APIv2Key = cipher.Secret{} }},
		{"of another merchant", "Config.Certificate: is that of merchant " + v.MchID, func(cfg *wechatpay.Config) { cfg.MchID = "1900000110" }},
		{"no private key", "Config.Certificate: has no private key", func(cfg *wechatpay.Config) { cfg.Certificate.PrivateKey = nil }},
		{"expired", "Config.Certificate: certificate expired", func(cfg *wechatpay.Config) {
			cfg.Clock = func() time.Time { return time.Now().Add(2 * time.Hour) }
		}},
		{"malformed", "Config.Certificate: is malformed", func(cfg *wechatpay.Config) { cfg.Certificate.Certificate = [][]byte{{1}} }},
		{"not valid yet", "Config.Certificate: is not valid yet", func(cfg *wechatpay.Config) {
			cfg.Clock = func() time.Time { return time.Now().Add(-2 * time.Hour) }
		}},
		{"the private key of another", "Config.Certificate: has a private key that does not belong to it", func(cfg *wechatpay.Config) {
			other, err := rsa.GenerateKey(rand.Reader, 2048)
			require.NoError(t, err)
			cfg.Certificate.PrivateKey = other
		}},
		{"a private key that cannot sign", "Config.Certificate: has a string as its private key", func(cfg *wechatpay.Config) { cfg.Certificate.PrivateKey = "key" }},
		{"a transport that cannot present it", "set Options.V2.MutualTLS to false", func(cfg *wechatpay.Config) {
			cfg.Transport = middleware.RoundTripperFunc(nil)
		}},
		{"a transport with TLS of its own", "Config.Certificate: cannot be presented by a Transport with a DialTLSContext", func(cfg *wechatpay.Config) {
			cfg.Transport = &http.Transport{DialTLSContext: (&tls.Dialer{}).DialContext}
		}},
		{"a reverse proxy", "Config.Certificate: is mutually exclusive with ReverseProxy", func(cfg *wechatpay.Config) { cfg.ReverseProxy = "https://gateway.example/" }},
		{"half of what v3 needs", "Config.PrivateKey: is missing", func(cfg *wechatpay.Config) { cfg.Serial = "3775B6A45ACD588826D15E583A95F5DD00000000" }},
		{"a brand", "Config.APIv2Key: is for merchants", func(cfg *wechatpay.Config) { cfg.MchID, cfg.BrandID = "", "120344" }},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			cfg := good
			row.change(&cfg)
			_, err := wechatpay.New(cfg)
			require.ErrorContains(t, err, row.text)
			assert.NotContains(t, err.Error(), vectors.V2APIKey)
		})
	}
}

// certificatePage is what the web server before WeChat Pay answers to a call without the
// certificate, or with a wrong one.
func certificatePage(says string) []byte {
	return []byte("<html>\r\n<head><title>400 " + says + "</title></head>\r\n<body bgcolor=\"white\">\r\n<center><h1>400 Bad Request</h1></center>\r\n<center>" +
		says + "</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")
}

// TestV2CertificatePage: nothing was done, and the text says what to do.
func TestV2CertificatePage(t *testing.T) {
	t.Parallel()
	const none, wrong = "No required SSL certificate was sent", "The SSL certificate error"
	for _, row := range []struct {
		name    string
		mutual  bool
		replies [][]byte // nil for one that is lost
		text    string
		unknown bool
	}{
		{"none was sent", false, [][]byte{certificatePage(none)}, none + " (not verified); the request was not passed on: the endpoint asks for the merchant's certificate; set Config.Certificate, and leave Options.V2.MutualTLS unset or true (Features.MutualTLS of openapi.Lookup tells which endpoints ask)", false},
		{"it was lost on the way", true, [][]byte{certificatePage(none)}, none + " (not verified); the request was not passed on: Config.Certificate did not arrive; what ends TLS on the way, such as a reverse proxy, has to present it", false},
		{"it is not accepted", true, [][]byte{certificatePage(wrong)}, wrong + " (not verified); the request was not passed on: WeChat Pay does not accept the certificate; use the current one of merchant 1900000109 from the merchant console", false},
		{"an attempt before it may have arrived", true, [][]byte{nil, certificatePage(wrong)}, "whether it took effect tells v2/pay/refundquery; the request was not passed on", true},
		{"payments to users, which WeChat Pay refuses itself", false, [][]byte{v2Reply(signer.MD5, "return_code=SUCCESS", "result_code=FAIL", "err_code=CA_ERROR")}, "the endpoint asks for the merchant's certificate; set Config.Certificate", true},
		{"another page", true, [][]byte{[]byte("<html><title>400 Bad Request</title></html>")}, "400 Bad Request; whether it took effect", true},
		{"a message that names it", true, [][]byte{v2Reply("", "return_code=FAIL", "return_msg="+none)}, "whether it took effect", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			replies := row.replies
			server := newTLSServer(t, false, func(w http.ResponseWriter, _ *http.Request) {
				reply := replies[0]
				if replies = replies[1:]; reply == nil {
					panic(http.ErrAbortHandler)
				}
				w.WriteHeader(http.StatusBadRequest)
				_, _ = w.Write(reply)
			})
			client := newV2Client(t, server.URL, func(cfg *wechatpay.Config) { cfg.Retry.Wait, cfg.Transport = 1, server.transport() })
			_, err := client.Chain("v2/secapi/pay/refund").Post(t.Context(), &wechatpay.Options{V2: wechatpay.V2{MutualTLS: &row.mutual}})
			var api *wechatpay.APIError
			require.ErrorAs(t, err, &api)
			assert.Equal(t, row.unknown, wechatpay.OutcomeUnknown(err), "%v", err)
			assert.ErrorContains(t, err, row.text)
		})
	}
}
