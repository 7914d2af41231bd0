package explore

import (
	"fmt"
	"go/format"
	"net/http"
	"strconv"
	"strings"
)

// goSnippet is a program with this library, whose credentials come from the environment.
func goSnippet(s source) (string, error) {
	imports := `"context"
"fmt"
"log"
`
	var call, show string
	chain := fmt.Sprintf("client.Chain(%q)", s.Route())
	if s.Base != "" {
		chain += fmt.Sprintf(".WithBaseURL(%q)", s.Base)
	}
	options := goOptions(s)
	switch {
	case s.Kind == "redirect-url":
		call = fmt.Sprintf("url, err := %s.BrowserURL(context.Background(), &wechatpay.Options{%s})", chain, options)
		show = "fmt.Println(url)"
	case s.isBill():
		call = fmt.Sprintf("file, err := %s.Download(context.Background(), \"bill.csv\", &wechatpay.DownloadOptions{%s})", chain, options)
		show = "fmt.Println(file.Path, file.Size)"
	default:
		call = fmt.Sprintf("reply, err := %s.%s(context.Background(), &wechatpay.Options{%s})", chain, goMethod(s.Method), options)
		show = "fmt.Println(string(reply.Bytes()))"
	}
	before := ""
	own := `"github.com/wechatpay-chain/wechatpay"
`
	if s.Features.Multipart != nil {
		own += `"github.com/wechatpay-chain/wechatpay/media"
`
		before = "upload := media.File(\"FILE\")\n"
		if len(s.body.members) > 0 {
			before += "upload.Meta = " + goValue(s.body) + "\n"
		}
	}
	if s.Features.Sink && !s.isBill() {
		imports += "\"os\"\n"
		before += "file, err := os.Create(\"FILE\")\nif err != nil {\nlog.Fatal(err)\n}\n"
		show = "if err := file.Close(); err != nil {\nlog.Fatal(err)\n}\nfmt.Println(reply.StatusCode)"
	}
	program := fmt.Sprintf(`%spackage main

import (
%s
%s)

func main() {
	client, err := wechatpay.FromEnv() // WECHATPAY_MCHID, WECHATPAY_PRIVATE_KEY_FILE, …
	if err != nil {
		log.Fatal(err)
	}
%s%s
	if err != nil {
		log.Fatal(err)
	}
	%s
}
`, s.heading("// "), imports, own, before, call, show)
	source, err := format.Source([]byte(program))
	if err != nil {
		return "", fmt.Errorf("the snippet is no Go: %w", err)
	}
	return string(source), nil
}

func goMethod(method string) string {
	switch method {
	case http.MethodPost:
		return "Post"
	case http.MethodPut:
		return "Put"
	case http.MethodPatch:
		return "Patch"
	case http.MethodDelete:
		return "Delete"
	}
	return "Get"
}

// goOptions are the fields of the Options.
func goOptions(s source) string {
	var b strings.Builder
	if len(s.vars.members) > 0 {
		b.WriteString("\nVars: " + goValue(s.vars) + ",")
	}
	if len(s.query.members) > 0 {
		b.WriteString("\nQuery: " + goValue(s.query) + ",")
	}
	switch {
	case s.Features.Multipart != nil:
		b.WriteString("\nBody: upload,")
	case s.body.kind != 0 && s.Version == 2:
		b.WriteString("\nXML: " + goValue(s.body) + ",")
	case s.body.kind != 0:
		b.WriteString("\nJSON: " + goValue(s.body) + ",")
	}
	if s.encrypts() {
		b.WriteString("\nEncrypt: wechatpay.Auto(),")
	}
	if s.decrypts() {
		b.WriteString("\nDecrypt: wechatpay.Auto(),")
	}
	if s.Features.Sink && !s.isBill() {
		b.WriteString("\nSink: file,")
	}
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	return b.String()
}

func goValue(n node) string {
	switch n.kind {
	case '"':
		return strconv.Quote(n.text)
	case 0:
		if n.text == "null" {
			return "nil"
		}
		return n.text
	}
	opening, items := "wechatpay.M{", make([]string, len(n.members))
	if n.kind == '[' {
		opening = "[]any{"
	}
	for i, m := range n.members {
		name, note := "", ""
		if n.kind == '{' {
			name = strconv.Quote(m.name) + ": "
		}
		if m.label != "" {
			note = " // " + m.label
		}
		items[i] = name + withNote(goValue(m.value), ",", note)
	}
	if len(items) == 0 {
		return opening + "}"
	}
	return opening + "\n" + strings.Join(items, "\n") + "\n}"
}

// withNote puts a note behind the first line of a value.
func withNote(value, comma, note string) string {
	first, rest, more := strings.Cut(value, "\n")
	if !more {
		return value + comma + note
	}
	return first + note + "\n" + rest + comma
}
