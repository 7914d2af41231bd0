package sandbox

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// stateFile is the file of a folder that [Gateway.Save] writes.
const stateFile = "sandbox-state.json"

// stateVersion changes with the form of the file.
const stateVersion = 1

// A part of the sandbox keeps what it plays.
type part interface {
	Save() ([]byte, error)
	Load(data []byte) error
}

// savedState is what survives a restart: the keys, so that clients go on with theirs, the time,
// and what the parts keep.
type savedState struct {
	Version  int                        `json:"version"`
	Ahead    time.Duration              `json:"ahead"` // of the wall clock
	Token    string                     `json:"token"`
	Merchant savedAccount               `json:"merchant"`
	Brand    savedAccount               `json:"brand"`
	Parts    map[string]json.RawMessage `json:"parts"`

	PlatformCertificate []byte `json:"platform_certificate"` // at the start; it may be withdrawn

	APIv2Key string   `json:"apiv2_key"`
	RootCA   savedKey `json:"root_ca"`
}

type savedAccount struct {
	ID          string     `json:"id"`
	Key         []byte     `json:"key"` // PKCS #8
	Certificate []byte     `json:"certificate"`
	APIv3Key    string     `json:"apiv3_key"`
	Signing     string     `json:"signing"`
	Percent     int        `json:"percent"`
	Platform    []savedKey `json:"platform"`
}

type savedKey struct {
	ID          string `json:"id"`
	Key         []byte `json:"key"`
	Certificate []byte `json:"certificate,omitempty"`
}

