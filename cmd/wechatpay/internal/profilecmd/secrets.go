package profilecmd

import (
	"bufio"
	"context"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// secrets reads the secrets for the keyring: from a pipe one a line, from a person without
// showing what is typed.
func (r *adding) secrets(ctx context.Context) (map[string]string, error) {
	if len(r.keyring) == 0 {
		return nil, nil
	}
	in, err := r.app.Stdin("--keyring")
	if err != nil {
		return nil, err
	}
	lines, secrets := bufio.NewReader(in), map[string]string{}
	for _, key := range r.keyring {
		var secret string
		if r.app.InIsTerminal() {
			if secret, err = r.app.AskSecret(ctx, key); err != nil {
				return nil, err
			}
		} else {
			line, _ := lines.ReadString('\n')
			secret = strings.TrimRight(line, "\r\n")
		}
		if secret == "" {
			return nil, failure.Usagef("--keyring %s: the secret is empty; give it on stdin, one a line", key)
		}
		secrets[key] = secret
	}
	return secrets, nil
}
