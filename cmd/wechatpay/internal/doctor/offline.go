package doctor

import (
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/shell"
	"github.com/wechatpay-chain/wechatpay/internal/errtext"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// offline makes the checks that need no network.
func (p *patient) offline() {
	p.checkPrivateKey()
	p.checkCertificate()
	p.checkPair()
	p.checkSerial()
	p.checkSecret(checkAPIv3Key, "WECHATPAY_APIV3_KEY")
	p.checkSecret(checkAPIv2Key, "WECHATPAY_APIV2_KEY")
	p.trusted = keys.Set{}
	p.checkPublicKey()
	p.checkPlatformCertificate()
	if p.report.failed() == 0 {
		p.config()
	}
}

// checkCaller finds who calls: a merchant or a brand.
func (p *patient) checkCaller() {
	merchant, brand := p.value("WECHATPAY_MCHID"), p.value("WECHATPAY_BRAND_ID")
	p.caller, p.brand = merchant, brand != ""
	if p.brand {
		p.caller = brand
	}
	switch {
	case merchant != "" && brand != "":
		p.fail(checkCaller, "WECHATPAY_MCHID and WECHATPAY_BRAND_ID are both set", p.T("unset one: a profile is a merchant's or a brand's", "只保留一个：一个配置属于商户或品牌"))
	case p.caller == "":
		p.fail(checkCaller, p.T("WECHATPAY_MCHID is missing", "缺少 WECHATPAY_MCHID"), p.T("set it to the merchant id, such as 1900000109", "设为商户号，如 1900000109"))
	default:
		if err := signer.CheckCallerID(p.caller); err != nil {
			p.fail(checkCaller, trimmed(err), p.T("copy the id from the merchant console", "从商户平台复制商户号"))
		}
	}
}

func (p *patient) checkPrivateKey() {
	source, place, ok := p.source(checkKey, "WECHATPAY_PRIVATE_KEY")
	switch {
	case !ok:
		return
	case place == "":
		if certificate, at, _ := p.source(checkKey, "WECHATPAY_CERTIFICATE"); at != "" { // a .p12 is both
			if key, err := keys.LoadPrivateKey(certificate); err == nil {
				p.key = key
				p.ok(checkKey, "RSA, %d bits, %s", key.N.BitLen(), at)
				return
			}
		}
		p.fail(checkKey, p.T("WECHATPAY_PRIVATE_KEY_FILE is missing", "缺少 WECHATPAY_PRIVATE_KEY_FILE"), p.T("name apiclient_key.pem", "指向 apiclient_key.pem"))
		return
	}
	key, err := keys.LoadPrivateKey(source)
	if err != nil {
		p.fail(checkKey, trimmed(err), p.T("use apiclient_key.pem of the certificate that the console shows as in use", "使用商户平台当前证书对应的 apiclient_key.pem"))
		return
	}
	p.key = key
	p.ok(checkKey, "RSA, %d bits, %s", key.N.BitLen(), place)
	p.checkMode()
}

// checkMode looks at who may read the file of the private key.
func (p *patient) checkMode() {
	file := p.value("WECHATPAY_PRIVATE_KEY_FILE")
	info, err := os.Stat(file)
	if file == "" || err != nil || !info.Mode().IsRegular() || runtime.GOOS == "windows" {
		return
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		p.warn(checkAccess, fmt.Sprintf(p.T("others have access to %s (mode %04o)", "其他用户可访问 %s（权限 %04o）"), source2name(file), mode), "chmod 600 "+shell.QuoteIfNeeded(file))
	}
}

func (p *patient) checkCertificate() {
	source, place, ok := p.source(checkCertificate, "WECHATPAY_CERTIFICATE")
	if !ok {
		return
	}
	if place == "" {
		var bundled *x509.Certificate
		key, at := keys.Source{}, ""
		if p.report.of(checkKey) == OK { // a .p12 is both
			key, at, _ = p.source(checkKey, "WECHATPAY_PRIVATE_KEY")
			bundled, _ = keys.LoadCertificate(key)
		}
		if bundled == nil {
			p.skip(checkCertificate, p.T("set WECHATPAY_CERTIFICATE_FILE to apiclient_cert.pem, to compare key, serial and merchant with it", "设置 WECHATPAY_CERTIFICATE_FILE 为 apiclient_cert.pem，以核对私钥、序列号与商户号"))
			return
		}
		source, place = key, at
	}
	certificate, err := keys.LoadCertificate(source)
	if certificate == nil {
		p.fail(checkCertificate, trimmed(err), p.T("use apiclient_cert.pem", "使用 apiclient_cert.pem"))
		return
	}
	p.certificate = certificate
	name := certificate.Subject.CommonName
	switch numeric := strings.Trim(name, "0123456789") == ""; {
	case !numeric && !p.brand && !strings.HasPrefix(name, p.caller):
		p.fail(checkCertificate, fmt.Sprintf(p.T("%s is issued to %q, not to a merchant", "%s 签发给 %q，不是商户"), place, name), p.T("use apiclient_cert.pem; a platform certificate is WeChat Pay's", "使用 apiclient_cert.pem；平台证书是微信支付的"))
		p.certificate = nil
		return
	case numeric && !p.brand && p.caller != "" && name != p.caller:
		p.fail(checkCertificate, fmt.Sprintf(p.T("it is of merchant %s, but WECHATPAY_MCHID is %s", "它属于商户 %s，而 WECHATPAY_MCHID 是 %s"), name, errtext.ID(p.caller)), p.T("set the id of that merchant, or use the files of this one", "改用该商户号，或使用本商户的文件"))
	default:
		p.ok(checkCertificate, p.T("of merchant %s, serial %s, %s", "商户 %s，序列号 %s，%s"), name, signer.Serial(certificate), place)
	}
	p.checkValidity(checkValidity, certificate.NotBefore, certificate.NotAfter, p.T("apply for a new API certificate in the merchant console, and replace serial, key and certificate together", "在商户平台申请新的 API 证书，并同时更换序列号、私钥和证书"))
}

// checkValidity compares a period with the time of this machine.
func (p *patient) checkValidity(check string, begins, ends time.Time, fix string) {
	now := p.now()
	switch day := ends.Format(time.DateOnly); {
	case now.After(ends):
		p.fail(check, p.T("expired on ", "已于此日过期：")+day, fix)
	case now.Add(time.Second).Before(begins): // the server's clock is read from its Date, in whole seconds
		p.fail(check, p.T("begins on ", "此日才生效：")+begins.Format(time.DateOnly), p.T("set the clock of this machine", "校准本机时钟"))
	default:
		p.ok(check, p.T("until %s, %d days left", "有效期至 %s，还有 %d 天"), day, int(ends.Sub(now)/(24*time.Hour)))
	}
}

func (p *patient) checkPair() {
	switch {
	case p.key == nil || p.certificate == nil:
	case p.key.PublicKey.Equal(p.certificate.PublicKey):
		p.ok(checkPair, "%s", p.T("belong together", "匹配"))
	default:
		p.fail(checkPair, p.T("the private key does not belong to certificate ", "私钥与此证书不匹配：")+signer.Serial(p.certificate), p.T("use apiclient_key.pem and apiclient_cert.pem of one download", "使用同一次下载的 apiclient_key.pem 与 apiclient_cert.pem"))
	}
}

func (p *patient) checkSerial() {
	p.serial = p.value("WECHATPAY_SERIAL")
	switch {
	case p.serial == "" && p.certificate != nil:
		p.serial = signer.Serial(p.certificate)
	case p.serial == "" && p.report.of(checkCertificate) == Failed:
	case p.serial == "":
		p.fail(checkSerial, p.T("WECHATPAY_SERIAL is missing", "缺少 WECHATPAY_SERIAL"), p.T("set it to the serial of the API certificate, or name the certificate in WECHATPAY_CERTIFICATE_FILE", "设为 API 证书序列号，或用 WECHATPAY_CERTIFICATE_FILE 指定证书"))
	case signer.CheckSerial(p.serial) != nil:
		p.fail(checkSerial, trimmed(signer.CheckSerial(p.serial)), p.T("copy the serial of the API certificate from the merchant console", "从商户平台复制 API 证书序列号"))
	case p.certificate == nil:
		p.ok(checkSerial, "%s", errtext.ID(p.serial))
	case !signer.SameID(p.serial, signer.Serial(p.certificate)):
		p.fail(checkSerial, fmt.Sprintf(p.T("WECHATPAY_SERIAL is %s, but the certificate has %s", "WECHATPAY_SERIAL 是 %s，而证书是 %s"), errtext.ID(p.serial), signer.Serial(p.certificate)), p.T("set it to that of the certificate, or leave it out", "改为证书的序列号，或不设置"))
	default:
		p.ok(checkSerial, p.T("%s, as the certificate has it", "%s，与证书一致"), p.serial)
	}
}

// checkSecret checks the length of an API key.
func (p *patient) checkSecret(check, name string) {
	if p.value(name) != "" && p.value(name+"_FILE") != "" {
		p.fail(check, name+" and "+name+"_FILE are both set", p.T("unset one of them", "只保留其中一个"))
		return
	}
	key := p.secret(name)
	if key.IsZero() {
		if file := p.value(name + "_FILE"); file != "" {
			p.fail(check, fmt.Sprintf(p.T("%s cannot be read, or is empty", "%s 无法读取或为空"), file), p.T("name the file that holds the key", "指向保存密钥的文件"))
		} else if name == "WECHATPAY_APIV3_KEY" {
			p.skip(check, p.T("not set; notifications and platform certificates need it", "未设置；通知与平台证书需要它"))
		}
		return
	}
	if n := key.Len(); n != cipher.KeySize {
		fix := p.T("set it anew in the merchant console, and copy all 32 characters", "在商户平台重新设置，并完整复制 32 个字符")
		if len(strings.TrimSpace(key.Reveal())) == cipher.KeySize {
			fix = p.T("remove the spaces around it", "去掉首尾空格")
		}
		p.fail(check, fmt.Sprintf(p.T("it has %d characters; it must have %d", "有 %d 个字符，应为 %d 个"), n, cipher.KeySize), fix)
		return
	}
	if name == "WECHATPAY_APIV3_KEY" {
		p.apiV3Key = key
	}
	p.ok(check, p.T("%d characters, from %s", "%d 个字符，来自 %s"), cipher.KeySize, p.origin(name))
}

func (p *patient) checkPublicKey() {
	source, place, ok := p.source(checkPublicKey, "WECHATPAY_PUBLIC_KEY")
	id := p.value("WECHATPAY_PUBLIC_KEY_ID")
	switch {
	case !ok || place == "" && id == "":
		return
	case place == "":
		p.fail(checkPublicKey, p.T("WECHATPAY_PUBLIC_KEY_ID is set without the key", "设置了 WECHATPAY_PUBLIC_KEY_ID，但没有公钥"), p.T("name pub_key.pem in WECHATPAY_PUBLIC_KEY_FILE", "用 WECHATPAY_PUBLIC_KEY_FILE 指定 pub_key.pem"))
		return
	}
	key, err := keys.LoadPublicKey(source)
	switch {
	case err != nil:
		p.fail(checkPublicKey, trimmed(err), p.T("download WeChat Pay's public key, pub_key.pem, from the merchant console", "从商户平台下载微信支付公钥 pub_key.pem"))
	case p.own(key):
		p.fail(checkPublicKey, fmt.Sprintf(p.T("%s is your own key, not WeChat Pay's", "%s 是商户自己的公钥，不是微信支付的"), place), p.T("download WeChat Pay's public key, pub_key.pem, from the merchant console", "从商户平台下载微信支付公钥 pub_key.pem"))
	case id == "":
		p.fail(checkPublicKey, p.T("WECHATPAY_PUBLIC_KEY_ID is missing", "缺少 WECHATPAY_PUBLIC_KEY_ID"), p.T("the merchant console shows it with the key: PUB_KEY_ID_…", "商户平台在公钥旁显示：PUB_KEY_ID_…"))
	case !strings.HasPrefix(id, signer.PublicKeyIDPrefix) || signer.CheckKeyID(id) != nil:
		p.fail(checkPublicKey, fmt.Sprintf(p.T("the id %s is not that of a public key", "ID %s 不是公钥 ID"), errtext.QuotedID(id)), p.T("copy the whole id, with PUB_KEY_ID_, from the merchant console", "从商户平台完整复制，包括 PUB_KEY_ID_"))
	default:
		p.publicKeyID, p.trusted[id] = id, key
		p.ok(checkPublicKey, p.T("RSA, %d bits, %s, as %s", "RSA，%d 位，%s，ID 为 %s"), key.N.BitLen(), place, id)
	}
}

// own reports whether a key that should be WeChat Pay's is the caller's.
func (p *patient) own(key *rsa.PublicKey) bool {
	return p.key != nil && p.key.PublicKey.Equal(key) || p.certificate != nil && key.Equal(p.certificate.PublicKey)
}

func (p *patient) checkPlatformCertificate() {
	source, place, ok := p.source(checkPlatform, "WECHATPAY_PLATFORM_CERTIFICATE")
	if !ok {
		return
	}
	if place == "" {
		if len(p.trusted) == 0 && p.report.of(checkPublicKey) != Failed && p.report.of(checkAPIv3Key) == NotChecked {
			p.fail(checkPlatform, p.T("there is no key to verify replies with", "没有可用于验签的密钥"), p.T("set WECHATPAY_PUBLIC_KEY_FILE and WECHATPAY_PUBLIC_KEY_ID, or the APIv3 key", "设置 WECHATPAY_PUBLIC_KEY_FILE 与 WECHATPAY_PUBLIC_KEY_ID，或 APIv3 密钥"))
		}
		return
	}
	certificate, err := keys.LoadCertificate(source)
	switch {
	case certificate == nil:
		p.fail(checkPlatform, trimmed(err), p.T("download it with: wechatpay cert download", "用 wechatpay cert download 下载"))
		return
	case p.certificate != nil && p.certificate.Equal(certificate):
		p.fail(checkPlatform, fmt.Sprintf(p.T("%s is your own certificate, not WeChat Pay's", "%s 是商户自己的证书，不是微信支付的"), place), p.T("download it with: wechatpay cert download", "用 wechatpay cert download 下载"))
		return
	}
	for id, key := range keys.CertificateSet(certificate).All() {
		p.trusted[id] = key
	}
	p.checkValidity(checkPlatform, certificate.NotBefore, certificate.NotAfter, p.T("download the current ones with: wechatpay cert download", "用 wechatpay cert download 下载当前证书"))
}
