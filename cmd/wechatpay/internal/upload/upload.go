// Package upload has the command that uploads a file.
package upload

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/args"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/complete"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/errtext"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// options are the flags.
type options struct {
	as, contentType string
	fields, vars    []string
}

// Command returns the command.
func Command(a *app.App) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "upload FILE --as NAME|PATH",
		Short: a.T("Upload an image, a video or another file", "上传图片、视频或其他文件"),
		Long: a.T("Upload a file to an endpoint that takes one, with the name and the digest that it asks for. The names are:\n\n",
			"上传文件，按接口要求附上文件名和摘要。可用名称：\n\n") + listOf(),
		Example: "  wechatpay upload licence.png --as image\n  wechatpay upload receipt.png --as shopping-receipt -f transaction_id=4200… -f openid=oUpF8…\n  wechatpay upload list.csv --as bank-package --var package_id=1 -f bank_type=CMB",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return failure.Usagef("upload: give one file, such as: wechatpay upload licence.png --as image")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return run(cmd.Context(), a, args[0], o) },
	}
	cmd.Flags().StringVar(&o.as, "as", "", a.T("what it is: a `NAME`, or the path of the endpoint", "用途：`名称`或接口路径"))
	cmd.Flags().StringVar(&o.contentType, "type", "", a.T("its MIME `TYPE`; default: what the content is", "MIME `类型`，默认按内容识别"))
	cmd.Flags().StringArrayVarP(&o.fields, "field", "f", nil, a.T("a `NAME=VALUE` of the part meta", "meta 部分的字段：`名称=值`"))
	cmd.Flags().StringArrayVar(&o.vars, "var", nil, a.T("the value of a {variable} of the path: `NAME=VALUE`", "路径中 {变量} 的值：`名称=值`"))
	_ = cmd.RegisterFlagCompletionFunc("as", completeAs) // it fails for an unknown flag
	complete.AttachFlags(a, cmd, func([]string) (method, path string) {
		e, err := endpointOf(o.as)
		if err != nil {
			return "", ""
		}
		return e.Method, e.Route()
	})
	return cmd
}

func run(ctx context.Context, a *app.App, file string, o options) error {
	e, err := endpointOf(o.as)
	if err != nil {
		return err
	}
	upload, err := o.upload(e, file)
	if err != nil {
		return err
	}
	vars, err := assignments("--var", o.vars)
	if err != nil {
		return err
	}
	client, err := a.Client(ctx, nil)
	if err != nil {
		return err
	}
	if err := a.CareFor(ctx, e.Method+" "+e.Route(), a.T("file: ", "文件：")+errtext.Printable(file)); err != nil {
		return err
	}
	opts := &wechatpay.Options{Body: upload, Vars: vars}
	for _, f := range e.Body.All() {
		if f.Encrypted {
			opts.Encrypt = wechatpay.Auto()
		}
	}
	chain := client.Chain(e.Route())
	if e.Base != "" {
		chain = chain.WithBaseURL(e.Base)
	}
	reply, err := chain.Post(ctx, opts)
	if err != nil {
		return err
	}
	if err := a.Result(reply.Bytes()); err != nil {
		return &failure.DoneError{Err: err}
	}
	return nil
}

// upload is the file with the fields of its part meta.
func (o options) upload(e catalogue.Endpoint, file string) (*media.Upload, error) {
	switch info, err := os.Stat(file); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, failure.Usagef("%s is not there; check the path of the file", file)
	case err != nil:
		return nil, failure.Usagef("%w", err)
	case info.IsDir():
		return nil, failure.Usagef("%s is a folder; name a file in it", file)
	}
	upload := media.File(file)
	upload.ContentType = o.contentType
	texts, err := assignments("-f", o.fields)
	if err != nil {
		return nil, err
	}
	traits, _ := endpoint.Lookup(e.Method, e.Path)
	if form := traits.Upload; form.Algorithm == "SM3" && texts[form.DigestField] == nil {
		return nil, failure.Usagef("%s takes the digest of the file by SM3, which is not computed here; give it by -f %s=…", e.Route(), form.DigestField)
	}
	if len(texts) == 0 {
		return upload, nil
	}
	meta, err := typed(e, texts)
	upload.Meta = meta
	return upload, err
}

// assignments are the values of flags NAME=VALUE.
func assignments(flag string, list []string) (wechatpay.M, error) {
	values := wechatpay.M{}
	for _, text := range list {
		name, value, err := args.Pair(text)
		if err != nil {
			return nil, failure.Usagef("%s: %w", flag, err)
		}
		if _, twice := values[name]; twice {
			return nil, failure.Usagef("%s %s: it is there twice", flag, name)
		}
		values[name] = value
	}
	if len(values) == 0 {
		return nil, nil
	}
	return values, nil
}
