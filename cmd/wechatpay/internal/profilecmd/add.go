package profilecmd

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/profile"
)

// An adding is a run of profile add.
type adding struct {
	app     *app.App
	values  map[string]*string // by the keys of the config file
	kind    string
	keyring []string
	replace bool
}

func add(a *app.App) *cobra.Command {
	run := &adding{app: a, values: map[string]*string{}}
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: a.T("Add a profile, after checking that its files belong together", "添加配置，并检查各文件是否匹配"),
		Example: `  wechatpay profile add shop --mchid 1900000109 --private-key-file apiclient_key.pem \
    --certificate-file apiclient_cert.pem --public-key-id PUB_KEY_ID_0119… --public-key-file pub_key.pem \
    --apiv3-key-file apiv3_key.txt
  wechatpay profile add shop --kind read-only --mchid 1900000109 … --keyring apiv3_key <apiv3_key.txt`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return run.run(cmd.Context(), args[0]) },
	}
	flags := cmd.Flags()
	for _, key := range profile.Keys() {
		text := help[key]
		run.values[key] = flags.String(flag(key), "", a.T(text[0], text[1]))
	}
	flags.StringVar(&run.kind, "kind", string(profile.Production), a.T("one of "+profile.KindNames, "取值："+profile.KindNames))
	flags.StringSliceVar(&run.keyring, "keyring", nil, a.T(
		"`SECRETS` to keep in the keyring of the system, read from stdin, one a line: "+strings.Join(profile.SecretKeys(), ", "),
		"存入系统钥匙串的密钥 `SECRETS`，从 stdin 逐行读取："+strings.Join(profile.SecretKeys(), "、")))
	flags.BoolVar(&run.replace, "replace", false, a.T("replace a profile of that name", "覆盖同名配置"))
	_ = cmd.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(strings.Split(profile.KindNames, ", "), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("keyring", cobra.FixedCompletions(profile.SecretKeys(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func flag(key string) string { return strings.ReplaceAll(key, "_", "-") }

func (r *adding) run(ctx context.Context, name string) error {
	file, err := profile.Load(r.app.Getenv)
	if err != nil {
		return err
	}
	if _, err := file.Profile(name); err == nil && !r.replace {
		return failure.Usagef("profile %s exists; choose another name, or replace it: --replace", name)
	}
	stored, err := r.stored()
	if err != nil {
		return err
	}
	if file, err = file.Add(name, stored); err != nil {
		return err
	}
	secrets, err := r.secrets(ctx)
	if err != nil {
		return err
	}
	if err := r.check(file, name, secrets); err != nil {
		return err
	}
	for key, secret := range secrets {
		if err := profile.Keep(ctx, name, key, secret); err != nil {
			return err
		}
	}
	if err := file.Save(); err != nil {
		return err
	}
	r.app.Note(r.app.T("saved in %s; use it: wechatpay -p %s …, or always: wechatpay profile use %[2]s",
		"已保存到 %s；使用：wechatpay -p %s …，设为默认：wechatpay profile use %[2]s"), file.Path, name)
	return nil
}

// stored is the profile that the flags describe. Paths are made absolute, since a command is
// run from anywhere.
func (r *adding) stored() (*profile.Stored, error) {
	p := &profile.Stored{Kind: profile.Kind(r.kind), Values: map[string]string{}, Keyring: r.keyring}
	if !slices.Contains(strings.Split(profile.KindNames, ", "), r.kind) {
		return nil, failure.Usagef("--kind: unknown kind %q; it is one of %s", r.kind, profile.KindNames)
	}
	for _, key := range r.keyring {
		if !slices.Contains(profile.SecretKeys(), key) {
			return nil, failure.Usagef("--keyring: %.40q is not a secret; it takes %s", key, strings.Join(profile.SecretKeys(), ", "))
		}
	}
	for key, value := range r.values {
		text := *value
		if text == "" {
			continue
		}
		if strings.HasSuffix(key, "_file") && text != "-" {
			absolute, err := filepath.Abs(text)
			if err != nil {
				return nil, failure.Usagef("--%s: %w", flag(key), err)
			}
			text = absolute
		}
		p.Values[key] = text
	}
	if len(p.Values) == 0 {
		return nil, failure.Usagef("the profile is empty; it has at least --mchid and --private-key-file: see wechatpay profile add --help")
	}
	return p, nil
}

// check makes a client of the profile, so that a wrong file is found now.
func (r *adding) check(file *profile.File, name string, secrets map[string]string) error {
	settings, err := file.Settings(name, secrets)
	if err != nil {
		return err
	}
	lookup := func(name string) (string, bool) {
		if value, ok := settings.Lookup(name); value != "-" { // it is read when it is used
			return value, ok
		}
		return "", false
	}
	cfg, err := wechatpay.ConfigFrom(lookup)
	if err != nil {
		return inFlags(err)
	}
	_, err = wechatpay.New(cfg)
	return inFlags(err)
}

// inFlags is an error that speaks of the flags of this command.
func inFlags(err error) error {
	if err == nil {
		return nil
	}
	var pairs []string
	for _, key := range profile.Keys() { // of two that begin alike, the longer one first
		pairs = append([]string{"WECHATPAY_" + strings.ToUpper(key), "--" + flag(key)}, pairs...)
	}
	return failure.Usagef("%w", app.InSettings(err, strings.NewReplacer(pairs...)))
}
