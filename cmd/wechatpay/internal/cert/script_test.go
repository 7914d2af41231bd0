package cert_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/clitest"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestMain(m *testing.M) { clitest.Main(m) }

func TestScripts(t *testing.T) { clitest.Run(t, arrange) }

// arrange writes the merchant's certificate in other encodings, and one that has ended.
func arrange(env *testscript.Env, gateway *sandbox.Gateway) error {
	c := gateway.Credentials()
	env.Setenv("SERIAL", c.Serial)
	env.Setenv("PLATFORM_SERIAL", c.PlatformSerial)
	env.Setenv("MCHID", c.MchID)
	p12, err := pkcs12.Modern.Encode(c.PrivateKey, c.Certificate, nil, c.MchID)
	if err != nil {
		return err
	}
	secret, err := pkcs12.Modern.Encode(c.PrivateKey, c.Certificate, nil, "a secret pass phrase")
	if err != nil {
		return err
	}
	ended, err := ended(c.PrivateKey)
	if err != nil {
		return err
	}
	for name, data := range map[string][]byte{
		"apiclient_cert.p12": p12,
		"secret.p12":         secret,
		"cert.der":           c.Certificate.Raw,
		"ended.pem":          pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ended}),
		"platform.pem":       pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.PlatformCertificate.Raw}),
	} {
		if err := os.WriteFile(filepath.Join(env.WorkDir, name), data, 0o600); err != nil {
			return err
		}
	}
	env.Setenv("PLATFORM_FILE", "wechatpay_"+signer.Serial(c.PlatformCertificate)+".pem")
	return nil
}

func ended(key *rsa.PrivateKey) ([]byte, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(0x1234), Subject: pkix.Name{CommonName: "1900000109"},
		NotBefore: time.Now().AddDate(-5, 0, 0), NotAfter: time.Now().AddDate(0, 0, -3),
	}
	return x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
}
