package keys

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// maxNesting is how many encodings may be around a key: PEM in base64 in a JSON string.
const maxNesting = 3

// A marker is a BEGIN or END line of PEM. Editors, forms and chats change its dashes and
// spaces, so that only its words count: whole words, unlike in BACKEND_PRIVATE_KEY=MII….
var marker = regexp.MustCompile(`(?i)(?:\b|__)(BEGIN|END)[\s_+]*((?:(?:RSA|EC|DSA|ENCRYPTED|OPENSSH|TRUSTED|X509|NEW)[\s_+]*)*` +
	`(?:PRIVATE[\s_+]*KEY|PUBLIC[\s_+]*KEY|CERTIFICATE[\s_+]*REQUEST|CERTIFICATE|PKCS7|PKCS12|(?:EC|DH)[\s_+]*PARAMETERS))`)

var (
	escapedUnicode = regexp.MustCompile(`\\+u[0-9A-Fa-f]{4}`)
	escapedBreak   = regexp.MustCompile(`\\+[nrt]`)
	tag            = regexp.MustCompile(`</?(?i:br|p|div|span|pre|code|b|i)\b[^>]*>`)
	concatenation  = regexp.MustCompile("[\"'`]\\s*[+.&]\\s*[\"'`]")
	header         = regexp.MustCompile(`(?m)^[ \t"']*[A-Za-z][A-Za-z0-9-]*:.*$`)
	percent        = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)
	token          = regexp.MustCompile(`(?:MI|LS0t)[A-Za-z0-9+/=_\-\s]{62,}`)
)

// A block is what stands between two markers, or beside a single one.
type block struct {
	label string // such as "PRIVATE KEY"
	body  string
	ended bool // there is an END marker
}

// blocksOf finds the blocks of a text, if it has markers. A block without END reaches to the
// next BEGIN.
func blocksOf(text string) []block {
	found := marker.FindAllStringSubmatchIndex(text, -1)
	var blocks []block
	for i, at := range found {
		if !strings.EqualFold(text[at[2]:at[3]], "BEGIN") {
			if i == 0 { // the BEGIN line was not copied
				blocks = append(blocks, block{label: label(text[at[4]:at[5]]), body: text[:at[0]], ended: true})
			}
			continue
		}
		b := block{label: label(text[at[4]:at[5]]), body: text[at[1]:]}
		if i+1 < len(found) {
			b.body = text[at[1]:found[i+1][0]]
			b.ended = strings.EqualFold(text[found[i+1][2]:found[i+1][3]], "END")
		}
		blocks = append(blocks, b)
	}
	return blocks
}

func label(words string) string {
	words = strings.ToUpper(strings.NewReplacer("_", "", "+", "").Replace(strings.Join(strings.Fields(words), "")))
	for _, last := range []string{"PRIVATEKEY", "PUBLICKEY", "CERTIFICATEREQUEST"} {
		if before, ok := strings.CutSuffix(words, last); ok {
			split := map[string]string{"PRIVATEKEY": "PRIVATE KEY", "PUBLICKEY": "PUBLIC KEY", "CERTIFICATEREQUEST": "CERTIFICATE REQUEST"}
			return strings.TrimSpace(before + " " + split[last])
		}
	}
	return words
}

// plainText decodes UTF-16 and replaces full-width letters, as input methods write them.
func plainText(data []byte) string {
	order := binary.ByteOrder(binary.LittleEndian)
	zeros := bytes.Count(data, []byte{0})
	switch {
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}), zeros > len(data)/3 && data[0] == 0:
		order = binary.BigEndian
		fallthrough
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), zeros > len(data)/3:
		units := make([]uint16, len(data)/2)
		for i := range units {
			units[i] = order.Uint16(data[2*i:])
		}
		data = []byte(string(utf16.Decode(units)))
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0xff01 && r <= 0xff5e:
			return r - 0xfee0
		case r == 0x3000 || r == 0xa0:
			return ' '
		case r == 0xfeff || r == 0x200b || r == 0:
			return -1
		}
		return r
	}, string(data))
}

// unescaped returns the readings of a text: with the escapes of JSON, shells, HTML, source
// code, mail and URLs undone, and as it is.
func unescaped(text string) []string {
	plain := escapedUnicode.ReplaceAllStringFunc(text, func(s string) string {
		code, _ := strconv.ParseUint(s[len(s)-4:], 16, 16) // matched by the expression
		return string(rune(code))
	})
	plain = escapedBreak.ReplaceAllString(plain, "\n")
	plain = tag.ReplaceAllString(html.UnescapeString(plain), "\n")
	plain = concatenation.ReplaceAllString(plain, "")
	readings := []string{plain}
	if strings.Contains(plain, "=3D") || strings.Contains(plain, "=\n") || strings.Contains(plain, "=\r\n") { // quoted-printable
		soft := strings.NewReplacer("=\r\n", "", "=\n", "", "=3D", "=", "=0A", "\n", "=0D", "", "=20", " ", "=2B", "+", "=2F", "/")
		readings = append(readings, soft.Replace(plain))
	}
	if percent.MatchString(plain) {
		if decoded, err := url.QueryUnescape(plain); err == nil {
			readings = append(readings, decoded)
		}
		if decoded, err := url.PathUnescape(plain); err == nil {
			readings = append(readings, decoded)
		}
	}
	return readings
}

// decodings returns what the text of a block may encode, the likeliest first.
func decodings(body string) [][]byte {
	body = header.ReplaceAllString(body, "")
	body = strings.Trim(body, "-\u2010\u2011\u2012\u2013\u2014\u2015 \t\r\n\"'`,;\\")
	spaced := strings.NewReplacer(" ", "+").Replace(body) // a form turns + into a space
	var ders [][]byte
	for _, text := range []string{body, spaced, lines64(body)} {
		if der := decode64(text); len(der) > 0 {
			ders = append(ders, der)
		}
	}
	compact := strings.NewReplacer(":", "", " ", "", "\n", "", "\r", "", "\t", "").Replace(body)
	if der, err := hex.DecodeString(strings.TrimPrefix(compact, "0x")); err == nil && len(der) > 0 {
		ders = append(ders, der)
	}
	return ders
}

// lines64 reads a body of one line, in which line breaks and + both became spaces, in lines
// of 64 characters.
func lines64(body string) string {
	var b strings.Builder
	for len(body) > 64 {
		b.WriteString(strings.ReplaceAll(body[:64], " ", "+"))
		body = strings.TrimPrefix(body[64:], " ")
	}
	b.WriteString(strings.ReplaceAll(body, " ", "+"))
	return b.String()
}

// decode64 drops what is not base64, and decodes the rest with or without padding.
func decode64(text string) []byte {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '-':
			return '+'
		case r == '_':
			return '/'
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r == '+', r == '/':
			return r
		}
		return -1
	}, text)
	if len(text)%4 == 1 { // never the length of base64: one character too many at the end
		text = text[:len(text)-1]
	}
	der, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return der
}
