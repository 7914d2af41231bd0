package doctor

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// An errorBody is that of an error, with the hints of a SIGN_ERROR.
type errorBody struct {
	Code, Message string
	Detail        struct {
		Field, Issue string
		Sign         *signInformation `json:"sign_information"`
	}
}

// signInformation is what WeChat Pay verified, but for its body.
type signInformation struct {
	Method    string `json:"method"`
	URL       string `json:"url"`
	Truncated string `json:"truncated_sign_message"`
	Length    int    `json:"sign_message_length"`
}

func (a *answer) error() (body errorBody) {
	_ = json.Unmarshal(a.body, &body) // anything else has no code
	return body
}

// accepted reports whether WeChat Pay took the signature of a request, whose message is signed.
func (p *patient) accepted(reply *answer, signed []byte) bool {
	body := reply.error()
	told := strings.TrimSpace(fmt.Sprintf("%d %s %s", reply.StatusCode, body.Code, body.Message))
	another := p.T("something on the way answers in place of WeChat Pay, such as a proxy or a portal: go around it", "链路上有设备（如代理、认证门户）代替微信支付应答：请绕过")
	switch {
	case reply.StatusCode == http.StatusOK && !json.Valid(reply.body):
		p.fail(checkCall, p.T("200, and no JSON", "200，内容不是 JSON"), another)
	case reply.StatusCode == http.StatusOK:
		p.ok(checkCall, "%s", p.T("200: WeChat Pay takes the signature", "200：微信支付接受签名"))
		return true
	case reply.StatusCode == http.StatusUnauthorized:
		seen, fix := p.refused(body, signed)
		p.fail(checkCall, told+": "+seen, fix)
	case reply.StatusCode/100 == 4 && reply.StatusCode != http.StatusTooManyRequests && !signer.Signed(reply.Header):
		p.fail(checkCall, fmt.Sprintf(p.T("answered %s, without a signature", "应答 %s，没有签名"), told), another)
	case reply.StatusCode/100 == 4 && body.Code == "RESOURCE_NOT_EXISTS":
		p.ok(checkCall, p.T("WeChat Pay takes the signature, and answers %s: the merchant has no platform certificates, as with a public key", "微信支付接受签名，应答 %s：商户没有平台证书（公钥模式）"), told)
		return true
	case reply.StatusCode/100 == 4 && body.Code != "":
		p.ok(checkCall, p.T("WeChat Pay takes the signature, and answers %s", "微信支付接受签名，应答 %s"), told)
		return true
	default:
		p.fail(checkCall, p.T("answered ", "应答 ")+told, p.T("it is not about the signature: try again later, and look at proxies on the way", "与签名无关：稍后再试，并检查中间代理"))
	}
	return false
}

// refused explains a 401 by its detail.
func (p *patient) refused(body errorBody, signed []byte) (seen, fix string) {
	sign, field := body.Detail.Sign, strings.TrimSpace(body.Detail.Field+" "+body.Detail.Issue)
	switch {
	case sign == nil && (body.Detail.Field == "serial_no" || strings.Contains(body.Message, "序列号")):
		return field, fmt.Sprintf(p.T("%s is not the serial of an API certificate of %s: compare it with the merchant console", "%s 不是 %s 的 API 证书序列号：与商户平台核对"), p.serial, p.caller)
	case sign == nil && (body.Detail.Field == "mchid" || body.Detail.Field == "brand_id"):
		return field, fmt.Sprintf(p.T("%s is not known: compare it with the merchant console", "%s 不存在：与商户平台核对"), p.caller)
	case sign == nil && body.Detail.Field == "timestamp":
		return field, p.T("set the clock of this machine", "校准本机时钟")
	case sign == nil:
		return field, fmt.Sprintf(p.T("compare the serial %s and the merchant %s with the merchant console: wechatpay doctor explain SIGN_ERROR", "与商户平台核对序列号 %s 与商户号 %s：wechatpay doctor explain SIGN_ERROR"), p.serial, p.caller)
	case sign.Length == len(signed) && bytes.HasPrefix(signed, []byte(sign.Truncated)):
		return p.T("WeChat Pay verified the message that was signed", "微信支付验签的报文与所签报文一致"),
			fmt.Sprintf(p.T("the key is another than that of certificate %s: use the apiclient_key.pem that belongs to it", "私钥不是证书 %s 的私钥：使用与其对应的 apiclient_key.pem"), p.serial)
	}
	return fmt.Sprintf(p.T("WeChat Pay verified another message: %d bytes beginning %q, where %d bytes beginning %q were signed", "微信支付验签的是另一报文：%d 字节，开头 %q；所签为 %d 字节，开头 %q"),
			sign.Length, first(sign.Truncated), len(signed), first(string(signed))),
		p.T("something on the way changes the request: let it pass path, query and body as they are, and sign no prefix of your own proxy", "链路上有设备改动了请求：路径、查询串与正文须原样转发，且不要签自有代理的前缀")
}

// first are the method and the target of a message.
func first(message string) string {
	lines := strings.SplitN(message, "\n", 3)
	return strings.Join(lines[:min(2, len(lines))], " ")
}

