package doctor

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cipher"
)

// privateKeyText is a key in PEM with something in it: a word about PEM in a comment is none.
var privateKeyText = regexp.MustCompile(`-----BEGIN (?:RSA |EC |ENCRYPTED )?PRIVATE KEY-----(?:\\n|[\s"'+]){1,16}[A-Za-z0-9+/]{40}`)

// maxSource is the largest file of source code that is looked at.
const maxSource = 1 << 20

// checkSource looks for keys in a folder of source code. It prints the names of files alone.
func (p *patient) checkSource(folder string) {
	if folder == "" {
		p.skip(checkSource, p.T("name a folder by --source, to see that no key stands in it", "用 --source 指定源代码目录，以确认其中没有密钥"))
		return
	}
	var secrets []string
	for _, name := range []string{"WECHATPAY_APIV3_KEY", "WECHATPAY_APIV2_KEY"} {
		if key := p.secret(name); key.Len() == cipher.KeySize {
			secrets = append(secrets, key.Reveal())
		}
	}
	found, seen := "", 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != folder && (entry.Name() == "node_modules" || strings.HasPrefix(entry.Name(), ".") && entry.Name() != ".github"):
			return filepath.SkipDir
		case !entry.Type().IsRegular():
			return nil
		}
		seen++
		holds, err := holdsKey(path, secrets)
		if holds {
			found = path
			return fs.SkipAll
		}
		return err
	})
	switch {
	case found != "":
		p.fail(checkSource, p.T("a key stands in ", "含有密钥的文件：")+source2name(found), p.T("take it out, and make a new key: the old one is in the history", "移除并更换密钥：旧密钥仍在提交历史中"))
	case err != nil:
		p.fail(checkSource, errors.Unwrap(err).Error(), p.T("name a folder that can be read", "指定可读的目录"))
	default:
		p.ok(checkSource, p.T("no key in %d files", "%d 个文件中没有密钥"), seen)
	}
}

// holdsKey reports whether a file has a private key, or one of the secrets.
func holdsKey(path string, secrets []string) (bool, error) {
	file, err := os.Open(path) //nolint:gosec // the user names the folder
	if err != nil {
		return false, err
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, maxSource))
	if err != nil {
		return false, fmt.Errorf("%s: %w", path, err)
	}
	if privateKeyText.Match(data) {
		return true, nil
	}
	for _, secret := range secrets {
		if bytes.Contains(data, []byte(secret)) {
			return true, nil
		}
	}
	return false, nil
}
