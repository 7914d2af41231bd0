package cert

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// An inspection is what inspect says of a file.
type inspection struct {
	File        string     `json:"file"`
	Kind        string     `json:"kind"`
	Serial      string     `json:"serial,omitempty"`
	MchID       string     `json:"mchid,omitempty"` // of a merchant's certificate
	Subject     string     `json:"subject,omitempty"`
	Issuer      string     `json:"issuer,omitempty"`
	NotBefore   *time.Time `json:"not_before,omitempty"`
	NotAfter    *time.Time `json:"not_after,omitempty"`
	DaysLeft    *int       `json:"days_left,omitempty"`
	Bits        int        `json:"rsa_bits"`
	Fingerprint string     `json:"key_sha256"`         // of the public key
	Match       string     `json:"match,omitempty"`    // the file that it is compared with
	Matches     *bool      `json:"matches,omitempty"`  // whether the two have the same key
	Problems    []string   `json:"problems,omitempty"` // what has to be mended
}

func inspect(a *app.App) *cobra.Command {
	var asJSON bool
	var match string
	p := passwords{app: a}
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: a.T("Show what a key or certificate file is", "查看密钥或证书文件"),
		Long: a.T("Show what a file holds, in PEM, DER, base64 or PKCS#12: its kind, serial number, merchant, the days left, the key. --match says whether another file has the same key. The exit code is 1 if the certificate has ended or the keys differ.",
			"查看文件内容（PEM、DER、base64 或 PKCS#12）：类型、序列号、商户号、剩余天数、密钥。--match 检查另一文件的密钥是否一致。证书过期或密钥不一致时退出码为 1。"),
		Example: "  wechatpay cert inspect apiclient_cert.pem --match apiclient_key.pem\n  wechatpay cert inspect apiclient_cert.p12",
		Args:    oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := p.load(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			i := inspectionOf(a, args[0], found)
			if match != "" {
				other, err := p.load(cmd.Context(), match)
				if err != nil {
					return err
				}
				i.compare(match, found, other)
			}
			if err := i.write(a, found, asJSON); err != nil || len(i.Problems) == 0 {
				return err
			}
			return errors.New(args[0] + ": " + strings.Join(i.Problems, "; "))
		},
	}
	cmd.Flags().StringVar(&match, "match", "", a.T("another `FILE`, which must have the same key", "另一`文件`，其密钥应一致"))
	cmd.Flags().BoolVar(&asJSON, "json", false, a.T("as JSON", "输出 JSON"))
	p.register(cmd)
	return cmd
}

func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return failure.Usagef("%s: give one file, such as apiclient_cert.pem", cmd.CommandPath())
	}
	return nil
}

func inspectionOf(a *app.App, file string, c contents) inspection {
	key := c.key()
	kind, _ := c.kind()
	i := inspection{File: file, Kind: kind, Bits: key.N.BitLen(), Fingerprint: fingerprint(c)}
	if c.certificate == nil {
		return i
	}
	cert, days := c.certificate, daysLeft(a, c.certificate)
	i.Serial, i.Subject, i.Issuer = signer.Serial(cert), cert.Subject.String(), cert.Issuer.String()
	i.NotBefore, i.NotAfter, i.DaysLeft = &cert.NotBefore, &cert.NotAfter, &days
	if name := cert.Subject.CommonName; name != "" && strings.Trim(name, "0123456789") == "" {
		i.MchID = name
	}
	switch {
	case days < 0:
		i.Problems = append(i.Problems, "the certificate has ended; renew it in the merchant console")
	case a.Now().Before(cert.NotBefore):
		i.Problems = append(i.Problems, "the certificate has not begun; check the clock")
	}
	if c.private != nil && !c.private.PublicKey.Equal(key) {
		i.Problems = append(i.Problems, "the private key is not that of the certificate")
	}
	return i
}

// fingerprint is the SHA-256 of the public key.
func fingerprint(c contents) string {
	der, err := x509.MarshalPKIXPublicKey(c.key())
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

func (i *inspection) compare(file string, c, other contents) {
	same := c.key().Equal(other.key())
	i.Match, i.Matches = file, &same
	if !same {
		kind, _ := other.kind()
		i.Problems = append(i.Problems, fmt.Sprintf("its key is not that of %s, a %s; take both from the same download", file, kind))
	}
}

func (i *inspection) write(a *app.App, c contents, asJSON bool) error {
	if asJSON {
		return a.ResultOf(i)
	}
	var b bytes.Buffer
	row := func(english, chinese, format string, args ...any) {
		if text := fmt.Sprintf(format, args...); text != "" {
			fmt.Fprintf(&b, "%s: %s\n", a.T(english, chinese), text)
		}
	}
	fmt.Fprintf(&b, "%s: %s\n", i.File, a.T(c.kind()))
	row("serial", "序列号", "%s", i.Serial)
	row("merchant", "商户号", "%s", i.MchID)
	row("subject", "主题", "%s", i.Subject)
	row("issuer", "颁发者", "%s", i.Issuer)
	if i.NotAfter != nil {
		row("valid", "有效期", "%s – %s, %s", i.NotBefore.UTC().Format(time.DateOnly), i.NotAfter.UTC().Format(time.DateOnly), left(a, *i.DaysLeft))
	}
	row("key", "密钥", "RSA %d, SHA-256 %s", i.Bits, i.Fingerprint)
	if i.Matches != nil && *i.Matches {
		row("same key as", "密钥一致", "%s", i.Match)
	}
	_, err := a.Out.Write(b.Bytes())
	return err
}

func serial(a *app.App) *cobra.Command {
	p := passwords{app: a}
	cmd := &cobra.Command{
		Use:     "serial FILE",
		Short:   a.T("Print the serial number of a certificate", "输出证书序列号"),
		Example: "  wechatpay cert serial apiclient_cert.pem",
		Args:    oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := p.load(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			switch {
			case found.certificate != nil:
				_, err = fmt.Fprintln(a.Out, signer.Serial(found.certificate))
				return err
			case found.private != nil:
				return failure.Usagef("%s is a private key, which has no serial number; take the certificate, apiclient_cert.pem", args[0])
			}
			return failure.Usagef("%s is a public key, which has no serial number; its id, PUB_KEY_ID_…, stands beside it in the merchant console", args[0])
		},
	}
	p.register(cmd)
	return cmd
}
