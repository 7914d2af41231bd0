package cert

import (
	"bufio"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// contents are what a file holds: at least one of them.
type contents struct {
	certificate *x509.Certificate
	private     *rsa.PrivateKey
	public      *rsa.PublicKey // of a file that holds neither of the others
}

// key returns the public key of the contents.
func (c contents) key() *rsa.PublicKey {
	switch {
	case c.certificate != nil:
		key, _ := c.certificate.PublicKey.(*rsa.PublicKey) // package keys loads no other
		return key
	case c.private != nil:
		return &c.private.PublicKey
	}
	return c.public
}

// kind says what the contents are, in English and in Chinese.
func (c contents) kind() (english, chinese string) {
	switch {
	case c.certificate != nil && c.private != nil:
		return "certificate and private key", "证书和私钥"
	case c.certificate != nil:
		return "certificate", "证书"
	case c.private != nil:
		return "private key", "私钥"
	}
	return "public key", "公钥"
}

// passwords knows where the pass phrase of a file comes from: the environment, a line of
// standard input, the merchant id as in apiclient_cert.p12, or a person.
type passwords struct {
	app   *app.App
	stdin bool
	read  *cipher.Secret // of stdin, which is read once
}

func (p *passwords) register(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&p.stdin, "password-stdin", false, p.app.T("read the pass phrase of a .p12 or an encrypted key from standard input", "从标准输入读取 .p12 或加密私钥的密码"))
}

// load reads a file in any encoding.
func (p *passwords) load(ctx context.Context, file string) (contents, error) {
	source := keys.File(file).Once() // a pipe is empty the second time
	found, err := parse(source)
	if !errors.Is(err, keys.ErrPassword) {
		return found, usage(err)
	}
	for _, candidate := range []func(context.Context, string) (cipher.Secret, error){p.given, p.merchant, p.ask} {
		password, err := candidate(ctx, file)
		if err != nil {
			return contents{}, err
		}
		if password.IsZero() {
			continue
		}
		if found, err = parse(source.WithPassword(password)); !errors.Is(err, keys.ErrPassword) {
			return found, usage(err)
		}
	}
	return contents{}, failure.Usagef("%s is encrypted, and its pass phrase is missing or wrong; set WECHATPAY_PRIVATE_KEY_PASSWORD_FILE, or pipe it in with --password-stdin; that of apiclient_cert.p12 is the merchant id", file)
}

func usage(err error) error {
	if err == nil {
		return nil
	}
	return &failure.UsageError{Err: err}
}

// given is the pass phrase of standard input, or of the environment.
func (p *passwords) given(context.Context, string) (cipher.Secret, error) {
	if p.stdin && !p.app.InIsTerminal() {
		if p.read == nil {
			line, _ := bufio.NewReader(p.app.In).ReadString('\n')
			secret := cipher.NewSecret(strings.TrimRight(line, "\r\n"))
			p.read = &secret
		}
		return *p.read, nil
	}
	const name = "WECHATPAY_PRIVATE_KEY_PASSWORD"
	if text, ok := p.app.Getenv(name); ok && text != "" {
		return cipher.NewSecret(text), nil
	}
	if file, ok := p.app.Getenv(name + "_FILE"); ok && file != "" {
		data, err := os.ReadFile(file) //nolint:gosec // the user names the file
		if err != nil {
			return cipher.Secret{}, failure.Usagef("%s_FILE: %w", name, err)
		}
		return cipher.NewSecret(strings.TrimRight(string(data), "\r\n")), nil
	}
	return cipher.Secret{}, nil
}

// merchant is the merchant id of the environment: the pass phrase of the console's .p12.
func (p *passwords) merchant(context.Context, string) (cipher.Secret, error) {
	id, _ := p.app.Getenv("WECHATPAY_MCHID")
	return cipher.NewSecret(id), nil
}

// ask asks the person, without an echo.
func (p *passwords) ask(ctx context.Context, file string) (cipher.Secret, error) {
	if !p.app.InIsTerminal() {
		return cipher.Secret{}, nil
	}
	text, err := p.app.AskSecret(ctx, fmt.Sprintf(p.app.T("Pass phrase of %s (that of apiclient_cert.p12 is the merchant id)", "%s 的密码（apiclient_cert.p12 的密码为商户号）"), file))
	return cipher.NewSecret(text), err
}

// parse reads all that a source holds. An expired certificate is no error here.
func parse(source keys.Source) (contents, error) {
	var c contents
	var err error
	if c.certificate, err = keys.LoadCertificate(source); err != nil && !errors.Is(err, signer.ErrExpired) && !errors.Is(err, keys.ErrKeyKind) {
		return contents{}, err
	}
	if c.private, err = keys.LoadPrivateKey(source); err != nil && !errors.Is(err, keys.ErrKeyKind) {
		return contents{}, err
	}
	if c.certificate == nil && c.private == nil {
		if c.public, err = keys.LoadPublicKey(source); err != nil {
			return contents{}, err
		}
	}
	return c, nil
}
