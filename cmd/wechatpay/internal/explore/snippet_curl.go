package explore

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/shell"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
)

// curlSnippet is a command whose signature has to be made elsewhere.
func curlSnippet(s source) (string, error) {
	if s.Features.Multipart != nil {
		return "", failure.Usagef("--lang curl: an upload is signed with the digest of its file; use wechatpay upload FILE --as %s", s.Route())
	}
	var b strings.Builder
	b.WriteString(s.heading("# "))
	dryRun := "wechatpay " + strings.ToLower(s.Method) + " " + shell.QuoteIfNeeded(s.Route())
	for _, m := range s.vars.members {
		dryRun += " --var " + m.name + "=" + m.value.text
	}
	for _, m := range s.query.members {
		dryRun += " -q " + m.name + "=" + shell.QuoteIfNeeded(m.value.text)
	}
	file, before := s.input, ""
	if s.body.kind != 0 {
		if file == "" {
			file = "body.json"
			before = "cat >body.json <<'END'\n" + s.body.json() + "\nEND\n"
		}
		dryRun += " --input " + shell.QuoteIfNeeded(file)
	}
	b.WriteString(before)
	if s.encrypts() {
		return b.String() + s.encryptedCurl(dryRun), nil
	}
	if s.Version == 2 {
		fmt.Fprintf(&b, "#\n# The sign covers all elements, with mch_id and nonce_str, which the client adds. Take the body from:\n# %s --dry-run\n", dryRun)
		fmt.Fprintf(&b, "curl -X %s %s", s.Method, shell.Quote(s.url()))
		if facts, _ := endpoint.LookupV2(s.Method, s.Path); facts.MutualTLS {
			b.WriteString(" \\\n  --cert apiclient_cert.pem --key apiclient_key.pem")
		}
		if file != "" {
			fmt.Fprintf(&b, " \\\n  -H 'Content-Type: text/xml' \\\n  --data-binary %s", shell.Quote(s.xml()))
		}
		b.WriteString("\n")
		return b.String(), nil
	}
	fmt.Fprintf(&b, "#\n# The signature covers the method, the path, the time, a nonce and the body to the byte, and is good\n# for 5 minutes. Take it from:\n# %s --dry-run\n", dryRun)
	fmt.Fprintf(&b, "curl -X %s %s", s.Method, shell.Quote(s.url()))
	b.WriteString(" \\\n  -H 'Authorization: WECHATPAY2-SHA256-RSA2048 …' \\\n  -H 'Accept: application/json'")
	if s.Features.WechatpaySerial {
		b.WriteString(" \\\n  -H 'Wechatpay-Serial: PUB_KEY_ID_…'")
	}
	if file != "" {
		fmt.Fprintf(&b, " \\\n  -H 'Content-Type: application/json' \\\n  --data-binary %s", shell.QuoteIfNeeded("@"+file))
	}
	b.WriteString("\n")
	return b.String(), nil
}

// encryptedCurl says where the curl of a call with encrypted fields comes from: encryption is made
// anew each time, so that no body can stand in the snippet.
func (s source) encryptedCurl(dryRun string) string {
	return "#\n# The call has encrypted fields, which are other bytes each time. This encrypts them, signs the request,\n# and prints the curl for it:\n" + dryRun + " --encrypt auto --dry-run\n"
}

// url is the address, with placeholders for the variables.
func (s source) url() string {
	base := strings.TrimSuffix(cmp.Or(s.Base, "https://api.mch.weixin.qq.com/"), "/")
	path := s.Path
	if u, err := url.Parse(base); err == nil && u.Path != "" && strings.HasPrefix(path, u.Path+"/") {
		base = strings.TrimSuffix(base, u.Path) // the path has it, too
	}
	for _, m := range s.vars.members {
		path = strings.ReplaceAll(path, "{"+m.name+"}", m.value.text)
	}
	query := make([]string, len(s.query.members))
	for i, m := range s.query.members {
		query[i] = m.name + "=" + url.QueryEscape(m.value.text)
	}
	if len(query) > 0 {
		path += "?" + strings.Join(query, "&")
	}
	return base + path
}

// json is the JSON of a node, in the order that it was read.
func (n node) json() string {
	switch n.kind {
	case '"':
		return string(text(n.text))
	case 0:
		return n.text
	}
	items := make([]string, len(n.members))
	for i, m := range n.members {
		if n.kind == '{' {
			items[i] = string(text(m.name)) + ":"
		}
		items[i] += m.value.json()
	}
	return string(n.kind) + strings.Join(items, ",") + string(n.kind+2) // { and }, [ and ]
}

// xml is the body of APIv2, whose values are texts.
func (s source) xml() string {
	var b strings.Builder
	b.WriteString("<xml>")
	for _, m := range s.body.members {
		value := m.value.text
		if m.value.kind == '{' || m.value.kind == '[' {
			value = m.value.json()
		}
		fmt.Fprintf(&b, "<%s>%s</%[1]s>", m.name, strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(value))
	}
	b.WriteString("<sign>…</sign></xml>")
	return b.String()
}
