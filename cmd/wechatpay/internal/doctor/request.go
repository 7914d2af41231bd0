package doctor

import (
	"context"
	"crypto/rsa"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/saved"
	"github.com/wechatpay-chain/wechatpay/internal/signmistake"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// The checks of a saved request.
const (
	checkAuthorization = "authorization"
	checkScheme        = "scheme"
	checkTime          = "timestamp"
	checkAgents        = "headers"
	checkSigned        = "signature"
)

// examine looks at a saved request.
func (p *patient) examine(ctx context.Context, request *saved.Message) {
	if request.Header.Get("Accept") == "" || request.Header.Get("User-Agent") == "" {
		p.fail(checkAgents, p.T("Accept or User-Agent is missing", "缺少 Accept 或 User-Agent"), p.T("send both", "两者都要发送"))
	}
	header := request.Header.Get("Authorization")
	auth, err := signer.ParseAuthorization(header)
	if err != nil {
		p.fail(checkAuthorization, trimmed(err), p.T("write it on one line: ", "写成一行：")+`WECHATPAY2-SHA256-RSA2048 mchid="…",nonce_str="…",timestamp="…",serial_no="…",signature="…"`)
		return
	}
	p.ok(checkAuthorization, "%s", p.T("all five parameters are there", "五个参数齐全"))
	p.examineScheme(request.Target, auth)
	p.examineIDs(auth)
	p.examineTime(auth.Timestamp)
	p.examineSignature(ctx, request, auth)
}

// examineScheme compares the scheme with the beginning of the path.
func (p *patient) examineScheme(target string, auth signer.Authorization) {
	want := signer.RSA
	if strings.HasPrefix(target, "/brand/") {
		want = signer.Brand
	}
	if target != "" && (auth.Scheme != want.Name || auth.IDParam != want.IDParam) {
		p.fail(checkScheme, fmt.Sprintf(p.T("%s with %s", "%s，%s"), auth.Scheme, auth.IDParam), fmt.Sprintf(p.T("calls of this path take %s with %s", "此路径应使用 %s 与 %s"), want.Name, want.IDParam))
	}
}

// examineIDs compares the ids with those of the profile.
func (p *patient) examineIDs(auth signer.Authorization) {
	own := p.value("WECHATPAY_MCHID")
	if auth.IDParam == signer.Brand.IDParam {
		own = p.value("WECHATPAY_BRAND_ID")
	}
	switch {
	case own == "":
	case own != auth.ID:
		p.fail(checkCaller, fmt.Sprintf(p.T("it is of %s, the profile of %s", "请求为 %s，配置为 %s"), auth.ID, own), p.T("use the same merchant in both; a partner signs with its own number", "两处使用同一商户号；服务商用自己的商户号签名"))
	default:
		p.ok(checkCaller, "%s", auth.ID)
	}
	p.examined()
	switch {
	case p.serial == "":
	case !signer.SameID(p.serial, auth.Serial):
		p.fail(checkSerial, fmt.Sprintf(p.T("it names %s, the profile has %s", "请求为 %s，配置为 %s"), auth.Serial, p.serial), p.T("name the API certificate whose key signs", "填写签名私钥对应的 API 证书序列号"))
	default:
		p.ok(checkSerial, "%s", auth.Serial)
	}
}

// examined loads the key, the certificate and the serial of the profile, without a word about them:
// that is for doctor itself.
func (p *patient) examined() {
	quiet := &patient{App: p.App, settings: p.settings}
	quiet.checkCaller()
	quiet.checkPrivateKey()
	quiet.checkCertificate()
	quiet.checkSerial()
	p.key, p.certificate, p.serial = quiet.key, quiet.certificate, quiet.serial
}

// examineTime looks at the form of the timestamp; a saved request is old.
func (p *patient) examineTime(timestamp string) {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	const milliseconds = 1_000_000_000_000
	switch {
	case err != nil:
		p.fail(checkTime, fmt.Sprintf(p.T("%.20q is not a number", "%.20q 不是数字"), timestamp), p.T("send Unix seconds", "使用 Unix 秒"))
	case seconds >= milliseconds:
		p.fail(checkTime, p.T("it is in milliseconds", "单位是毫秒"), p.T("send Unix seconds", "使用 Unix 秒"))
	case time.Unix(seconds, 0).After(p.Now().Add(signer.Tolerance)):
		p.fail(checkTime, p.T("it is in the future: ", "时间在未来：")+time.Unix(seconds, 0).UTC().Format(time.RFC3339), p.T("set the clock of the machine that sends", "校准发送方的时钟"))
	default:
		p.ok(checkTime, p.T("%s, which WeChat Pay takes for %s", "%s，微信支付在 %s 内接受"), time.Unix(seconds, 0).UTC().Format(time.RFC3339), signer.Tolerance)
	}
}

// examineSignature verifies the signature with the caller's own key.
func (p *patient) examineSignature(ctx context.Context, request *saved.Message, auth signer.Authorization) {
	var public *rsa.PublicKey
	if p.certificate != nil {
		public, _ = p.certificate.PublicKey.(*rsa.PublicKey)
	} else if p.key != nil {
		public = &p.key.PublicKey
	}
	location, err := url.ParseRequestURI(request.Target)
	switch {
	case public == nil:
		p.skip(checkSigned, p.T("the profile has no key or certificate to compare it with", "配置中没有可核对的私钥或证书"))
		return
	case request.Method == "" || err != nil:
		p.skip(checkSigned, p.T("save the request line too, such as POST /v3/… HTTP/1.1", "请同时保存请求行，如 POST /v3/… HTTP/1.1"))
		return
	case strings.HasPrefix(request.Header.Get("Content-Type"), "multipart/"):
		p.skip(checkSigned, p.T("of an upload the meta part is signed, which is not compared here", "上传接口只对 meta 签名，此处不核对"))
		return
	}
	verifier := signer.NewVerifier(keys.Set{auth.Serial: public}, p.Now)
	verify := func(message []byte) error { return verifier.Verify(ctx, auth.Serial, message, auth.Signature) }
	for _, body := range request.Bodies() {
		if verify(signer.RequestMessage(signer.Request{
			Method: request.Method, Target: request.Target, Timestamp: auth.Timestamp, Nonce: auth.Nonce, Body: body,
		})) == nil {
			p.ok(checkSigned, "%s", p.T("good for the key of the profile", "与配置中的私钥相符"))
			return
		}
	}
	r := &http.Request{Method: request.Method, RequestURI: request.Target, URL: location, Host: request.Header.Get("Host"), Header: request.Header}
	p.fail(checkSigned, signmistake.Explain(ctx, r, auth, request.Body, verify), p.T("sign the method, the target, the timestamp, the nonce and the body as they are sent, each with LF behind it", "对实际发送的方法、路径、时间戳、随机串和正文签名，每行以 LF 结尾"))
}
