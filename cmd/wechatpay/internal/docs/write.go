package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
)

// write writes the man pages and the completion files into a folder.
func write(folder, epoch string) error {
	date := time.Unix(0, 0)
	if seconds, err := strconv.ParseInt(epoch, 10, 64); err == nil {
		date = time.Unix(seconds, 0).UTC()
	}
	for _, place := range []struct{ below, language string }{{"man/man1", "en"}, {"man/zh_CN/man1", "zh_CN"}} {
		dir := filepath.Join(folder, filepath.FromSlash(place.below))
		if err := os.MkdirAll(dir, 0o750); err != nil { //nolint:gosec // the caller names the folder
			return err
		}
		header := &doc.GenManHeader{Section: "1", Source: "wechatpay " + wechatpay.Version, Manual: "wechatpay", Date: &date}
		if err := doc.GenManTree(root(place.language), header, dir); err != nil {
			return err
		}
	}
	return completions(filepath.Join(folder, "completions"), root("en"))
}

// root returns the command in a language.
func root(language string) *cobra.Command {
	a := &app.App{
		In: strings.NewReader(""), Out: os.Stdout, Err: os.Stderr, Now: time.Now,
		Getenv: func(name string) (string, bool) {
			switch name {
			case "WECHATPAY_LANG":
				return language, true
			case "HOME", "USERPROFILE": // a page names nobody's folder
				return "~", true
			}
			return "", false
		},
	}
	cmd := cli.Root(a)
	cmd.DisableAutoGenTag = true
	return cmd
}

// completions writes the files under the names that each shell looks for.
func completions(dir string, cmd *cobra.Command) error {
	if err := os.MkdirAll(dir, 0o750); err != nil { //nolint:gosec // the caller names the folder
		return err
	}
	for name, generate := range map[string]func(file string) error{
		"wechatpay.bash": func(file string) error { return cmd.GenBashCompletionFileV2(file, true) },
		"_wechatpay":     cmd.GenZshCompletionFile,
		"wechatpay.fish": func(file string) error { return cmd.GenFishCompletionFile(file, true) },
		"wechatpay.ps1":  cmd.GenPowerShellCompletionFileWithDesc,
	} {
		if err := generate(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}
