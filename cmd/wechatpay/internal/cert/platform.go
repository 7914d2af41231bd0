package cert

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/table"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A platformCertificate is a line of list, and of download.
type platformCertificate struct {
	Serial    string    `json:"serial"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	DaysLeft  int       `json:"days_left"`
	File      string    `json:"file,omitempty"`
}

func list(a *app.App) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:               "list",
		Short:             a.T("List the platform certificates", "列出平台证书"),
		Long:              a.T("List WeChat Pay's platform certificates, which the APIv3 key decrypts. The newest comes first.", "列出平台证书（由 APIv3 密钥解密），最新的在前。"),
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			certificates, err := platform(cmd.Context(), a)
			if err != nil {
				return err
			}
			return write(a, rowsOf(a, certificates), asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, a.T("as a JSON list", "输出 JSON 列表"))
	return cmd
}

func download(a *app.App) *cobra.Command {
	var asJSON, force bool
	var dir string
	cmd := &cobra.Command{
		Use:   "download",
		Short: a.T("Save the platform certificates as files", "下载平台证书到文件"),
		Long: a.T("Save WeChat Pay's platform certificates, one file each: wechatpay_SERIAL.pem. A file that is there with another content stays as it is without --force.",
			"下载平台证书，每个一个文件：wechatpay_序列号.pem。内容不同的已有文件不会被覆盖，除非加 --force。"),
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			certificates, err := platform(cmd.Context(), a)
			if err != nil {
				return err
			}
			rows := rowsOf(a, certificates)
			for i, c := range certificates {
				if rows[i].File, err = save(dir, c, force); err != nil {
					return err
				}
			}
			return write(a, rows, asJSON)
		},
	}
	cmd.Flags().StringVarP(&dir, "output", "o", ".", a.T("the `FOLDER`", "保存到的`目录`"))
	cmd.Flags().BoolVar(&force, "force", false, a.T("overwrite files", "覆盖已有文件"))
	cmd.Flags().BoolVar(&asJSON, "json", false, a.T("as a JSON list", "输出 JSON 列表"))
	_ = cmd.MarkFlagDirname("output") // it fails for an unknown flag
	return cmd
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return failure.Usagef("%s takes no argument; %q is one too many", cmd.CommandPath(), args[0])
	}
	return nil
}

// platform downloads the platform certificates, the newest first.
func platform(ctx context.Context, a *app.App) ([]*x509.Certificate, error) {
	client, err := a.Client(ctx, nil)
	if err != nil {
		return nil, err
	}
	keyring, ok := client.PlatformKeys().(*keys.Keyring)
	if !ok {
		return nil, failure.Usagef("the platform certificates are encrypted with the APIv3 key; set WECHATPAY_APIV3_KEY_FILE or WECHATPAY_APIV3_KEY")
	}
	if err := keyring.Refresh(ctx); err != nil {
		return nil, err
	}
	var certificates []*x509.Certificate
	for _, key := range keyring.All() {
		if c, ok := key.(*x509.Certificate); ok {
			certificates = append(certificates, c)
		}
	}
	if len(certificates) == 0 {
		return nil, keys.ErrNoCertificates
	}
	slices.SortFunc(certificates, func(x, y *x509.Certificate) int { return y.NotBefore.Compare(x.NotBefore) })
	return certificates, nil
}

func rowsOf(a *app.App, certificates []*x509.Certificate) []platformCertificate {
	rows := make([]platformCertificate, len(certificates))
	for i, c := range certificates {
		rows[i] = platformCertificate{Serial: signer.Serial(c), NotBefore: c.NotBefore, NotAfter: c.NotAfter, DaysLeft: daysLeft(a, c)}
	}
	return rows
}

// daysLeft returns the whole days until the certificate ends; negative if it has.
func daysLeft(a *app.App, c *x509.Certificate) int {
	left := c.NotAfter.Sub(a.Now())
	days := int(left / (24 * time.Hour))
	if left < 0 {
		days--
	}
	return days
}

func write(a *app.App, rows []platformCertificate, asJSON bool) error {
	if asJSON {
		return a.ResultOf(rows)
	}
	cells := make([][]string, len(rows))
	for i, r := range rows {
		valid := r.NotBefore.UTC().Format(time.DateOnly) + " – " + r.NotAfter.UTC().Format(time.DateOnly)
		cells[i] = []string{r.Serial, valid, left(a, r.DaysLeft), r.File}
	}
	return table.Write(a.Out, cells)
}

func left(a *app.App, days int) string {
	if days < 0 {
		return a.T("EXPIRED", "已过期")
	}
	return fmt.Sprintf(a.T("%d days left", "剩余 %d 天"), days)
}

// save writes a certificate to its file, unless it is there already.
func save(dir string, c *x509.Certificate, force bool) (file string, err error) {
	file = filepath.Join(dir, "wechatpay_"+signer.Serial(c)+".pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	switch old, err := os.ReadFile(file); { //nolint:gosec // the user names the folder
	case err == nil && bytes.Equal(old, text):
		return file, nil
	case err == nil && !force:
		return "", failure.Usagef("%s is there with another content; add --force to overwrite it, or name another folder by -o", file)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", failure.Usagef("%w", err)
	}
	err = media.Save(file, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return "", failure.Usagef("the folder %s is not there; create it first", dir)
	}
	return file, err
}
