package sandbox

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"embed"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed folder/*.tmpl
var folderTemplates embed.FS

var folderFiles = template.Must(template.New("").Funcs(template.FuncMap{"quote": shellQuote}).ParseFS(folderTemplates, "folder/*.tmpl"))

// shellQuote returns a word of a shell that means s.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// WriteCredentials writes what a client of this gateway needs into a folder, which is made if
// it is not there: keys and certificates under the names that WeChat Pay gives them, ids in
// credentials.json and env.sh, and a first program for curl, Go, Java, Node.js and PHP. url is
// where the gateway is served. After ". ./env.sh", from any folder, wechatpay.FromEnv returns a
// client of the gateway. The files can be read by their owner only; the keys are valid
// for this gateway alone.
func (g *Gateway) WriteCredentials(dir, url string) error {
	if err := g.checkMade(); err != nil {
		return err
	}
	files, err := g.credentialFiles()
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	c := g.credentials
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	values := struct {
		Credentials
		URL, Token, Dir string
	}{c, strings.TrimSuffix(url, "/"), g.token, filepath.ToSlash(absolute)}
	for _, t := range folderFiles.Templates() {
		var b bytes.Buffer
		if err := t.Execute(&b, values); err != nil {
			return fmt.Errorf("sandbox: %w", err)
		}
		files[strings.TrimSuffix(t.Name(), ".tmpl")] = b.Bytes()
	}
	ids, err := json.MarshalIndent(map[string]string{
		"base_url": values.URL, "mchid": c.MchID, "serial": c.Serial, "apiv3_key": c.APIv3Key.Reveal(),
		"apiv2_key":       c.APIv2Key.Reveal(),
		"platform_serial": c.PlatformSerial, "public_key_id": c.PublicKeyID,
		"brand_id": c.Brand.BrandID, "brand_serial": c.Brand.Serial, "brand_api_key": c.Brand.APIv3Key.Reveal(),
		"brand_public_key_id": c.Brand.PublicKeyID, "control_token": g.token,
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	files["credentials.json"] = append(ids, '\n')
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return fmt.Errorf("sandbox: %w", err)
		}
	}
	return nil
}

// credentialFiles returns the keys and certificates by file name.
func (g *Gateway) credentialFiles() (map[string][]byte, error) {
	c := g.credentials
	files := map[string][]byte{
		"apiclient_cert.pem":                     encodePEM("CERTIFICATE", c.Certificate.Raw),
		"wechatpay_" + c.PlatformSerial + ".pem": encodePEM("CERTIFICATE", c.PlatformCertificate.Raw),
		"brand_cert.pem":                         encodePEM("CERTIFICATE", c.Brand.Certificate.Raw),
		"sandbox_ca.pem":                         encodePEM("CERTIFICATE", c.RootCA.Raw),
	}
	for name, key := range map[string]*rsa.PrivateKey{"apiclient_key.pem": c.PrivateKey, "brand_key.pem": c.Brand.PrivateKey} {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return nil, err
		}
		files[name] = encodePEM("PRIVATE KEY", der)
	}
	for name, key := range map[string]*rsa.PublicKey{"pub_key.pem": c.PublicKey, "brand_pub_key.pem": c.Brand.PublicKey} {
		der, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			return nil, err
		}
		files[name] = encodePEM("PUBLIC KEY", der)
	}
	return files, nil
}

func encodePEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
