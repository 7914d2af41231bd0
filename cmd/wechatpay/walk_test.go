package main_test

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
)

// root returns the command in a language.
func root(language string) *cobra.Command {
	return cli.Root(&app.App{
		In: strings.NewReader(""), Out: &strings.Builder{}, Err: &strings.Builder{}, Now: time.Now,
		Getenv: func(name string) (string, bool) { return language, name == "WECHATPAY_LANG" },
	})
}

func each(cmd *cobra.Command, f func(*cobra.Command)) {
	f(cmd)
	for _, below := range cmd.Commands() {
		each(below, f)
	}
}

func isChinese(text string) bool {
	return strings.ContainsFunc(text, func(c rune) bool { return unicode.Is(unicode.Han, c) })
}

// TestLanguages: every command and flag is explained in both languages.
func TestLanguages(t *testing.T) {
	t.Parallel()
	each(root("en"), func(cmd *cobra.Command) {
		assert.NotEmpty(t, cmd.Short, cmd.CommandPath())
		assert.False(t, isChinese(cmd.Short), "%s: %s", cmd.CommandPath(), cmd.Short)
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Hidden {
				return // it is there for its error
			}
			assert.NotEmpty(t, f.Usage, "%s --%s", cmd.CommandPath(), f.Name)
			assert.False(t, isChinese(f.Usage), "%s --%s: %s", cmd.CommandPath(), f.Name, f.Usage)
		})
	})
	each(root("zh_CN"), func(cmd *cobra.Command) {
		assert.True(t, isChinese(cmd.Short), "%s: %s", cmd.CommandPath(), cmd.Short)
		assert.True(t, cmd.Long == "" || isChinese(cmd.Long), "%s: %s", cmd.CommandPath(), cmd.Long)
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			assert.True(t, f.Hidden || isChinese(f.Usage) || values.MatchString(f.Usage), "%s --%s: %s", cmd.CommandPath(), f.Name, f.Usage)
		})
	})
}

// values are the texts of flags that are the same in every language.
var values = regexp.MustCompile(`^[A-Za-z0-9]+(, [A-Za-z0-9]+)*$`)

var secretName = regexp.MustCompile(`(?i)key|secret|password|token|passphrase`)

// TestNoFlagTakesASecret: the arguments of a process can be read by everybody.
func TestNoFlagTakesASecret(t *testing.T) {
	t.Parallel()
	each(root("en"), func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			public := strings.HasSuffix(f.Name, "-file") || strings.HasSuffix(f.Name, "-stdin") || f.Name == "public-key-id" || f.Name == "keyring"
			assert.False(t, secretName.MatchString(f.Name) && !public, "%s --%s", cmd.CommandPath(), f.Name)
		})
	})
}
