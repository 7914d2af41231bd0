package keys

import (
	"bytes"
	"encoding/asn1"
	"fmt"
	"regexp"
	"strings"
)

var (
	pathLike    = regexp.MustCompile(`^(~|\.{0,2}[/\\]|[A-Za-z]:[/\\]|file:)|\.(pem|key|crt|cer|p12|pfx|der|txt)$`)
	placeholder = regexp.MustCompile(`^(\$\{?\w+\}?|%\w+%|\{\{.*\}\}|<[^<>]*>|\*+|x+|\.\.\.|…)$`)
	serialLike  = regexp.MustCompile(`^[0-9A-Fa-f]{36,42}$`)
)

// describe says what a source has in place of a key, and what to do. It repeats nothing of it.
func describe(data []byte) string {
	text := strings.TrimSpace(plainText(data))
	text = strings.TrimSpace(strings.Trim(text, "\"'`"))
	blocks := blocksOf(text)
	switch {
	case text == "":
		return "it is empty; check that the file or the environment variable is set"
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return "it is a ZIP archive; unpack it and use the .pem or .p12 file in it"
	case bytes.HasPrefix(data, []byte{0xfe, 0xed, 0xfe, 0xed}):
		return "it is a Java keystore; export the key with keytool -importkeystore -deststoretype PKCS12"
	case bytes.HasPrefix(data, []byte("PuTTY-User-Key-File")), strings.HasPrefix(text, "ssh-"):
		return "it is a key of SSH; use the key from the merchant console"
	case strings.Contains(text, "<RSAKeyValue>"):
		return "it is a key in XML; convert it to PEM"
	case strings.Contains(text, `"kty"`):
		return "it is a JSON web key; convert it to PEM"
	case len(blocks) > 0:
		return describeBlock(blocks[0])
	case len(text) < 200 && pathLike.MatchString(text):
		return "it is the path of a file; load it with keys.File"
	case placeholder.MatchString(text):
		return "it is a placeholder; check that its value is filled in"
	case strings.HasPrefix(text, "PUB_KEY_ID_"):
		return "it is the id of a public key; load the key itself, pub_key.pem"
	case serialLike.MatchString(text):
		return "it is a serial number; load the certificate or the key itself"
	case strings.HasPrefix(strings.ToLower(text), "<!doctype html"), strings.HasPrefix(strings.ToLower(text), "<html"):
		return "it is a web page; check the download"
	}
	if how := incomplete(data); how != "" {
		return how
	}
	if ders := decodings(text); len(ders) > 0 {
		if how := incomplete(ders[0]); how != "" {
			return how
		}
	}
	return "the data is not PEM, DER, base64 or PKCS#12; check the file"
}

func describeBlock(b block) string {
	switch b.label {
	case "OPENSSH PRIVATE KEY":
		return "it is an OpenSSH private key; convert it with: ssh-keygen -p -m PEM -f FILE"
	case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST":
		return "it is a certificate request; use the certificate that was issued for it"
	case "PKCS7":
		return "it is PKCS#7; convert it with: openssl pkcs7 -print_certs"
	}
	ders := decodings(b.body)
	how := ""
	if len(ders) > 0 {
		how = incomplete(ders[0])
	}
	switch {
	case len(strings.TrimSpace(b.body)) < 16:
		return fmt.Sprintf("its block %s is empty; copy the whole text", b.label)
	case how != "" && !b.ended:
		return fmt.Sprintf("its block %s has no END line, and %s", b.label, how)
	case how != "":
		return fmt.Sprintf("in its block %s, %s", b.label, how)
	}
	return fmt.Sprintf("its block %s is damaged; copy the whole text again", b.label)
}

// incomplete compares the length that DER states with what is there.
func incomplete(der []byte) string {
	if len(der) < 4 || der[0] != 0x30 || der[1] != 0x82 {
		return ""
	}
	if _, err := asn1.Unmarshal(der, new(asn1.RawValue)); err == nil {
		return ""
	}
	want := 4 + int(der[2])<<8 + int(der[3])
	return fmt.Sprintf("the end is missing: there are %d of %d bytes; copy the whole text", len(der), want)
}