// checkReply looks at the header, the signature and the certificates of a reply.
func (p *patient) checkReply(ctx context.Context, reply *answer, scheme signer.Scheme) {
	var missing []string
	for _, name := range []string{signer.HeaderSerial, signer.HeaderTimestamp, signer.HeaderNonce, signer.HeaderSignature} {
		if len(signer.HeaderValues(reply.Header, name)) == 0 {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		p.fail(checkHeaders, p.T("the reply lacks ", "应答缺少 ")+strings.Join(missing, ", "), p.T("a proxy on the way removes them: let it pass all that begin with Wechatpay-, or go around it", "被中间代理去掉：放行所有 Wechatpay- 开头的头，或绕过代理"))
	} else {
		p.ok(checkHeaders, "%s", p.T("all four Wechatpay-… are there", "四个 Wechatpay-… 齐全"))
	}
	downloaded := p.checkDownload(reply)
	if missing == nil {
		p.checkSignature(ctx, reply, scheme, downloaded)
	}
}

// checkDownload decrypts the platform certificates, which proves the APIv3 key.
func (p *patient) checkDownload(reply *answer) keys.Set {
	var list struct {
		Data []struct {
			Certificate struct {
				Nonce          string `json:"nonce"`
				AssociatedData string `json:"associated_data"`
				Ciphertext     string `json:"ciphertext"`
			} `json:"encrypt_certificate"`
		}
	}
	if p.brand || reply.StatusCode != http.StatusOK || p.apiV3Key.IsZero() || json.Unmarshal(reply.body, &list) != nil || len(list.Data) == 0 {
		return nil
	}
	found := make([]*x509.Certificate, 0, len(list.Data))
	for _, one := range list.Data {
		text, err := cipher.DecryptResource(p.apiV3Key, cipher.Resource(one.Certificate))
		if err != nil {
			p.fail(checkDownload, p.T("the APIv3 key does not decrypt them", "APIv3 密钥无法解密"), p.T("it is not the one that the console has now: set a new one there, and here", "与商户平台当前的密钥不同：在平台重新设置，并在此更新"))
			return nil
		}
		certificate, err := keys.LoadCertificate(keys.Bytes(text))
		if certificate == nil {
			p.fail(checkDownload, trimmed(err), p.T("report it to WeChat Pay, with the request id ", "向微信支付反馈，请求 ID ")+reply.Header.Get("Request-Id"))
			return nil
		}
		found = append(found, certificate)
	}
	p.ok(checkDownload, p.T("%d decrypted, the first until %s", "解密 %d 个，第一个有效期至 %s"), len(found), found[0].NotAfter.Format(time.DateOnly))
	return keys.CertificateSet(found...)
}

// checkSignature verifies the reply with the keys that are at hand.
func (p *patient) checkSignature(ctx context.Context, reply *answer, scheme signer.Scheme, downloaded keys.Set) {
	id := reply.Header.Get(signer.HeaderSerial)
	known := keys.Set{}
	for _, set := range []keys.Set{downloaded, p.trusted} {
		for id, key := range set.All() {
			known[id] = key
		}
	}
	verifier := signer.VerifyAs(scheme, signer.NewVerifier(known, p.now))
	err := signer.Check(ctx, verifier, reply.Header, reply.body, p.now())
	switch {
	case err == nil:
		p.ok(checkSignature, p.T("good, by %s", "正确，密钥为 %s"), id)
	case errors.Is(err, signer.ErrUnknownKey) && p.blamed():
		return // the key would be there but for another finding
	case errors.Is(err, signer.ErrUnknownKey):
		p.fail(checkSignature, p.T("WeChat Pay signed with a key that is not at hand: ", "微信支付使用的密钥不在本地：")+id, p.missing(id))
		return
	case errors.Is(err, signer.ErrSignature) && strings.HasPrefix(id, signer.PublicKeyIDPrefix):
		p.fail(checkSignature, p.T("the public key is not the one of ", "公钥与此 ID 不符：")+id, p.T("download pub_key.pem anew, or copy the id that the console shows with it", "重新下载 pub_key.pem，或复制商户平台上与其对应的 ID"))
		return
	default:
		p.fail(checkSignature, trimmed(err), p.T("something on the way changes the reply: let it pass unchanged and uncompressed", "链路上有设备改动了应答：须原样转发，不要压缩"))
		return
	}
	if p.publicKeyID != "" && !signer.SameID(id, p.publicKeyID) {
		p.warn("public key in use", fmt.Sprintf(p.T("WeChat Pay signed with %s, although %s was asked for: the switch to the public key has not begun, or the id is of another merchant", "已要求 %[2]s，微信支付仍用 %[1]s 签名：尚未开始切换公钥，或该 ID 属于其他商户"), id, p.publicKeyID), p.T("compare WECHATPAY_PUBLIC_KEY_ID with the merchant console, and see there whether the switch has begun", "与商户平台核对 WECHATPAY_PUBLIC_KEY_ID，并查看是否已开始切换"))
	}
}

// blamed reports whether a key is missing because of what was found before.
func (p *patient) blamed() bool {
	for _, check := range []string{checkAPIv3Key, checkDownload, checkPublicKey, checkPlatform} {
		if p.report.of(check) == Failed {
			return true
		}
	}
	return false
}

// missing is how to get a key of WeChat Pay.
func (p *patient) missing(id string) string {
	if strings.HasPrefix(id, signer.PublicKeyIDPrefix) {
		return p.T("set WECHATPAY_PUBLIC_KEY_FILE to pub_key.pem, and WECHATPAY_PUBLIC_KEY_ID to its id", "设置 WECHATPAY_PUBLIC_KEY_FILE（pub_key.pem）与 WECHATPAY_PUBLIC_KEY_ID")
	}
	return p.T("set the APIv3 key, so that the certificates can be downloaded, or name the current one in WECHATPAY_PLATFORM_CERTIFICATE_FILE", "设置 APIv3 密钥以下载平台证书，或用 WECHATPAY_PLATFORM_CERTIFICATE_FILE 指定当前证书")
}
