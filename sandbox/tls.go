package sandbox

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"time"
)

// An authority issues the certificate of the server.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(now time.Time) (authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return authority{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "WeChat Pay sandbox CA"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(fiveYears), KeyUsage: x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := issued(template, template, key, key)
	return authority{key, cert}, err
}

func issued(template, parent *x509.Certificate, key, by *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// server issues a certificate for this machine.
func (a *authority) server(now time.Time) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	cert, err := issued(&x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "WeChat Pay sandbox"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(fiveYears), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}, a.cert, key, a.key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key, Leaf: cert}, nil
}

func (a *authority) save() (savedKey, error) {
	der, err := x509.MarshalPKCS8PrivateKey(a.key)
	return savedKey{ID: "root", Key: der, Certificate: a.cert.Raw}, err
}

func restoreAuthority(saved savedKey) (a authority, err error) {
	parsed, err := x509.ParsePKCS8PrivateKey(saved.Key)
	if err != nil {
		return a, err
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return a, fmt.Errorf("the key of the root CA is a %T", parsed)
	}
	a.key = key
	a.cert, err = x509.ParseCertificate(saved.Certificate)
	return a, err
}

// StartTLS is [Gateway.Start] with HTTPS. Its certificate is issued by [Credentials].RootCA. Some
// endpoints of APIv2 ask for the merchant's certificate then, which over HTTP they cannot: see
// [Credentials.TLSCertificate].
func (g *Gateway) StartTLS() (*Server, error) { return g.ListenTLS("127.0.0.1:0") }

// ListenTLS is [Gateway.StartTLS] on an address of one's own. The certificate is for localhost and
// the loopback addresses.
func (g *Gateway) ListenTLS(addr string) (*Server, error) {
	if err := g.checkMade(); err != nil {
		return nil, err
	}
	cert, err := g.authority.server(g.clock.wall())
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	clients := x509.NewCertPool() // names to clients whose certificate is asked for
	clients.AddCert(g.credentials.Certificate)
	return g.start("https", addr, &tls.Config{
		Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, ClientAuth: tls.RequestClientCert, ClientCAs: clients,
	})
}

// TLSCertificate returns the merchant's certificate with its key, for a client's Config.Certificate.
func (c Credentials) TLSCertificate() tls.Certificate {
	if c.Certificate == nil {
		return tls.Certificate{}
	}
	return tls.Certificate{Certificate: [][]byte{c.Certificate.Raw}, PrivateKey: c.PrivateKey, Leaf: c.Certificate}
}
