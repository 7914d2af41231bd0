package explore

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
)

// phpSnippet is a program with the official SDK, wechatpay/wechatpay, as its README spells it.
func phpSnippet(s source) (string, error) {
	if s.Features.Multipart != nil && !ofMediaUtil(s) {
		return "", failure.Usagef("--lang php: the official SDK's MediaUtil sends a filename and its sha256, and %s %s takes other fields; use --lang go, or wechatpay upload FILE --as %[2]s", s.Method, s.Route())
	}
	if strings.HasPrefix(s.Path, "/brand/") {
		return "", failure.Usagef("--lang php: the official SDK does not know the scheme of brands; use --lang go")
	}
	var use, before, options strings.Builder
	if s.encrypts() {
		before.WriteString("\n$encryptor = static function(string $msg) use ($platformPublicKeyInstance): string {\n    return Rsa::encrypt($msg, $platformPublicKeyInstance);\n};\n")
	}
	option := func(name, value, note string) {
		fmt.Fprintf(&options, "\n    '%s' => %s", name, withNote(value, ",", note))
	}
	for _, m := range s.vars.members {
		option(m.name, phpValue(m.value, "    "), phpNote(m.label))
	}
	if len(s.query.members) > 0 {
		option("query", phpValue(s.query, "    "), "")
	}
	var headers []string
	switch {
	case s.Features.Multipart != nil:
		use.WriteString("use WeChatPay\\Util\\MediaUtil;\n")
		before.WriteString("\n$media = new MediaUtil('/path/to/FILE');\n")
		option("body", "$media->getStream()", "")
		headers = append(headers, "'Content-Type' => $media->getContentType(),")
	case s.Version == 2 && s.Kind != "redirect-url":
		option("xml", phpValue(withMerchant(s), "    "), "")
	case s.body.kind != 0:
		option("json", phpValue(s.body, "    "), "")
	}
	if s.encrypts() {
		headers = append(headers, "'Wechatpay-Serial' => $platformPublicKeyId,")
	}
	if len(headers) > 0 {
		option("headers", "[\n        "+strings.Join(headers, "\n        ")+"\n    ]", "")
	}
	if s.Version == 2 {
		facts, _ := endpoint.LookupV2(s.Method, s.Path)
		if facts.MutualTLS {
			option("security", "true", "")
		}
		if facts.Nonceless {
			option("nonceless", "true", "")
		}
	}
	if s.Features.Sink {
		option("sink", "'/path/to/FILE'", "")
	}
	if options.Len() > 0 {
		options.WriteByte('\n')
	}
	return fmt.Sprintf(`<?php
%s
require_once 'vendor/autoload.php'; // composer require wechatpay/wechatpay

use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;
%s
%s%s
$resp = $instance
->chain('%s')
->%s([%s]);

echo $resp->getBody(), PHP_EOL;
`, s.heading("// "), use.String(), phpInstance(s), before.String(), s.Route(), strings.ToLower(s.Method), options.String()), nil
}

// ofMediaUtil reports whether MediaUtil builds the body of an upload.
func ofMediaUtil(s source) bool {
	traits, _ := endpoint.Lookup(s.Method, s.Path)
	form := traits.Upload
	return s.Version == 3 && len(s.body.members) == 0 && form.FilePart == "" && form.NameField == "" && form.DigestField == ""
}

// phpInstance makes the client.
func phpInstance(s source) string {
	base, v2, mchID, before := "", "", "'190000****'", ""
	if s.Base != "" {
		base = fmt.Sprintf("\n    'base_uri'   => '%s',", s.Base)
	}
	if s.Version == 2 {
		mchID, before = "$merchantId", "$merchantId = '190000****';\n"
		v2 = "\n    'secret'     => 'APIv2 key',\n    'merchant'   => ['cert' => '/path/to/apiclient_cert.pem', 'key' => '/path/to/apiclient_key.pem'],"
	}
	return fmt.Sprintf(`%s$merchantPrivateKeyInstance = Rsa::from('file:///path/to/apiclient_key.pem', Rsa::KEY_TYPE_PRIVATE);
$platformPublicKeyId = 'PUB_KEY_ID_…';
$platformPublicKeyInstance = Rsa::from('file:///path/to/pub_key.pem', Rsa::KEY_TYPE_PUBLIC);

$instance = Builder::factory([
    'mchid'      => %s,
    'serial'     => '3775B6A45ACD588826D15E583A95F5DD********',
    'privateKey' => $merchantPrivateKeyInstance,
    'certs'      => [$platformPublicKeyId => $platformPublicKeyInstance],%s%s
]);
`, before, mchID, base, v2)
}

// withMerchant is the body of APIv2 with the merchant id, without which the official SDK throws.
func withMerchant(s source) node {
	name := "mch_id"
	for _, f := range s.XML {
		if f.Name == "mchid" || f.Name == "combine_mch_id" {
			name = f.Name
		}
	}
	body := s.body
	body.kind = '{'
	body.members = slices.DeleteFunc(slices.Clone(body.members), func(m member) bool { return m.name == name })
	body.members = append([]member{{name: name, value: node{text: "$merchantId"}}}, body.members...)
	return body
}

func phpNote(label string) string {
	if label == "" {
		return ""
	}
	return " // " + strings.ReplaceAll(label, "?>", "? >")
}

func phpValue(n node, indent string) string {
	switch n.kind {
	case '"':
		quoted := "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(n.text) + "'"
		if n.encrypted {
			return "$encryptor(" + quoted + ")"
		}
		return quoted
	case 0:
		return n.text
	}
	if len(n.members) == 0 {
		if n.kind == '{' {
			return "new \\stdClass()"
		}
		return "[]"
	}
	var b strings.Builder
	for _, m := range n.members {
		name := ""
		if n.kind == '{' {
			name = "'" + m.name + "' => "
		}
		b.WriteString("\n" + indent + "    " + name + withNote(phpValue(m.value, indent+"    "), ",", phpNote(m.label)))
	}
	return "[" + b.String() + "\n" + indent + "]"
}