// Save writes the state of the gateway into a folder, which is made if it is not there: keys,
// time, orders and all else that it plays. The file holds private keys, and can be read by its
// owner only. Webhooks that are on their way, armed faults and recorded requests are not saved.
func (g *Gateway) Save(dir string) error {
	if err := g.checkMade(); err != nil {
		return err
	}
	data, err := g.state()
	if err != nil {
		return fmt.Errorf("sandbox: Save: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("sandbox: Save: %w", err)
	}
	err = media.Save(filepath.Join(dir, stateFile), func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		return fmt.Errorf("sandbox: Save: %w", err)
	}
	return nil
}

// state returns the file. Nothing is played meanwhile, so that the parts agree.
func (g *Gateway) state() ([]byte, error) {
	g.playing.Lock()
	defer g.playing.Unlock()
	state := savedState{
		Version: stateVersion, Ahead: g.clock.aheadBy(), Token: g.token, Parts: map[string]json.RawMessage{},
		PlatformCertificate: g.credentials.PlatformCertificate.Raw, APIv2Key: g.merchant.apiV2Key.Reveal(),
	}
	var err error
	if state.RootCA, err = g.authority.save(); err != nil {
		return nil, err
	}
	if state.Merchant, err = g.merchant.save(g.credentials.Certificate); err != nil {
		return nil, err
	}
	if state.Brand, err = g.brand.save(g.credentials.Brand.Certificate); err != nil {
		return nil, err
	}
	for name, p := range g.parts.byName() {
		if state.Parts[name], err = p.Save(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return json.Marshal(state)
}

// Open returns a gateway with the state that [Gateway.Save] wrote into a folder, or a new one if
// there is none. Where there is a state, it takes ids, keys, the APIv3 and APIv2 keys, the balance and the
// token from there, and the rest from cfg.
func Open(cfg Config, dir string) (*Gateway, error) {
	data, err := os.ReadFile(filepath.Join(dir, stateFile)) //nolint:gosec // the folder is the caller's
	if errors.Is(err, fs.ErrNotExist) {
		return New(cfg)
	}
	if err != nil {
		return nil, fmt.Errorf("sandbox: Open: %w", err)
	}
	var state savedState
	if err := json.Unmarshal(data, &state); err != nil {
		return nil, fmt.Errorf("sandbox: Open: %s: %w", stateFile, err)
	}
	if state.Version != stateVersion {
		return nil, fmt.Errorf("sandbox: Open: %s is of version %d, and this sandbox reads version %d; remove the file to begin anew", stateFile, state.Version, stateVersion)
	}
	cfg.ControlToken = state.Token
	g, err := makeGateway(cfg, func(g *Gateway) error { return g.restore(state) })
	if err != nil {
		return nil, fmt.Errorf("sandbox: Open: %s: %w", stateFile, err)
	}
	return g, nil
}

// restore sets the accounts, the time and the parts.
func (g *Gateway) restore(state savedState) (err error) {
	if err := g.clock.advance(state.Ahead); err != nil {
		return err
	}
	merchant, err := g.merchant.restore(state.Merchant, signer.RSA, g.signerOf)
	if err != nil {
		return fmt.Errorf("merchant: %w", err)
	}
	brand, err := g.brand.restore(state.Brand, signer.Brand, g.signerOf)
	if err != nil {
		return fmt.Errorf("brand: %w", err)
	}
	certificate, err := x509.ParseCertificate(state.PlatformCertificate)
	if err != nil {
		return fmt.Errorf("platform certificate: %w", err)
	}
	public := g.merchant.platform.public()
	if public == nil || g.brand.platform.public() == nil {
		return errors.New("WeChat Pay's public key is missing")
	}
	g.credentials = Credentials{
		MchID: g.merchant.id, Serial: g.merchant.serial, PrivateKey: g.merchant.key, Certificate: merchant, APIv3Key: g.merchant.apiV3Key,
		PlatformSerial: signer.Serial(certificate), PlatformCertificate: certificate, PublicKeyID: public.id, PublicKey: &public.key.PublicKey,
	}
	if err := g.restoreV2(state); err != nil {
		return fmt.Errorf("APIv2: %w", err)
	}
	public = g.brand.platform.public()
	g.credentials.Brand = BrandCredentials{
		BrandID: g.brand.id, Serial: g.brand.serial, PrivateKey: g.brand.key, Certificate: brand, APIv3Key: g.brand.apiV3Key,
		PublicKeyID: public.id, PublicKey: &public.key.PublicKey,
	}
	for name, p := range g.parts.byName() {
		if err := p.Load(state.Parts[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// restoreV2 sets what an older sandbox did not save: it is new then.
func (g *Gateway) restoreV2(state savedState) (err error) {
	if g.merchant.apiV2Key = cipher.NewSecret(state.APIv2Key); state.APIv2Key == "" {
		g.merchant.apiV2Key = newKey()
	}
	if state.RootCA.Certificate == nil {
		g.authority, err = newAuthority(g.clock.wall())
	} else {
		g.authority, err = restoreAuthority(state.RootCA)
	}
	g.credentials.APIv2Key, g.credentials.RootCA = g.merchant.apiV2Key, g.authority.cert
	return err
}

func (a *account) save(certificate *x509.Certificate) (saved savedAccount, err error) {
	a.platform.mu.Lock()
	defer a.platform.mu.Unlock()
	saved = savedAccount{ID: a.id, Certificate: certificate.Raw, APIv3Key: a.apiV3Key.Reveal(), Signing: a.platform.signing, Percent: a.platform.percent}
	if saved.Key, err = x509.MarshalPKCS8PrivateKey(a.key); err != nil {
		return saved, err
	}
	for _, k := range a.platform.keys {
		one := savedKey{ID: k.id}
		if one.Key, err = x509.MarshalPKCS8PrivateKey(k.key); err != nil {
			return saved, err
		}
		if k.cert != nil {
			one.Certificate = k.cert.Raw
		}
		saved.Platform = append(saved.Platform, one)
	}
	return saved, nil
}

// restore returns the certificate of the caller.
func (a *account) restore(saved savedAccount, scheme signer.Scheme, signerOf func(*rsa.PrivateKey) (signer.Signer, error)) (*x509.Certificate, error) {
	certificate, err := x509.ParseCertificate(saved.Certificate)
	if err != nil {
		return nil, err
	}
	key, err := rsaKey(saved.Key)
	if err != nil {
		return nil, err
	}
	platform := make([]platformKey, len(saved.Platform))
	for i, one := range saved.Platform {
		k := &platform[i]
		k.id = one.ID
		if k.key, err = rsaKey(one.Key); err != nil {
			return nil, err
		}
		if k.signer, err = signerOf(k.key); err != nil {
			return nil, err
		}
		if one.Certificate == nil {
			continue
		}
		if k.cert, err = x509.ParseCertificate(one.Certificate); err != nil {
			return nil, err
		}
	}
	a.platform.signing, a.platform.percent = saved.Signing, saved.Percent
	return certificate, a.set(saved.ID, signer.Serial(certificate), scheme, key, cipher.NewSecret(saved.APIv3Key), platform...)
}

func rsaKey(der []byte) (*rsa.PrivateKey, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%w: %T", signer.ErrNotRSA, parsed)
	}
	return key, nil
}
