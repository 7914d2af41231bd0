package explore

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/complete"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

func skeleton(a *app.App) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "skeleton [METHOD] PATH",
		Short: a.T("Write a body to fill in", "生成待填写的请求体"),
		Long: a.T("Write a JSON body with the required fields of an endpoint, to fill in and to send by --input. Texts are empty, numbers 0, and a field with known values has the first.",
			"生成包含必填字段的 JSON 请求体，填写后用 --input 发送。文本为空，数字为 0，有固定取值的字段取第一个。"),
		Example:           "  wechatpay skeleton POST v3/pay/transactions/jsapi >order.json\n  wechatpay post v3/pay/transactions/jsapi --input order.json",
		Args:              oneEndpoint,
		ValidArgsFunction: complete.Endpoint,
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := endpointOf(cmd, args)
			if err != nil {
				return err
			}
			fields := bodyOf(e)
			if len(fields) == 0 {
				return failure.Usagef("%s %s takes no body; wechatpay describe %[1]s %[2]s shows what it takes", e.Method, e.Route())
			}
			var b bytes.Buffer
			if err := json.Indent(&b, form{all: all, texts: e.Version == 2}.object(fields), "", "  "); err != nil {
				return err
			}
			if err := a.Result(b.Bytes()); err != nil {
				return err
			}
			if list := alternatives(fields); !all && len(list) > 1 {
				a.Note(a.T("left out, as none is required by itself: %s; WeChat Pay may need one of them: wechatpay describe %s %s",
					"未包含（单独均非必填）：%s；可能需要其中之一：wechatpay describe %s %s"), strings.Join(list, ", "), e.Method, e.Route())
			}
			if list := encrypted(fields, all); len(list) > 0 {
				a.Note(a.T("encrypted: %s; send with --encrypt auto", "需加密的字段：%s；发送时加 --encrypt auto"), strings.Join(list, ", "))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, a.T("all fields, not the required ones alone", "包含全部字段，而非仅必填字段"))
	return cmd
}

// bodyOf are the fields of the body that a caller fills in: not what the client adds, and of
// an upload those of the part meta that do not come from the file.
func bodyOf(e catalogue.Endpoint) catalogue.Fields {
	fields := slices.Concat(e.JSON, e.XML)
	form := endpoint.Upload{}
	if e.Features.Multipart != nil {
		fields = nil
		for _, part := range e.Body {
			if part.Name == "meta" {
				fields = part.Fields
			}
		}
		traits, _ := endpoint.Lookup(e.Method, e.Path)
		form = traits.Upload
	}
	own := []string{or(form.NameField, "filename"), or(form.DigestField, "sha256"), form.AlgorithmField}
	return slices.DeleteFunc(slices.Clone(fields), func(f catalogue.Field) bool {
		return e.Version == 2 && catalogue.Filled(f.Name) || e.Features.Multipart != nil && slices.Contains(own, f.Name)
	})
}

func or(name, usual string) string {
	if name == "" {
		return usual
	}
	return name
}

// A form says how a skeleton is written.
type form struct {
	all   bool // all fields, not the required ones alone
	texts bool // a boolean is a text, as in APIv2
}

// object is the JSON of an object with the fields.
func (w form) object(fields catalogue.Fields) []byte {
	var b bytes.Buffer
	for _, f := range fields {
		if !w.all && !f.Required {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.Write(text(f.Name))
		b.WriteByte(':')
		b.Write(w.value(f, f.Type))
	}
	return slices.Concat([]byte("{"), b.Bytes(), []byte("}"))
}

// value is the JSON of a value of a type.
func (w form) value(f catalogue.Field, kind string) []byte {
	if held, ok := f.Held(); ok {
		return text(string(form{all: w.all}.value(held, held.Type)))
	}
	element, isList := strings.CutSuffix(kind, "[]")
	switch {
	case isList:
		return slices.Concat([]byte("["), w.value(f, element), []byte("]"))
	case kind == "object":
		return w.object(f.Fields)
	case kind == "string" && len(f.Enum) > 0, w.texts && kind == "boolean" && len(f.Enum) > 0:
		return text(f.Enum[0])
	case len(f.Enum) > 0:
		return []byte(f.Enum[0])
	case kind == "integer" || kind == "number":
		return []byte("0")
	case kind == "boolean" && w.texts:
		return text("false")
	case kind == "boolean":
		return []byte("false")
	}
	return []byte(`""`)
}

func text(s string) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s) // a string cannot fail
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// ofOrder are the names of the numbers that say which order a call is about.
var ofOrder = regexp.MustCompile(`^(transaction_id|out_\w*no|\w*order_id|refund_id)$`)

// alternatives are the numbers of an order that are not required: where there are several, one of
// them mostly is needed, which the catalogue does not say.
func alternatives(fields catalogue.Fields) []string {
	var list []string
	for _, f := range fields {
		if !f.Required && ofOrder.MatchString(f.Name) {
			list = append(list, f.Name)
		}
	}
	return list
}

// encrypted are the paths of the encrypted fields of a skeleton.
func encrypted(fields catalogue.Fields, all bool) []string {
	var list []string
	for _, f := range fields {
		if !all && !f.Required {
			continue
		}
		if f.Encrypted {
			list = append(list, f.Name)
		}
		for _, inner := range encrypted(f.Fields, all) {
			list = append(list, f.Name+"."+inner)
		}
	}
	return list
}
